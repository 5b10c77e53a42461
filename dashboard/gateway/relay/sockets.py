"""WebSockets passed on to a backend, message by message and both ways at their own pace."""

import asyncio
import logging
import time

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    WebSocketError,
    WebSocketHandler,
    websocket_connect,
)

from dashboard.gateway import problems
from dashboard.gateway.door import Door
from dashboard.gateway.gate import Gate
from dashboard.gateway.refusals import Refusal
from dashboard.gateway.relay import headers as passing
from dashboard.gateway.relay.live import GOING_AWAY
from dashboard.gateway.relay.route import Route
from dashboard.gateway.relay.target import FixedResolver

log = logging.getLogger("workshop.gateway.relay")
TOO_BIG, TRY_LATER = 1009, 1013
#: What a person types; clients put the command first so that nothing has to be parsed here.
_INPUT = '{"cmd":"input"'
#: Codes an endpoint may send (RFC 6455, 7.4); the others only ever describe a broken connection.
_SENDABLE = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)})
#: What a backend may answer an upgrade with, and what that means to a visitor.
_REFUSALS = {400: problems.BAD_REQUEST, 404: problems.NOT_FOUND, 429: problems.BUSY}


class SocketRelay(Door, WebSocketHandler):
    """One WebSocket; its backend hears of it only when the visitor may have it."""

    def initialize(  # type: ignore[override]  # Tornado hands over each route's own keywords
        self, gate: Gate, route: Route
    ) -> None:
        """Called by Tornado with what the routes hand over."""
        super().initialize(gate)
        self._route = route
        self._backend: WebSocketClientConnection | None = None
        self._relaying: asyncio.Task[None] | None = None
        self._heard = time.monotonic()
        self._handing_over = False
        self._left = False
        self._ended: tuple[int, str] | None = None
        self._frame = gate.settings.limits.frame

    async def prepare(self) -> None:
        """Check, then connect to the backend, whose choice of protocol is ours."""
        await super().prepare()
        self.check_visit()
        if not self.gate.live.add(self):
            raise Refusal(problems.FULL)
        try:
            self._backend = await self.connect()
        except (OSError, TimeoutError, WebSocketError, HTTPClientError) as error:
            if isinstance(error, HTTPClientError) and error.code in _REFUSALS:
                raise Refusal(_REFUSALS[error.code]) from error
            # Accepted and closed at once: a page cannot read the status of a refused upgrade, but
            # it can read this code and come back.
            log.info("%s does not answer: %s", self._route.prefix, type(error).__name__)
        if self._left:
            self._close_backend(GOING_AWAY, "")

    def check_origin(self, origin: str) -> bool:
        """The door has compared it already, as a whole."""
        return self.gate.address.is_origin(origin)

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """The backend's choice; without a backend the first, so that the close code arrives."""
        if self._backend is not None:
            return self._backend.selected_subprotocol
        return subprotocols[0] if subprotocols else None

    @property
    def max_message_size(self) -> int:
        """Above our own limit: Tornado cuts off beyond this, without a proper goodbye."""
        return 4 * self._frame

    @property
    def ping_interval(self) -> float | None:
        """Often enough for every proxy on the way."""
        return self.gate.settings.limits.ping

    @property
    def ping_timeout(self) -> float | None:
        """None of Tornado's: it would take a slow backend for a silent browser."""
        return 0

    def open(self, *_args: str, **_kwargs: str) -> None:
        """Begin to pass on what the backend says."""
        if self._ended or self._backend is None:
            self.close(*(self._ended or (TRY_LATER, "not there yet")))
            return
        self.set_nodelay(True)
        assert self._backend.protocol is not None
        self._backend.protocol.set_nodelay(True)
        self._relaying = asyncio.ensure_future(self._from_backend(self._backend))

    async def on_message(self, message: str | bytes) -> None:
        """Pass a message to the backend; the next is read when it took this one."""
        self._heard = time.monotonic()
        if len(message) > self._frame:
            self.close(TOO_BIG, "message too big")
            return
        if isinstance(message, str) and message.startswith(_INPUT):
            self.gate.activity.note()
        if self._backend is None:
            return
        self._handing_over = True
        try:
            await self._backend.write_message(message, binary=isinstance(message, bytes))
        except WebSocketClosedError:
            # The other direction closes this side, with the backend's reason.
            return
        finally:
            self._handing_over = False
            self._heard = time.monotonic()

    def on_pong(self, data: bytes) -> None:
        """The browser is there."""
        self._heard = time.monotonic()

    def is_silent(self) -> bool:
        """Whether two pings went unanswered, other than because the backend is slow."""
        quiet = time.monotonic() - self._heard
        return quiet > 2.5 * self.gate.settings.limits.ping and not self._handing_over

    def end(self, code: int, reason: str) -> None:
        """Close both sides; the page is told why."""
        self._ended = (code, reason)
        self.close(code, reason)
        self._close_backend(GOING_AWAY, "")

    def on_close(self) -> None:
        """The browser has gone: so does its connection behind."""
        self.gate.live.remove(self)
        self._close_backend(self.close_code, self.close_reason or "")

    def on_finish(self) -> None:
        """The upgrade was answered; when it was refused nothing may stay behind."""
        if self.get_status() != 101:
            self.gate.live.remove(self)
            self._close_backend(GOING_AWAY, "")

    def on_connection_close(self) -> None:
        """The browser went before the upgrade was answered, or has closed."""
        self._left = True
        super().on_connection_close()
        self.gate.live.remove(self)

    def check_visit(self) -> None:
        """What must hold besides; raises a refusal otherwise."""

    def handshake(self) -> HTTPRequest:
        """What the backend is asked."""
        limits = self.gate.settings.limits
        return HTTPRequest(
            "ws://localhost" + self._route.path_for(self.request.uri or "/"),
            headers=passing.for_handshake(self.request.headers, self.gate.jar, self._route),
            connect_timeout=limits.backend,
            request_timeout=limits.backend,
        )

    async def connect(self) -> WebSocketClientConnection:
        """A WebSocket to the backend; OSError and its kin when it cannot be had."""
        given = self.request.headers.get("Sec-WebSocket-Protocol", "")
        return await websocket_connect(
            self.handshake(),
            max_message_size=4 * self._frame,
            subprotocols=[one.strip() for one in given.split(",") if one.strip()] or None,
            resolver=FixedResolver(target=self._route.target),
        )

    async def _from_backend(self, backend: WebSocketClientConnection) -> None:
        try:
            while (message := await backend.read_message()) is not None:
                if len(message) > self._frame:
                    self.end(TOO_BIG, "message too big")
                    return
                await self.write_message(message, binary=isinstance(message, bytes))
        except WebSocketClosedError:
            return
        code = backend.close_code
        # Without a code it was killed: the page comes back, to a new one.
        self.close(code if code in _SENDABLE else GOING_AWAY, backend.close_reason)

    def _close_backend(self, code: int | None, reason: str) -> None:
        backend, self._backend = self._backend, None
        if backend is None:
            return
        protocol = backend.protocol
        backend.close(code if code in _SENDABLE else None, reason or None)
        if protocol is not None:
            # It has its goodbye; waiting for an answer from one that is busy writing helps nobody.
            protocol.on_connection_close()
