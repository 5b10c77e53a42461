"""Connections to the hub from a session whose network may still be on its way."""

import contextlib
from typing import Any

from tornado.iostream import IOStream
from tornado.tcpclient import TCPClient

#: Seconds of the first tries; the last one has as many as the whole may have.
TRIES = (0.1, 0.1, 0.2, 0.2, 0.2, 0.4, 0.4, 0.8)


class Connector(TCPClient):
    """Asks for a connection again while nobody answers.

    Until a cluster's network policies know a new pod, they drop what it sends; TCP itself would
    repeat that after a whole second only (RFC 6298, 2.1), for which an attendee would wait.
    """

    async def connect(  # type: ignore[override]  # only a client of HTTP asks it, and by names
        self, host: str, port: int, *, timeout: Any = None, **how: Any
    ) -> IOStream:
        """A stream by the first try that is answered; OSError when one is refused."""
        for seconds in TRIES:
            with contextlib.suppress(TimeoutError):
                return await super().connect(host, port, timeout=seconds, **how)
        return await super().connect(host, port, timeout=timeout, **how)
