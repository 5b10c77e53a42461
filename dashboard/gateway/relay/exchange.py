"""One request and its answer over a connection of its own, passed on as they come."""

import json
from collections.abc import Awaitable
from typing import Any

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import StreamClosedError

from dashboard.gateway.relay.target import Connectable

_BUFFER = 1 << 18
_HEADERS = 1 << 16
#: Bodies are never held, so that their length needs no limit here.
_ENDLESS = 1 << 62


class Sink:
    """Where an answer goes."""

    async def begin(self, status: int, reason: str, headers: HTTPHeaders) -> None:
        """The answer's status and headers, once."""

    async def take(self, block: bytes) -> None:
        """A block of its body; the next one is read when this one has gone."""


class Exchange:
    """A connection that carries one request; OSError wherever the backend falls away."""

    def __init__(self, connection: HTTP1Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, target: Connectable, seconds: float) -> "Exchange":
        """A fresh connection; OSError or TimeoutError when there is nobody."""
        stream = await target.connect(seconds, _BUFFER)
        parameters = HTTP1ConnectionParameters(
            no_keep_alive=True, max_header_size=_HEADERS, max_body_size=_ENDLESS
        )
        return cls(HTTP1Connection(stream, True, parameters))

    async def send(self, method: str, path: str, headers: HTTPHeaders) -> None:
        """The request's line and headers."""
        await self._connection.write_headers(RequestStartLine(method, path, "HTTP/1.1"), headers)

    async def send_body(self, block: bytes) -> None:
        """A block of the request's body; waits while the backend does not take it."""
        await self._connection.write(block)

    def end_body(self) -> None:
        """The request is whole."""
        self._connection.finish()

    async def answer(self, sink: Sink) -> bool:
        """Pass the answer on; whether it came whole."""
        receiver = _Receiver(sink)
        await self._connection.read_response(receiver)
        return receiver.whole

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()


class _Receiver(HTTPMessageDelegate):
    """Hands what arrives to a sink, and waits for it: that is the back-pressure."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.whole = False

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        assert isinstance(start_line, ResponseStartLine)
        if start_line.code < 200:
            return None
        return self._sink.begin(start_line.code, start_line.reason, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._sink.take(chunk)

    def finish(self) -> None:
        self.whole = True

    def on_connection_close(self) -> None:
        self.whole = False


class _Kept(Sink):
    """An answer that is small, kept whole."""

    def __init__(self) -> None:
        self.status = 0
        self.body = b""

    async def begin(self, status: int, reason: str, headers: HTTPHeaders) -> None:
        self.status = status

    async def take(self, block: bytes) -> None:
        self.body += block


async def fetch_status(target: Connectable, path: str) -> int:
    """The status a target answers a GET with; OSError when it does not."""
    return (await _fetch(target, path)).status


async def fetch_json(target: Connectable, path: str) -> Any:
    """What one of our own servers answers a GET with; OSError when it does not."""
    found = await _fetch(target, path)
    if found.status != 200:
        raise ConnectionError(f"{path} is answered with {found.status}")
    return json.loads(found.body)


async def hand_over(target: Connectable, path: str, value: Any) -> Any:
    """What one of our own servers answers to a value; OSError when it does not take it."""
    found = await _fetch(target, path, "POST", json.dumps(value).encode())
    if found.status != 200:
        raise ConnectionError(f"{path} is answered with {found.status}")
    return json.loads(found.body)


async def _fetch(
    target: Connectable, path: str, method: str = "GET", body: bytes | None = None
) -> _Kept:
    exchange = await Exchange.open(target, 1.0)
    headers = HTTPHeaders({"Host": "localhost", "Connection": "close"})
    try:
        if body is not None:
            headers["Content-Length"] = str(len(body))
        await exchange.send(method, path, headers)
        if body is not None:
            await exchange.send_body(body)
        exchange.end_body()
        kept = _Kept()
        if not await exchange.answer(kept):
            raise StreamClosedError()
        return kept
    finally:
        exchange.close()
