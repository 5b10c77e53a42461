"""How requests are delimited: only what every server on the way reads alike."""

import re

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPInputError
from tornado.iostream import IOStream

HEADER_BYTES, HEADER_FIELDS = 32 << 10, 128
_BARE_LF = re.compile(rb"(?<!\r)\n")
_CHUNKED = frozenset({"POST", "PUT", "PATCH"})


def is_clear(method: str, headers: HTTPHeaders) -> bool:
    """Whether where the body ends can be read in one way only."""
    length = headers.get("Content-Length")
    coding = headers.get("Transfer-Encoding")
    if coding is not None:
        return length is None and coding.lower() == "chunked" and method in _CHUNKED
    return length is None or (length.isascii() and length.isdigit())


def is_oversized(headers: HTTPHeaders) -> bool:
    """Whether there are more headers than any browser has a reason to send."""
    fields = list(headers.get_all())
    size = sum(len(name) + len(value) + 4 for name, value in fields)
    return size > HEADER_BYTES or len(fields) > HEADER_FIELDS


class StrictServer(HTTPServer):
    """An HTTP server that refuses lines which end in a bare LF (security row 81)."""

    def handle_stream(self, stream: IOStream, address: tuple[str, int]) -> None:
        """Called by Tornado with each connection."""
        read = stream.read_until_regex

        async def read_strictly(regex: bytes, max_bytes: int | None = None) -> bytes:
            data = await read(regex, max_bytes)
            if _BARE_LF.search(data):
                raise HTTPInputError("line ends in a bare LF")
            return data

        # Tornado offers no place to check this: it has parsed the lines before anyone sees them.
        stream.read_until_regex = read_strictly  # type: ignore[method-assign]
        super().handle_stream(stream, address)
