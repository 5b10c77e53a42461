"""How configurable-http-proxy is started; apart from `proxy`, which imports JupyterHub."""

from hub.settings import ROOT, HubSettings

PROGRAM = ROOT / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
LIMITS = ROOT / "hub" / "slow_requests.cjs"


def proxy_command(node: str, s: HubSettings) -> list[str]:
    """How the proxy is started; its token goes by environment."""
    options = {
        "ip": s.bind,
        "port": str(s.port),
        "api-ip": "127.0.0.1",
        "api-port": str(s.proxy_api_port),
        # Until the hub has told the routes again, it answers itself and sends visitors on.
        "default-target": f"http://127.0.0.1:{s.hub_port}",
        "error-path": str(ROOT / "hub" / "errors"),
        "log-level": "warn",
    }
    routing = ["--host-routing"] if s.subdomains else []
    pairs = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [node, "--require", str(LIMITS), str(PROGRAM), *pairs, *routing]
