"""The four addresses of the terminal server; everything else is 404."""

import asyncio
import contextlib
import os
import time
from typing import Any

import butterfly
import protocol
import tornado.web
import tornado.websocket
from client import Client
from protocol import Input, Malformed, Open, Restart, Seen, Size
from session import INPUT_LIMIT, Session
from sessions import Sessions

NAME = r"([a-z0-9-]{1,32})"
FRAME_LIMIT = 1024 * 1024
PING_SECONDS = 20.0
_SILENT_SECONDS = 60.0
_HERE = os.path.dirname(os.path.abspath(__file__))
_BUTTERFLY = os.path.join(os.path.dirname(butterfly.__file__), "static")
_FONTS = "Black Bold ExtraLight Light Medium Regular Semibold"
#: Butterfly's files that the page uses; its other files are not served.
_THEIRS = frozenset(
    ["main.min.js", "html-sanitizer.js", "main.css"]
    + [f"fonts/SourceCodePro-{weight}.otf" for weight in _FONTS.split()]
)
_OURS = frozenset(os.listdir(os.path.join(_HERE, "static")))
_TYPES = {".js": "text/javascript", ".css": "text/css", ".otf": "font/otf"}
#: security.md 4.2, with no pictures at all: nothing that a program prints may fetch one.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; "
    "font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
_PERMISSIONS = (
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
    "clipboard-read=(self), clipboard-write=(self)"
)


class Page(tornado.web.RequestHandler):
    """GET only, with headers that let a page do no more than it must."""

    SUPPORTED_METHODS = ("GET",)

    def initialize(self, sessions: Sessions) -> None:
        """Tornado's constructor hook."""
        self.sessions = sessions

    def set_default_headers(self) -> None:
        """For every answer, errors too."""
        self.clear_header("Server")
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("Permissions-Policy", _PERMISSIONS)
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """An error is its number and name; nothing of the request is repeated."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")


class Missing(Page):
    """Any other address."""

    def prepare(self) -> None:
        """Refuse, whatever the method."""
        raise tornado.web.HTTPError(404)


class Health(Page):
    """Says that the server answers."""

    def get(self) -> None:
        """How many sessions there are."""
        self.write({"status": "ok", "sessions": len(self.sessions)})


class View(Page):
    """Butterfly's own page, in our template."""

    def get(self, name: str) -> None:
        """The page; its query is ignored."""
        self.render("index.html", name=name)


class Static(Page):
    """Listed files of ours and of Butterfly's package."""

    def get(self, name: str) -> None:
        """The file."""
        folder = os.path.join(_HERE, "static") if name in _OURS else _BUTTERFLY
        if name not in _OURS and name not in _THEIRS:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", _TYPES[os.path.splitext(name)[1]])
        self.set_header("Cache-Control", "no-cache")
        with open(os.path.join(folder, name), "rb") as file:
            self.write(file.read())


class Terminal(tornado.websocket.WebSocketHandler):
    """One view's connection: protocol v1."""

    connected: "set[Terminal]" = set()

    def initialize(self, sessions: Sessions, most: int) -> None:
        """Tornado's constructor hook."""
        self.sessions = sessions
        self.most = most
        self.session: Session | None = None
        self.client: Client | None = None
        self.heard = time.monotonic()

    def check_origin(self, origin: str) -> bool:
        """The gateway has checked the origin; nobody else can open a socket in our folder."""
        return True

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Protocol v1, when the client names it."""
        return protocol.SUBPROTOCOL if protocol.SUBPROTOCOL in subprotocols else None

    def open(self, name: str) -> None:
        """A connection; nothing is started before its first message."""
        self.name = name
        self.connected.add(self)
        if len(self.connected) > self.most:
            self.refuse("too-many-connections")

    def on_message(self, message: str | bytes) -> "asyncio.Future[None] | None":
        """One message; the next is not read before this one is done."""
        self.heard = time.monotonic()
        try:
            parsed = protocol.parse(message)
            if isinstance(parsed, Open):
                return asyncio.ensure_future(self.attach(parsed))
            if self.client is None or self.session is None:
                raise Malformed("open first")
        except Malformed as mistake:
            self.let_go(mistake.code, mistake.reason)
            return None
        return self.obey(self.session, self.client, parsed)

    def obey(
        self, session: Session, client: Client, message: protocol.Message
    ) -> "asyncio.Future[None] | None":
        """Do what an attached client asks."""
        match message:
            case Input():
                session.type(client, message)
                if session.queued > INPUT_LIMIT:
                    return asyncio.ensure_future(session.room(client))
            case Seen():
                client.seen(message.offset)
                client.pump()
                session.regulate()
            case Size():
                session.resize(client, (message.cols, message.rows))
            case Restart():
                session.restart()
        return None

    async def attach(self, opened: Open) -> None:
        """Attach to the terminal, once a connection."""
        if self.client is not None:
            self.let_go(protocol.POLICY, "open once")
            return
        session = await self.sessions.open(self.name, (opened.cols, opened.rows))
        if self not in self.connected:
            return
        if session is None:
            self.refuse("too-many-sessions")
            return
        self.session = session
        self.client = session.attach(self, opened)

    def refuse(self, reason: str) -> None:
        """Say why not, and close."""
        self.send(f'{{"cmd": "refused", "reason": "{reason}"}}')
        self.let_go(protocol.TRY_LATER, reason)

    def send(self, message: str | bytes) -> "asyncio.Future[None] | None":
        """Send now; the future when the socket did not take it all."""
        try:
            flushed = self.write_message(message, binary=isinstance(message, bytes))
        except tornado.websocket.WebSocketClosedError:
            return None
        flushed.add_done_callback(_retrieve)
        stream = self.ws_connection.stream if self.ws_connection is not None else None
        return flushed if stream is not None and stream.writing() else None

    def let_go(self, code: int, reason: str) -> None:
        """Close the connection."""
        self.close(code, reason)

    def on_pong(self, data: bytes) -> None:
        """The other side lives."""
        self.heard = time.monotonic()

    def on_close(self) -> None:
        """The shell stays; only the view is gone."""
        self.connected.discard(self)
        if self.session is not None and self.client is not None:
            self.sessions.left(self.session, self.client)

    @classmethod
    def ping_all(cls) -> None:
        """Keep quiet connections open, and close those whose other side is gone."""
        for socket in list(cls.connected):
            waiting = socket.client is not None and socket.client.stalled
            if not waiting and time.monotonic() - socket.heard > _SILENT_SECONDS:
                socket.let_go(protocol.GOING_AWAY, "no answer")
            else:
                with contextlib.suppress(tornado.websocket.WebSocketClosedError):
                    socket.ping()


def _retrieve(flushed: "asyncio.Future[None]") -> None:
    # A connection that closes while it is written to is no news: on_close has the rest.
    if not flushed.cancelled():
        flushed.exception()


def application(sessions: Sessions, most_connections: int) -> tornado.web.Application:
    """The routes; Butterfly's own are never among them."""
    pages = {"sessions": sessions}
    return tornado.web.Application(
        [
            (r"/health", Health, pages),
            (rf"/session/{NAME}", View, pages),
            (r"/static/([A-Za-z0-9./-]{1,64})", Static, pages),
            (rf"/ws/session/{NAME}", Terminal, {**pages, "most": most_connections}),
        ],
        default_handler_class=Missing,
        default_handler_args=pages,
        template_path=os.path.join(_HERE, "templates"),
        websocket_max_message_size=FRAME_LIMIT,
        log_function=lambda handler: None,  # no access log: it would repeat what visitors send
    )
