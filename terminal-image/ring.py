"""The last 2 MiB of a terminal's output, numbered by byte."""

import re
from collections import deque

CAPACITY = 2 * 1024 * 1024
_CHUNK = 16 * 1024
_MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
#: Modes that still matter when the output that set them has fallen out of the ring.
_LASTING = frozenset({b"1", b"7", b"25", b"47", b"1047", b"1049", b"2004"}) | frozenset(
    {b"9", b"1000", b"1002", b"1003", b"1005", b"1006", b"1015", b"1016"}
)


class Ring:
    """Holds whole characters and whole sequences; every chunk begins at a safe point."""

    def __init__(self, capacity: int = CAPACITY, first: bytes = b"") -> None:
        self._capacity = capacity
        self._chunks: deque[bytes] = deque()
        self._modes: dict[bytes, bytes] = {}
        #: Offset of the oldest byte held.
        self.start = 0
        #: Offset behind the newest byte.
        self.end = 0
        if first:
            self.append(first)

    def append(self, data: bytes) -> None:
        """Add output that ends at a safe point; the oldest falls out."""
        if self._chunks and len(self._chunks[-1]) + len(data) <= _CHUNK:
            self._chunks[-1] += data
        else:
            self._chunks.append(data)
        self.end += len(data)
        while self.end - self.start > self._capacity:
            self._drop()

    def holds(self, offset: int) -> bool:
        """Whether a client that has everything before the offset can go on from there."""
        if not self.start <= offset <= self.end:
            return False
        following = self.read(offset, 1)
        return not following or following[0] & 0xC0 != 0x80

    def read(self, offset: int, limit: int = 64 * 1024) -> bytes:
        """Output from the offset: a chunk at least, more while it stays below the limit."""
        begin = self.end
        index = len(self._chunks)
        while index and begin > offset:
            index -= 1
            begin -= len(self._chunks[index])
        if index == len(self._chunks):
            return b""
        pieces = [self._chunks[index][offset - begin :]]
        size = len(pieces[0])
        for later in range(index + 1, len(self._chunks)):
            size += len(self._chunks[later])
            if size > limit:
                break
            pieces.append(self._chunks[later])
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def preamble(self) -> bytes:
        """The modes set by output that fell out, for a replay that begins after them."""
        return b"".join(b"\x1b[?%b%b" % (mode, state) for mode, state in self._modes.items())

    def _drop(self) -> None:
        gone = self._chunks.popleft()
        self.start += len(gone)
        for modes, state in _MODES.findall(gone):
            for mode in modes.split(b";"):
                if mode in _LASTING:
                    self._modes.pop(mode, None)
                    self._modes[mode] = state
