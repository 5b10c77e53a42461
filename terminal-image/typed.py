"""Input on its way into a PTY: queued, written as far as it is taken, never lost."""

import asyncio
import contextlib
import fcntl
import os
import termios

_AT_ONCE = 64 * 1024
_INTERRUPT = b"\x03"
_TIOCGPTPEER = 0x5441


class Typed:
    """The queue of one PTY's input."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._drained = asyncio.Event()
        self._drained.set()

    def __len__(self) -> int:
        return len(self._pending)

    async def drained(self) -> None:
        """Return when the queue is empty."""
        await self._drained.wait()

    def add(self, fd: int, data: bytes) -> None:
        """Queue input and write what the PTY takes; an interrupt overtakes what waits."""
        if data == _INTERRUPT and self._pending:
            self._forget(fd)
        self._pending += data
        self.flush(fd)

    def flush(self, fd: int) -> None:
        """Write as much as the PTY takes now."""
        sent = 0
        try:
            while self._pending and sent < _AT_ONCE:
                written = os.write(fd, self._pending[:4096])
                del self._pending[:written]
                sent += written
        except BlockingIOError:
            pass
        except OSError:
            self._pending.clear()
        if self._pending:
            self._drained.clear()
        else:
            self._drained.set()

    def clear(self) -> None:
        """Nobody will read it any more."""
        self._pending.clear()
        self._drained.set()

    def _forget(self, fd: int) -> None:
        """As a terminal's own queue: Ctrl-C throws away what nobody has read."""
        with contextlib.suppress(OSError, termios.error):
            if not termios.tcgetattr(fd)[3] & termios.ISIG:
                return
            self._pending.clear()
            termios.tcflush(fd, termios.TCOFLUSH)
            other_side = fcntl.ioctl(fd, _TIOCGPTPEER, os.O_RDWR | os.O_NOCTTY)
            try:
                termios.tcflush(other_side, termios.TCIFLUSH)
            finally:
                os.close(other_side)
