"""The addresses of the session's projects: what Routes, Ingresses and a cluster say."""

import asyncio
import http.server
import json
import shutil
import threading

import pytest

from tests.gateway_fixtures import PREFIX
from tests.terminal_fixtures import part, running_server
from tests.test_ports_relay import opened

addresses = part("addresses")


def _urls(kind, spec, status=None):
    thing = {"metadata": {"name": "shop", "namespace": "ada"}, "spec": spec, "status": status}
    return [one.url for one in addresses.addresses(kind, thing)]


def _rule(host, *paths):
    return {"host": host, "http": {"paths": [{"path": path} for path in paths]}}


@pytest.mark.parametrize(
    ("kind", "spec", "urls"),
    [
        ("Route", {"host": "a.example"}, ["http://a.example/"]),
        ("Route", {"host": "a.example", "path": "/x", "tls": {"a": 1}}, ["https://a.example/x"]),
        ("Route", {"host": "*.example"}, []),
        ("Route", {}, []),
        ("Ingress", {"rules": [_rule("a.example", "/")]}, ["http://a.example/"]),
        (
            "Ingress",
            {"rules": [_rule("a.example", "/b", "/c(/|$)(.*)")], "tls": [{"hosts": ["a.example"]}]},
            ["https://a.example/b", "https://a.example/c"],
        ),
        ("Ingress", {"rules": [_rule("a.example")], "tls": [{}]}, ["https://a.example/"]),
        ("Ingress", {"rules": [_rule("*.a.example", "/"), _rule("javascript:x", "/")]}, []),
    ],
)
def test_where_it_is_found(kind, spec, urls):
    """Each host and path once; a pattern's plain beginning; nothing that is no host."""
    assert _urls(kind, spec) == urls


def test_without_a_host_it_is_where_the_cluster_lets_in():
    """An Ingress for every host is found at the address of its controller."""
    status = {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}

    assert _urls("Ingress", {"rules": [_rule(None, "/")]}, status) == ["http://192.0.2.7/"]
    assert _urls("Ingress", {"defaultBackend": {}}, status) == ["http://192.0.2.7/"]


class _Api(http.server.BaseHTTPRequestHandler):
    """An API server that knows no Routes, and lets nobody look into one project."""

    def do_GET(self):
        status, said = 200, {"items": [INGRESS]}
        if self.path == "/apis/route.openshift.io/v1":
            status, said = 404, None
        elif "route.openshift.io" in self.path or "/secret/" in self.path:
            status, said = 403, {"kind": "Status", "message": "ingresses is forbidden"}
        body = json.dumps(said).encode() if said else b"404 page not found\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if said else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


INGRESS = {
    "metadata": {"name": "shop", "namespace": "ada"},
    "spec": {"rules": [_rule("shop.example", "/")]},
}


@pytest.fixture
def kubeconfig(tmp_path):
    if not shutil.which("kubectl"):
        pytest.skip("there is no kubectl on PATH")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    at = f"http://127.0.0.1:{server.server_port}"
    file = tmp_path / "kubeconfig"
    file.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "c", "cluster": {"server": at}}],
                "contexts": [{"name": "c", "context": {"cluster": "c"}}],
                "current-context": "c",
            }
        )
    )
    yield str(file)
    server.shutdown()
    server.server_close()


def _asked(*names, kubeconfig):
    return asyncio.run(addresses.Projects(names, kubeconfig).addresses())


def test_a_cluster_without_routes(kubeconfig):
    """A kind that the cluster does not have is no trouble."""
    found = _asked("ada", kubeconfig=kubeconfig)

    assert found == [("ada", "Ingress", "shop", "http://shop.example/")]


def test_what_is_forbidden_is_told(kubeconfig):
    """The cluster's own words say why nothing is listed."""
    with pytest.raises(addresses.UnansweredError, match="Forbidden"):
        _asked("secret", kubeconfig=kubeconfig)


def test_a_cluster_that_is_away(tmp_path):
    """Without an answer there are words, not an empty list."""
    with pytest.raises(addresses.UnansweredError):
        _asked("ada", kubeconfig=str(tmp_path / "none"))


@pytest.mark.slow
async def test_a_page_is_told_by_its_session(kubeconfig, tmp_path):
    """Through the gateway the terminal server tells its attendee what kubectl was told, or why it
    was told nothing; nobody else is told (rows 22, 43)."""
    found = []
    for project in ("ada", "secret"):
        with running_server("--project", project, f"--kubeconfig={kubeconfig}") as server:
            async with opened(server, tmp_path) as door:
                there = f"{PREFIX}terminal/addresses"
                bob = door.hub.new_token("bob", ["access:servers!server=bob/"])
                theirs = {"Authorization": f"token {bob}"}
                own = await door.ask(there)
                stranger = await door.ask(there, anonymous=True)
                other = await door.ask(there, headers=theirs, anonymous=True)
        found.append((own.status, own.json()))
        assert (stranger.status, other.status) == (401, 403)

    url = "http://shop.example/"
    shop = {"project": "ada", "kind": "Ingress", "name": "shop", "url": url}
    assert found[0] == (200, {"addresses": [shop]})
    assert found[1][0] == 502
    assert "Forbidden" in found[1][1]["trouble"]
