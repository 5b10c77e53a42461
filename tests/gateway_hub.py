"""A real JupyterHub 6.1 with its proxy, for the rows that are about the hub."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.attendee import NAVIGATION, Loopback
from tests.ports import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[1]
ADMIN = "admin-" + "a" * 32
SERVICE = "s" * 64

_CONFIG = """
import os, sys
c = get_config()
port, inner, api = {ports}
c.JupyterHub.bind_url = f"http://127.0.0.1:{{port}}/"
c.JupyterHub.hub_port = inner
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.subdomain_host = "{subdomain}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{{api}}"
c.ConfigurableHTTPProxy.command = ["{root}/node_modules/.bin/configurable-http-proxy"]
c.ConfigurableHTTPProxy.should_start = True
c.JupyterHub.cleanup_servers = False
c.JupyterHub.cleanup_proxy = True
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.oauth_require_pkce = True
c.JupyterHub.allow_named_servers = False
c.JupyterHub.activity_resolution = 0
c.JupyterHub.spawner_class = "jupyterhub.spawner.SimpleLocalProcessSpawner"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}"
c.Spawner.cmd = [sys.executable, "-m", "tests.gateway_session"]
c.Spawner.notebook_dir = ""
c.Spawner.environment = {{"PYTHONPATH": "{root}", "WORKSHOP_PUBLIC_URL": "{public}"}}
c.Spawner.env_keep = ["PATH"]
c.Spawner.consecutive_failure_limit = 0
c.JupyterHub.load_groups = {{"class": {{"users": ["ada", "bob"]}}}}
c.JupyterHub.services = [
    {{"name": "admin", "api_token": "{admin}"}},
    {{"name": "visitor", "api_token": "{service}"}},
]
c.JupyterHub.load_roles = [
    {{"name": "all", "scopes": ["admin:users", "admin:servers", "tokens", "access:servers"],
      "services": ["admin"]}},
    {{"name": "visitor", "scopes": ["access:servers"], "services": ["visitor"]}},
    {{"name": "instructor", "scopes": ["access:servers!group=class"], "users": ["ina"]}},
]

def keep_token(spawner):
    open(f"{folder}/{{spawner.user.name}}.token", "w").write(spawner.api_token)

c.Spawner.pre_spawn_hook = keep_token
"""


@dataclass
class RealHub:
    """A running hub: where it is, and the process to kill."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int
    inner: int
    subdomains: bool

    @property
    def url(self) -> str:
        """The hub's public address."""
        host = "workshop.localhost" if self.subdomains else "127.0.0.1"
        return f"http://{host}:{self.port}/hub/"

    def origin(self, name: str) -> str:
        """The origin of somebody's session."""
        host = f"{name}.workshop.localhost" if self.subdomains else "127.0.0.1"
        return f"http://{host}:{self.port}"

    def home(self, name: str) -> str:
        """The address of somebody's session."""
        return f"{self.origin(name)}/user/{name}/"

    def token(self, name: str) -> str:
        """The token of somebody's session."""
        return (self.folder / f"{name}.token").read_text()

    @property
    def log(self) -> str:
        """What hub, proxy and sessions have logged."""
        return (self.folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start it, again if it was killed, and wait for its answer."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hub", "-f", str(self.folder / "config.py")],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
                start_new_session=True,
            )
        until(lambda: "JupyterHub is now running" in self._new_log(), what="the hub", limit=40)
        self._seen = len(self.log)

    _seen: int = 0

    def _new_log(self) -> str:
        assert self.process.poll() is None, self.log[-3000:]
        return self.log[self._seen :]

    def kill(self) -> None:
        """Kill the hub alone, as a crash would."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def running_real_hub(folder: Path, *, subdomains: bool) -> Iterator[RealHub]:
    """A hub with Dummy logins and sessions of the gateway."""
    ports = [free_port() for _ in range(3)]
    public = "" if subdomains else f"http://127.0.0.1:{ports[0]}"
    (folder / "config.py").write_text(
        _CONFIG.format(
            ports=ports,
            subdomain=f"http://workshop.localhost:{ports[0]}" if subdomains else "",
            root=ROOT,
            folder=folder,
            public=public,
            admin=ADMIN,
            service=SERVICE,
        )
    )
    (folder / "log").touch()
    hub = RealHub(None, folder, ports[0], ports[1], subdomains)  # type: ignore[arg-type]
    try:
        hub.start()
        yield hub
    finally:
        _end(hub)


def _end(hub: RealHub) -> None:
    """End the hub's whole process group, its proxy and its sessions with it."""
    children = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/environ")
        if str(hub.folder) in _read(path)
    ]
    for pid in {hub.process.pid, *children}:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    hub.process.wait()


def _read(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_bytes().decode(errors="replace")
    return ""


@dataclass
class Person:
    """Somebody with a browser, as far as HTTP goes."""

    hub: RealHub
    name: str
    http: aiohttp.ClientSession

    async def log_in(self) -> None:
        """Log in at the hub."""
        async with self.http.get(f"{self.hub.url}login", headers=NAVIGATION) as form:
            token = (await form.text()).split('name="_xsrf" value="')[1].split('"')[0]
        fields = {"username": self.name, "password": "x", "_xsrf": token}
        answer = await self.http.post(f"{self.hub.url}login", data=fields, allow_redirects=False)
        assert answer.status == 302, await answer.text()

    async def visit(self, url: str, **more: Any) -> tuple[int, str, str]:
        """Follow a link to its end: status, address and text."""
        headers = {**NAVIGATION, **more.pop("headers", {})}
        async with self.http.get(url, headers=headers, **more) as answer:
            return answer.status, str(answer.url), await answer.text()

    async def socket(self, name: str, **headers: str) -> aiohttp.ClientWebSocketResponse:
        """Open somebody's terminal as their own page would."""
        return await self.http.ws_connect(
            f"{self.hub.home(name)}terminal/ws/1",
            headers={"Origin": self.hub.origin(name), **headers},
        )

    def cookies_at(self, url: str) -> dict[str, str]:
        """The cookies that go to an address."""
        from yarl import URL

        found = self.http.cookie_jar.filter_cookies(URL(url))
        return {name: cookie.value for name, cookie in found.items()}


@contextlib.asynccontextmanager
async def person(hub: RealHub, name: str) -> AsyncIterator[Person]:
    """Somebody who has logged in at the hub."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=Loopback()),
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        timeout=aiohttp.ClientTimeout(total=30),
    ) as http:
        somebody = Person(hub, name, http)
        await somebody.log_in()
        yield somebody


async def hub_api(hub: RealHub, method: str, path: str, token: str = ADMIN, **more: Any) -> Any:
    """Ask the hub's API: status and answer."""
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=Loopback())) as http,
        http.request(
            method,
            f"http://127.0.0.1:{hub.inner}/hub/api/{path}",
            headers={"Authorization": f"token {token}"},
            **more,
        ) as answer,
    ):
        text = await answer.text()
        return answer.status, text
