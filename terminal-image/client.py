"""One attached view: how far it has been sent to, how far it has seen, and no more in between."""

import asyncio
import json
import struct
from collections import deque
from typing import Any, Protocol

from protocol import Open
from ring import Ring
from stream_filter import StrictFilter

#: A view may have this much on the way that it has not seen.
WINDOW = 1024 * 1024
_QUERIES = 32
_OFFSET = struct.Struct(">Q")


class Sender(Protocol):
    """What a client writes to: a WebSocket."""

    def send(self, message: str | bytes) -> "asyncio.Future[None] | None":
        """Send; the future when the connection's own buffer is not empty afterwards."""

    def let_go(self, code: int, reason: str) -> None:
        """Close the connection."""


class Client:
    """Sends from the ring at the view's own pace: the ring is the only queue."""

    def __init__(
        self, connection: Sender, opened: Open, ring: Ring, position: int, title: str
    ) -> None:
        self.id = opened.client
        self.size = (opened.cols, opened.rows)
        #: While its input waits for the PTY, its reports wait behind it and do not count.
        self.stalled = False
        self._connection = connection
        self._ring = ring
        self._strict = StrictFilter() if opened.view == "butterfly" else None
        self._position = position
        self._seen = position
        self._writing = False
        self._queries: deque[tuple[int, bytes]] = deque()
        self._title = self._told = title

    @property
    def answers(self) -> bool:
        """Whether the view answers what programs ask their terminal."""
        return self._strict is None

    @property
    def lag(self) -> int:
        """Bytes of output that this view has not seen."""
        return 0 if self.stalled else self._ring.end - self._seen

    @property
    def left_behind(self) -> bool:
        """Whether output has fallen out of the ring that this view was never sent."""
        return self._position < self._ring.start

    def tell(self, event: dict[str, Any]) -> None:
        """Send a control message."""
        self._connection.send(json.dumps(event))

    def close(self, code: int, reason: str) -> None:
        """End the connection."""
        self._connection.let_go(code, reason)

    def ask(self, query: str) -> None:
        """Show the view a question for its terminal, once, when the output before it is out."""
        if len(self._queries) < _QUERIES:
            self._queries.append((self._ring.end, query.encode()))

    def retitle(self, title: str) -> None:
        """Tell the title when the view has taken what was sent before; only the last counts."""
        self._title = title

    def seen(self, offset: int) -> None:
        """The view has rendered everything before the offset."""
        self._seen = max(self._seen, min(offset, self._position))

    def replay(self, preamble: bytes) -> None:
        """Begin a clean replay with the modes that older output had set."""
        if preamble:
            self._send(preamble)

    def pump(self) -> None:
        """Send what the view may have now."""
        while not self._writing and not self.left_behind:
            if self._title != self._told:
                self._told = self._title
                self._write(json.dumps({"cmd": "title", "title": self._title}))
                continue
            if self._queries and self._queries[0][0] <= self._position:
                self._send(self._queries.popleft()[1])
                continue
            if self._position - self._seen >= WINDOW and not self.stalled:
                return
            limit = self._queries[0][0] - self._position if self._queries else 1 << 62
            data = self._ring.read(self._position)[:limit]
            if not data:
                return
            self._position += len(data)
            self._send(data)

    def _send(self, data: bytes) -> None:
        if self._strict is not None:
            data = self._strict.feed(data.decode("utf-8", "replace")).encode()
        self._write(_OFFSET.pack(self._position) + data)

    def _write(self, message: str | bytes) -> None:
        flushed = self._connection.send(message)
        if flushed is not None:
            self._writing = True
            flushed.add_done_callback(self._flushed)

    def _flushed(self, _: "asyncio.Future[None]") -> None:
        self._writing = False
        self.pump()
