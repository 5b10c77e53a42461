"""The server: its paths, headers, cookie and CSRF check, and its running on loopback."""

import asyncio
import contextlib
import secrets
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from multidict import CIMultiDict

from tests.console_standin.cluster import ClusterKube
from tests.console_standin.kube import Kube

HERE = Path(__file__).parent
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "no-cache, no-store, must-revalidate",
}
POLICY = (
    "base-uri 'self'; default-src 'self' console.redhat.com; img-src 'self' https: data:; "
    "font-src 'self' data:; script-src 'self' console.redhat.com 'unsafe-eval' 'nonce-{nonce}'; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' console.redhat.com; object-src 'self'; "
    "frame-src 'none'; frame-ancestors 'none'"
)
NO_TOKEN = "Please configure authentication to use the console\n"
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


@dataclass
class Console:
    """A running console, and what it was asked; whoever reaches its port acts as its account."""

    base: str
    kube: Kube | ClusterKube
    secure: bool = False
    #: As Headlamp on loopback: against rebinding it answers to no name but this machine's.
    only_localhost: bool = False
    host: str = "127.0.0.1"
    port: int = 0
    seen: list[tuple[str, str, CIMultiDict[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not (self.base.startswith("/") and self.base.endswith("/")):
            raise ValueError(f"base path is {self.base!r}: it needs a slash at both ends")

    @property
    def paths(self) -> list[str]:
        """The paths asked for so far."""
        return [path for _, path, _ in self.seen]

    def application(self) -> web.Application:
        """Everything that the port answers."""
        app = web.Application(client_max_size=8 << 20)
        app.router.add_route("*", "/{path:.*}", self._answer)
        app.on_response_prepare.append(self._add_headers)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.method, request.path_qs, CIMultiDict(request.headers)))
        if self.only_localhost and request.host not in {"localhost", f"localhost:{self.port}"}:
            return web.Response(status=403, text="invalid Host header\n")
        if request.path == "/robots.txt":
            return web.Response(text="User-agent: *\nDisallow: /\n")
        if request.path == self.base.rstrip("/"):
            raise web.HTTPTemporaryRedirect(self.base)
        if not request.path.startswith(self.base):
            return web.Response(status=404, text="404 page not found\n")
        if request.method not in SAFE and not self._is_ours(request):
            return web.Response(status=403, text="invalid CSRFToken\n")
        return await self._inside(request, request.path.removeprefix(self.base))

    async def _inside(self, request: web.Request, path: str) -> web.StreamResponse:
        if path == "health":
            return web.json_response({"status": "ok"})
        if path == "static/app.js":
            answer = web.Response(text=(HERE / "app.js").read_text())
            answer.content_type = "text/javascript"
            answer.enable_compression(web.ContentCoding.gzip)
            return answer
        if path == "api/api-discovery":
            return web.json_response({"APIVersions": ["v1"]})
        if path == "api/console/user-settings":
            return web.Response(status=201 if request.method == "POST" else 200, text="{}")
        if path.startswith("api/kubernetes/"):
            return await self.kube.answer(request, path.removeprefix("api/kubernetes/"))
        if path.startswith(("static/", "api/")):
            return web.Response(status=404, text="404 page not found\n")
        return self._index()

    def _index(self) -> web.Response:
        if not self.kube.given:
            return web.Response(text=NO_TOKEN)
        nonce = secrets.token_urlsafe(16)
        page = (HERE / "index.html").read_text().replace("BASE", self.base).replace("NONCE", nonce)
        answer = web.Response(text=page, content_type="text/html")
        answer.headers["Content-Security-Policy-Report-Only"] = POLICY.format(nonce=nonce)
        cookie = f"csrf-token={secrets.token_urlsafe(32)}; Path={self.base}; SameSite=Strict"
        answer.headers["Set-Cookie"] = cookie + ("; Secure" if self.secure else "")
        return answer

    def _is_ours(self, request: web.Request) -> bool:
        """Whether the header is the *first* cookie of the name; Origin and Referer do not count."""
        pairs = [one.strip().partition("=") for one in request.headers.get("Cookie", "").split(";")]
        first = next((value for name, _, value in pairs if name == "csrf-token"), "")
        return bool(first) and request.headers.get("X-CSRFToken", "") == first

    async def _add_headers(self, request: web.Request, answer: web.StreamResponse) -> None:
        for name, value in HEADERS.items():
            answer.headers[name] = value
        inside = request.path.removeprefix(self.base)
        if inside.startswith("static/"):
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif inside.startswith("api/kubernetes/"):
            answer.headers["Content-Security-Policy"] = "sandbox;"


@contextlib.asynccontextmanager
async def running_console(console: Console) -> AsyncIterator[Console]:
    """The console on a port of loopback: its own if it has had one, else a free one."""
    runner = web.AppRunner(console.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, console.host, console.port)
    try:
        await site.start()
        console.port = site.port
        yield console
    finally:
        await runner.cleanup()


@contextlib.contextmanager
def console_thread(console: Console) -> Iterator[Console]:
    """The same beside a test that waits for a browser."""
    started, loop = threading.Event(), asyncio.new_event_loop()
    ending = asyncio.Event()

    async def run() -> None:
        async with running_console(console):
            started.set()
            await ending.wait()

    def main() -> None:
        try:
            loop.run_until_complete(run())
        finally:
            loop.close()
            started.set()

    thread = threading.Thread(target=main)
    thread.start()
    started.wait()
    try:
        yield console
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join()
