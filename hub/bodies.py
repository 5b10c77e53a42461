"""Bodies of requests to the hub: small ones only are gathered, whoever sends them."""

from collections.abc import Awaitable
from ipaddress import IPv4Address, IPv4Network

from tornado.httpserver import HTTPServer
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream

#: Everything that people and sessions send the hub is far smaller.
LARGEST = 1 << 20
#: So much is still taken, though not kept, for the sake of a proper answer.
LONGEST = 64 << 20
#: Seconds that a body may take.
SLOWEST = 55.0
_ANSWER = b"That is too long.\n"


class BoundedServer(HTTPServer):
    """Answers 413 to what is too large, without ever holding it."""

    #: Who may connect at all; empty: who can.
    peers: tuple[IPv4Network, ...] = ()

    def handle_stream(self, stream: IOStream, address: tuple[str, int]) -> None:
        """Called by Tornado with each connection."""
        if self.peers and not any(IPv4Address(address[0]) in network for network in self.peers):
            stream.close()
            return
        super().handle_stream(stream, address)

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        """Called by Tornado with each request."""
        return _Bounded(super().start_request(server_conn, request_conn), request_conn)


class _Bounded(HTTPMessageDelegate):
    """Passes a request on until its body becomes too large; the rest is thrown away."""

    def __init__(self, inner: HTTPMessageDelegate, connection: HTTPConnection) -> None:
        self._inner = inner
        self._connection = connection
        self._taken = 0

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        return self._inner.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        if self._is_over:
            return None
        self._taken += len(chunk)
        if self._is_over:
            self._inner.on_connection_close()  # it lets go of what it has gathered
            return None
        return self._inner.data_received(chunk)

    def finish(self) -> None:
        if not self._is_over:
            self._inner.finish()
            return
        headers = HTTPHeaders({"Content-Type": "text/plain", "Content-Length": str(len(_ANSWER))})
        line = ResponseStartLine("HTTP/1.1", 413, "Content Too Large")
        self._connection.write_headers(line, headers, _ANSWER)
        self._connection.finish()

    def on_connection_close(self) -> None:
        if not self._is_over:
            self._inner.on_connection_close()

    @property
    def _is_over(self) -> bool:
        return self._taken > LARGEST


def bound_bodies() -> None:
    """Let every server that this process makes be a bounded one."""
    # JupyterHub makes its own and has no setting for this; Tornado would take 100 MB of each.
    HTTPServer.configure(BoundedServer, max_body_size=LONGEST, body_timeout=SLOWEST)
