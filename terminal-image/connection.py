"""One view's WebSocket: protocol v1 in, events and numbered output out."""

import asyncio
import contextlib
import time

import protocol
import tornado.websocket
from client import Client
from protocol import Input, Malformed, Open, Ping, Restart, Seen, Size
from session import INPUT_LIMIT, Session
from sessions import Sessions

PING_SECONDS = 20.0
_SILENT_SECONDS = 60.0


class Connection(tornado.websocket.WebSocketHandler):
    """One view's connection: protocol v1."""

    connected: "set[Connection]" = set()
    #: What the programs of all terminals listen on.
    ports: list[int] = []

    def initialize(self, sessions: Sessions, most: int) -> None:
        """Tornado's constructor hook."""
        self.sessions = sessions
        self.most = most
        self.session: Session | None = None
        self.client: Client | None = None
        self.heard = time.monotonic()
        self.ending = False

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
        if self.ending:
            return None  # what is not acknowledged is sent again on the next connection
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
            case Ping():
                client.tell({"cmd": "pong"})
        return None

    async def attach(self, opened: Open) -> None:
        """Attach to the terminal, once a connection."""
        if self.client is not None:
            self.let_go(protocol.POLICY, "open once")
            return
        session = await self.sessions.open(self.name, (opened.cols, opened.rows))
        if self.ending or self not in self.connected:
            return
        if session is None:
            self.refuse("too-many-sessions")
            return
        self.session = session
        self.client = session.attach(self, opened)
        if self.ports:
            self.client.tell({"cmd": "ports", "ports": self.ports})

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
        """Close the connection; nothing more is sent or obeyed."""
        self.ending = True
        self.close(code, reason)
        self.leave()

    def on_pong(self, data: bytes) -> None:
        """The other side lives."""
        self.heard = time.monotonic()

    def on_close(self) -> None:
        """The shell stays; only the view is gone."""
        self.connected.discard(self)
        self.leave()

    def leave(self) -> None:
        """Take the view from its session."""
        if self.session is not None and self.client is not None:
            self.sessions.left(self.session, self.client)

    @classmethod
    def tell_ports(cls, ports: list[int]) -> None:
        """Tell every view, now and when it comes, on which ports programs listen."""
        cls.ports = ports
        for client in [socket.client for socket in cls.connected if socket.client]:
            client.tell({"cmd": "ports", "ports": ports})

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
