"""Parts for the gateway's tests: a gateway, a backend that counts, a hub with faults."""

import asyncio
import base64
import contextlib
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, Response, abort, request
from tornado.httpclient import HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders
from tornado.netutil import bind_sockets, bind_unix_socket
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketClientConnection, WebSocketHandler, websocket_connect

from dashboard.gateway.server import Gateway
from dashboard.settings import Limits, Settings

PREFIX = "/user/ada/"
TOKEN = "t" * 32
ACCESS = ["access:servers!server=ada/", "access:servers!user=ada"]


def environ(folder: Path, **changes: str | None) -> dict[str, str]:
    """The environment a hub and our spawner give to ada's session; None removes a variable."""
    values: dict[str, str | None] = {
        "WORKSHOP_DIR": str(folder),
        "WORKSHOP_TERMINAL_SOCKET": str(folder / "terminal.sock"),
        "WORKSHOP_PUBLIC_URL": "http://workshop.test:8000",
        "JUPYTERHUB_API_TOKEN": TOKEN,
        "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-ada",
        "JUPYTERHUB_USER": "ada",
        "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:0{PREFIX}",
        "JUPYTERHUB_API_URL": "http://127.0.0.1:9/hub/api",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps(ACCESS),
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def small_pages() -> Flask:
    """Pages as the gateway knows them: a Flask application that says who it was asked by."""
    app = Flask("pages", static_folder=None)
    app.extensions["workshop"] = SmallWorkshop()

    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>", methods=["GET", "POST"])
    def show(path: str) -> Response:
        if path.endswith("missing"):
            abort(404)
        if path.endswith("empty"):
            return Response(status=204)
        if path.endswith("large"):
            return Response((b"x" * 65536 for _ in range(64)), mimetype="text/plain")
        seen = dict(request.headers.items())
        return Response(
            json.dumps(
                {
                    "path": path,
                    "user": request.environ["workshop.visitor"].name,
                    "xsrf": request.environ["workshop.xsrf"],
                    "headers": seen,
                    "length": len(request.get_data()),
                    "url": request.url,
                }
            ),
            mimetype="application/json",
        )

    return app


@dataclass
class SmallWorkshop:
    """A workshop as the gateway knows it: tabs, and the addresses they show."""

    addresses: dict[str, str] = field(default_factory=dict)

    def ready(self) -> bool:
        """There is something to look at."""
        return True

    def outside(self, tab: str) -> str:
        """The tab's address."""
        return self.addresses.get(tab, "")

    def brought(self) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
        """It wants nothing in a project."""
        return (), ()


@dataclass
class Backend:
    """A server behind a relay that remembers every connection and request."""

    socket: Path
    connections: int = 0
    requests: list[tuple[str, str, HTTPHeaders]] = field(default_factory=list)
    bodies: list[int] = field(default_factory=list)
    open: set["_Echo"] = field(default_factory=set)
    closed: list[tuple[int | None, str | None]] = field(default_factory=list)
    messages: list[str | bytes] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    headers: list[tuple[str, str]] = field(default_factory=list)
    written: int = 0


class _Counting(HTTPServer):
    backend: Backend

    def handle_stream(self, stream: Any, address: Any) -> None:
        self.backend.connections += 1
        super().handle_stream(stream, address)


class _Plain(RequestHandler):
    def initialize(self, backend: Backend) -> None:
        self.backend = backend

    def prepare(self) -> None:
        self.backend.requests.append(
            (self.request.method or "", self.request.uri or "", self.request.headers)
        )

    async def get(self, path: str) -> None:
        for name, value in self.backend.headers:
            self.add_header(name, value)
        if path == "health":
            self.finish({"ok": True})
        elif path == "endless":
            block = b"y" * 65536
            with contextlib.suppress(Exception):
                while True:
                    self.write(block)
                    await self.flush()
                    self.backend.written += len(block)
        elif path == "redirect":
            self.redirect("/elsewhere?x=1")
        elif path == "cut":
            self.set_header("Content-Length", "1000")
            self.write(b"half")
            await self.flush()
            self.request.connection.stream.close()
        else:
            self.set_header("X-Own", "kept")
            self.finish(f"hello {path}")

    def post(self, path: str) -> None:
        self.backend.bodies.append(len(self.request.body))
        self.finish(hashlib.sha256(self.request.body).hexdigest())

    put = delete = post


class _Echo(WebSocketHandler):
    def initialize(self, backend: Backend) -> None:
        self.backend = backend

    def prepare(self) -> None:
        self.backend.requests.append(("WS", self.request.uri or "", self.request.headers))
        if self.request.path.endswith("unknown"):
            self.send_error(404)

    def check_origin(self, origin: str) -> bool:
        return True

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return subprotocols[-1] if subprotocols else None

    def open(self, *_: str) -> None:
        self.backend.open.add(self)

    async def on_message(self, message: str | bytes) -> None:
        self.backend.messages.append(message)
        if message == "wait":
            await self.backend.gate.wait()
        elif message == "bye":
            self.close(4002, "as asked")
        elif message == "flood":
            with contextlib.suppress(Exception):
                while True:
                    await self.write_message(b"z" * 65536, binary=True)
                    self.backend.written += 65536
        elif message == "huge":
            await self.write_message(b"h" * (2 << 20), binary=True)
        else:
            await self.write_message(message, binary=isinstance(message, bytes))

    def on_close(self) -> None:
        self.backend.open.discard(self)
        self.backend.closed.append((self.close_code, self.close_reason))


@contextlib.asynccontextmanager
async def running_backend(socket: Path) -> AsyncIterator[Backend]:
    """A backend on a unix socket."""
    backend = Backend(socket)
    application = Application(
        [(r"/ws/(.*)", _Echo, {"backend": backend}), (r"/(.*)", _Plain, {"backend": backend})],
        log_function=lambda _: None,
        websocket_max_message_size=16 << 20,
    )
    server = _Counting(application, max_body_size=1 << 30)
    server.backend = backend
    server.add_socket(bind_unix_socket(str(socket)))
    try:
        yield backend
    finally:
        server.stop()
        backend.gate.set()
        for handler in list(backend.open):
            handler.close()
        await server.close_all_connections()
        socket.unlink(missing_ok=True)


@dataclass
class FaultyHub:
    """A stand-in for the hub, strict about what it is asked and broken on demand."""

    url: str
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    fault: str = ""
    #: Whether the session has seen it, which asks until it has; other questions are `calls`.
    met: bool = False
    calls: list[str] = field(default_factory=list)
    activity: list[dict[str, Any]] = field(default_factory=list)
    #: The attendee's own token for the cluster, as the hub has it.
    own_token: dict[str, Any] = field(default_factory=dict)
    #: How the container of its web console is.
    console: str = "running"
    #: Further hosts that the session asked for.
    hosts: list[str] = field(default_factory=list)
    #: Why the cluster gives it no more, in words.
    no_host: str = ""
    held: asyncio.Event = field(default_factory=asyncio.Event)
    server: HTTPServer | None = None

    def break_down(self, fault: str) -> None:
        """From now on hang, answer 500, answer HTML, or be gone."""
        self.fault = fault
        if fault == "gone" and self.server is not None:
            self.server.stop()

    def new_token(self, name: str = "ada", scopes: Iterable[str] = ACCESS[:1]) -> str:
        """A token of a user with these scopes."""
        token = secrets.token_hex(16)
        self.tokens[token] = {"name": name, "kind": "user", "scopes": list(scopes)}
        return token

    def new_code(self, token: str, authorize_url: str) -> str:
        """A code for the token, given out for one authorization request."""
        challenge = parse_qs(urlsplit(authorize_url).query)["code_challenge"][0]
        code = secrets.token_hex(8)
        self.codes[code] = (token, challenge)
        return code


class _HubHandler(RequestHandler):
    def initialize(self, hub: FaultyHub) -> None:
        self.hub = hub

    async def prepare(self) -> None:
        path = self.request.path.removeprefix("/hub/api/")
        if path or self.hub.met:
            self.hub.calls.append(path)
        self.hub.met = self.hub.met or not (path or self.hub.fault)
        if self.hub.fault == "hangs":
            await self.hub.held.wait()
        elif self.hub.fault == "500":
            self.send_error(500)
        elif self.hub.fault == "html":
            self.finish("<!doctype html><title>Proxy</title>")

    def get(self, path: str) -> None:
        if path == "":
            self.finish({"version": "6.1.1"})
            return
        token = self.request.headers.get("Authorization", "").removeprefix("token ")
        if path == "session/cluster-token" and token == TOKEN and self.hub.own_token:
            self.finish(self.hub.own_token)
            return
        if path == "session/console" and token == TOKEN:
            self.finish({"state": self.hub.console})
            return
        if token not in self.hub.tokens:
            self.send_error(403)
            return
        self.finish(self.hub.tokens[token])

    def post(self, path: str) -> None:
        if path == "users/ada/activity":
            assert self.request.headers["Authorization"] == f"token {TOKEN}"
            self.hub.activity.append(json.loads(self.request.body))
            return
        if path == "session/host":
            assert self.request.headers["Authorization"] == f"token {TOKEN}"
            if self.hub.no_host:
                self.set_status(424)
                self.finish({"status": 424, "message": self.hub.no_host})
                return
            self.hub.hosts.append(json.loads(self.request.body)["label"])
            return
        asked = {name: self.get_body_argument(name) for name in self.request.body_arguments}
        token, challenge = self.hub.codes.pop(asked["code"], ("", ""))
        digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if not token or proof != challenge or asked["client_secret"] != TOKEN:
            self.set_status(400)
            self.finish({"error": "invalid_grant"})
            return
        self.finish({"access_token": token, "token_type": "Bearer"})


@contextlib.asynccontextmanager
async def running_hub() -> AsyncIterator[FaultyHub]:
    """A stand-in hub on a free port."""
    [socket] = bind_sockets(0, "127.0.0.1")
    hub = FaultyHub(f"http://127.0.0.1:{socket.getsockname()[1]}/hub/api")
    application = Application(
        [(r"/hub/api/(.*)", _HubHandler, {"hub": hub})], log_function=lambda _: None
    )
    server = hub.server = HTTPServer(application)
    server.add_socket(socket)
    try:
        yield hub
    finally:
        server.stop()
        hub.held.set()
        await server.close_all_connections()


@dataclass
class Answer:
    """An answer read from the wire."""

    status: int
    headers: HTTPHeaders
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def cookies(self) -> dict[str, str]:
        """Names and values of the cookies it sets."""
        pairs = [one.split(";")[0].partition("=") for one in self.headers.get_list("Set-Cookie")]
        return {name: value for name, _, value in pairs}


@dataclass
class Door:
    """A running gateway, and a browser of sorts in front of it."""

    gateway: Gateway
    hub: FaultyHub | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    workshop: SmallWorkshop = field(default_factory=SmallWorkshop)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.gateway.port

    @property
    def origin(self) -> str:
        """Its public origin."""
        return self.gateway.settings.origin

    @property
    def host(self) -> str:
        """The Host header of its public origin."""
        return urlsplit(self.origin).netloc

    @property
    def cookie(self) -> str:
        """The Cookie header of what was gathered."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def ask(
        self,
        path: str = PREFIX,
        method: str = "GET",
        headers: Mapping[str, str | None] | None = None,
        body: bytes = b"",
        *,
        anonymous: bool = False,
    ) -> Answer:
        """Ask as a page's script would; a header of None is left out."""
        sent = {"Host": self.host, "Connection": "close"}
        if self.cookies and not anonymous:
            sent["Cookie"] = self.cookie
        if body:
            sent["Content-Length"] = str(len(body))
        sent = {n: v for n, v in {**sent, **(headers or {})}.items() if v is not None}
        lines = [f"{method} {path} HTTP/1.1", *(f"{n}: {v}" for n, v in sent.items())]
        return await self.send("\r\n".join(lines).encode("latin1") + b"\r\n\r\n" + body)

    async def visit(self, path: str = PREFIX, **more: Any) -> Answer:
        """Ask as a browser does when a person follows a link."""
        headers = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        headers |= {"Sec-Fetch-Site": "none", "Accept": "text/html", **more.pop("headers", {})}
        return await self.ask(path, headers=headers, **more)

    async def send(self, data: bytes) -> Answer:
        """Send bytes as they are and read what comes until the end; status 0 is no answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            with contextlib.suppress(ConnectionError):
                writer.write(data)
                await writer.drain()
            received = b""
            with contextlib.suppress(ConnectionError):
                async with asyncio.timeout(20):
                    received = await reader.read(-1)
        finally:
            writer.close()
        return parsed(received)

    async def log_in(self, scopes: Iterable[str] = ACCESS[:1], name: str = "ada") -> str:
        """Go through the whole login; the token it ended with."""
        assert self.hub is not None
        self.cookies.clear()
        first = await self.visit()
        token = self.hub.new_token(name, scopes)
        asked = first.headers["Location"]
        code = self.hub.new_code(token, asked)
        state = parse_qs(urlsplit(asked).query)["state"][0]
        self.take(first)
        back = await self.visit(f"{PREFIX}oauth_callback?code={code}&state={state}")
        assert back.status == 302, back.text
        self.take(back)
        return token

    def take(self, answer: Answer) -> None:
        """Keep and drop cookies as a browser would."""
        self.cookies |= answer.cookies
        self.cookies = {name: value for name, value in self.cookies.items() if value}

    async def socket(
        self, path: str = "terminal/ws/1", protocols: list[str] | None = None, **changes: Any
    ) -> WebSocketClientConnection:
        """A WebSocket as our own page opens it; raises when it is refused."""
        headers = {"Host": self.host, "Origin": self.origin, "Cookie": self.cookie}
        headers |= changes.pop("headers", {})
        request = HTTPRequest(
            f"ws://127.0.0.1:{self.port}{self.gateway.settings.prefix}{path}",
            headers=HTTPHeaders({n: v for n, v in headers.items() if v is not None}),
        )
        return await websocket_connect(request, subprotocols=protocols, **changes)


def parsed(received: bytes) -> Answer:
    """An answer from its bytes, chunked or not."""
    head, _, body = received.partition(b"\r\n\r\n")
    if not head:
        return Answer(0, HTTPHeaders(), b"")
    line, _, rest = head.decode("latin1").partition("\r\n")
    headers = HTTPHeaders.parse(rest)
    if headers.get("Transfer-Encoding") == "chunked":
        whole = b""
        while body:
            size, _, body = body.partition(b"\r\n")
            length = int(size or b"0", 16)
            whole, body = whole + body[:length], body[length + 2 :]
        body = whole
    return Answer(int(line.split(" ")[1]), headers, body)


@contextlib.asynccontextmanager
async def running_gateway(
    folder: Path, hub: FaultyHub | None = None, limits: Limits | None = None, **changes: str | None
) -> AsyncIterator[Door]:
    """A gateway with small pages, before a backend on `folder`/terminal.sock if there is one."""
    if hub is not None:
        changes.setdefault("JUPYTERHUB_API_URL", hub.url)
    settings = Settings.from_environ(environ(folder, **changes))
    app = small_pages()
    gateway = Gateway(
        replace(settings, limits=limits or Limits(drain=1)),
        app.wsgi_app,
        app.extensions["workshop"],
    )
    gateway.start()
    try:
        yield Door(gateway, hub, workshop=app.extensions["workshop"])
    finally:
        await gateway.stop()
