"""HTTP requests passed on to a backend, streaming both ways."""

import asyncio
import contextlib

from tornado.httputil import HTTPHeaders
from tornado.iostream import StreamClosedError
from tornado.web import stream_request_body

from dashboard.gateway import problems, xsrf
from dashboard.gateway.gate import Gate
from dashboard.gateway.refusals import Refusal
from dashboard.gateway.relay import headers as passing
from dashboard.gateway.relay.exchange import Exchange, Sink
from dashboard.gateway.relay.route import Route
from dashboard.gateway.relay.slots import Slots
from dashboard.gateway.streamed import Streamed


@stream_request_body
class PageRelay(Streamed, Sink):
    """One request to a backend; its connection is opened for nobody but a visitor."""

    #: What is said when the backend does not answer.
    away = problems.BACKEND_AWAY
    SUPPORTED_METHODS = ("GET", "HEAD", "POST", "DELETE", "PATCH", "PUT", "OPTIONS")

    def initialize(  # type: ignore[override]  # Tornado hands over each route's own keywords
        self, gate: Gate, route: Route, slots: Slots
    ) -> None:
        """Called by Tornado with what the routes hand over."""
        super().initialize(gate)
        self._route = route
        self._slots = slots
        self._exchange: Exchange | None = None
        self._answering: asyncio.Task[bool] | None = None
        self._holds_slot = False
        self._begun = False
        self._taken = 0

    async def admit(self) -> None:
        """Connect, and begin to pass the request on."""
        if self.fetch.changes_state and self._route.xsrf:
            self.check_xsrf(self.request.headers.get(xsrf.HEADER, ""))
        if self.declared_length() > self._route.body:
            raise Refusal(problems.TOO_LARGE)
        connection = self.request.connection
        assert connection is not None
        connection.set_max_body_size(2 * self._route.body)  # type: ignore[attr-defined]
        connection.set_body_timeout(self._route.body_seconds)  # type: ignore[attr-defined]
        if not self._slots.take():
            raise Refusal(problems.FULL)
        self._holds_slot = True
        await self._connect()

    async def data_received(self, chunk: bytes) -> None:
        """Pass a block on; the browser is not read while the backend does not take it."""
        self._taken += len(chunk)
        if self._finished or self._exchange is None:
            return
        if self._taken > self._route.body:
            self._exchange.close()
            self.answer(problems.TOO_LARGE)
            return
        try:
            await self._exchange.send_body(chunk)
        except StreamClosedError:
            # It may have answered already; that answer tells more than this error.
            return

    async def get(self, *_path: str) -> None:
        """The backend's answer, as it comes."""
        self.check_admitted()
        assert self._exchange is not None
        assert self._answering is not None
        try:
            self._exchange.end_body()
            whole = await self._answering
        except StreamClosedError:
            whole = False
        if self._finished:
            return
        if not self._begun:
            raise Refusal(self.away)
        if not whole:
            # Cut off, so that a browser does not take half an answer for a whole one.
            self.request.connection.close()  # type: ignore[union-attr]

    head = post = delete = patch = put = options = get

    async def begin(self, status: int, reason: str, headers: HTTPHeaders) -> None:
        """The backend's status and headers, kept to its own path."""
        self._begun = True
        passed = self.passed_back(headers)
        self.clear_header("Content-Type")
        self.set_status(status, reason or None)
        for name in {name.lower() for name, _ in passed}:
            self.clear_header(name)
        for name, value in passed:
            self.add_header(name, value)
        with contextlib.suppress(StreamClosedError):
            await self.flush()

    async def take(self, block: bytes) -> None:
        """A block of the answer; the backend is not read while the browser does not take it."""
        try:
            self.write(self.altered(block))
            await self.flush()
        except StreamClosedError:
            # The browser has gone; the backend need not go on.
            self._release()

    def altered(self, block: bytes) -> bytes:
        """What the browser gets for a block."""
        return block

    def on_finish(self) -> None:
        """Everything taken is given back."""
        self._release()

    def on_connection_close(self) -> None:
        """The browser has gone: the backend hears of it."""
        super().on_connection_close()
        self._release()

    def passed_on(self) -> HTTPHeaders:
        """The request's headers as the backend gets them."""
        return passing.for_backend(self.request.headers, self.gate.jar, self._route)

    def passed_back(self, headers: HTTPHeaders) -> list[tuple[str, str]]:
        """The answer's headers as the browser gets them."""
        return passing.for_browser(headers, self.gate.jar, self._route)

    async def _connect(self) -> None:
        passed = self.passed_on()
        path = self._route.path_for(self.request.uri or "/")
        has_length = "Content-Length" in passed or self.is_chunked()
        if self.fetch.changes_state and not has_length:
            passed["Content-Length"] = "0"
        try:
            self._exchange = await Exchange.open(
                self._route.target, self.gate.settings.limits.backend
            )
            await self._exchange.send(self.request.method or "", path, passed)
        except (OSError, TimeoutError) as error:
            raise Refusal(self.away) from error
        self._answering = asyncio.ensure_future(self._exchange.answer(self))
        # Nobody waits for it when the browser has gone first; that is no error to report.
        self._answering.add_done_callback(lambda task: task.cancelled() or task.exception())

    def _release(self) -> None:
        if self._exchange is not None:
            self._exchange.close()
        if self._holds_slot:
            self._holds_slot = False
            self._slots.give_back()
