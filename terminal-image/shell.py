"""One shell on a PTY: Butterfly's Terminal, with what is unsafe or lossy replaced."""

import contextlib
import fcntl
import os
import signal
import struct
import termios
from collections.abc import Callable
from typing import Any

import butterfly.utils
from account import account

# butterfly.terminal looks up its users while it is imported, and dies of an unknown user id.
butterfly.utils.User = account

import butterfly.terminal  # noqa: E402
from front import takes_answers  # noqa: E402
from launch import Launch  # noqa: E402
from typed import Typed  # noqa: E402

ioloop = butterfly.terminal.ioloop

_READ_AT_ONCE = 64 * 1024
_LAST_READS = 32
_GRACE_SECONDS = 2.0
#: Python ignores these; a child would inherit that, and `yes | head` would never end quietly.
_RESTORED_SIGNALS = (signal.SIGPIPE, signal.SIGXFSZ)


class Shell(butterfly.terminal.Terminal):  # type: ignore[misc]  # Butterfly has no types
    """A running shell; output and the end are handed on, input is queued and never lost."""

    def __init__(
        self,
        name: str,
        launch: Launch,
        size: tuple[int, int],
        mark: str,
        on_output: Callable[[bytes], None],
    ) -> None:
        """Start the shell. Butterfly's own set-up asks the network who is there; ours does not."""
        self.session = name
        self.closed = False
        self._launch = launch
        self._size = size
        self._mark = mark
        self._on_output = on_output
        self._typed = Typed()
        self._events = 0
        self._reading = True
        self._killer: Any = None
        self.user = self.caller = self.callee = launch.account
        self.pty()

    def pty(self) -> None:
        """Fork; whatever goes wrong in the child, it never goes on as a second server."""
        server = os.getpid()
        try:
            super().pty()
        finally:
            if os.getpid() != server:
                os._exit(127)

    def determine_user(self) -> None:
        """The shell runs as this process's own user; Butterfly would offer others."""

    def shell(self) -> None:
        """In the forked child: become the shell, or end."""
        try:
            for number in _RESTORED_SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            self.ctl({"cols": self._size[0], "rows": self._size[1], "fd": 0})
            modes = termios.tcgetattr(0)
            modes[0] |= getattr(termios, "IUTF8", 0x4000)
            termios.tcsetattr(0, termios.TCSANOW, modes)
            with contextlib.suppress(OSError):
                os.chdir(self._launch.folder)
            arguments = self._launch.command()
            environment = self._launch.environment(self.session, self._mark)
            os.execve(arguments[0], arguments, environment)
        except OSError as error:
            os.write(2, f"{self._launch.shell}: {error.strerror}\r\n".encode())
        finally:
            os._exit(127)

    def communicate(self) -> None:
        """In the parent: read what the shell writes."""
        # forkpty leaves it inheritable: the next shell would hold this one's terminal open.
        os.set_inheritable(self.fd, False)
        os.set_blocking(self.fd, False)
        self._listen()

    def ctl(self, message: dict[str, int]) -> None:
        """Set the window's size."""
        size = struct.pack("HHHH", message["rows"], message["cols"], 0, 0)
        with contextlib.suppress(OSError):
            if not self.closed:
                fcntl.ioctl(message.get("fd", self.fd or 0), termios.TIOCSWINSZ, size)

    @property
    def queued(self) -> int:
        """Bytes of input that the PTY has not taken yet."""
        return len(self._typed)

    @property
    def asks(self) -> bool:
        """Whether the program in front reads raw input, so that answers reach it, not the shell."""
        return takes_answers(self.fd, self.pid)

    def write(self, data: bytes) -> None:
        """Queue input; as much as the PTY takes goes at once."""
        if not self.closed:
            self._typed.add(self.fd, data)
            self._listen()

    async def drained(self) -> None:
        """Return when the queue of input is empty again, or the shell has ended."""
        await self._typed.drained()

    def read(self, wanted: bool) -> None:
        """Read the shell's output, or leave it waiting in the PTY."""
        if wanted != self._reading and not self.closed:
            self._reading = wanted
            self._listen()

    def shell_handler(self, fd: int, events: int) -> None:
        """Butterfly's handler, for whole reads and partial writes."""
        if events & ioloop.WRITE:
            self._flush()
        if events & (ioloop.READ | ioloop.ERROR) and self._reading and self._take() is None:
            # Every process has closed the terminal; the shell is reaped on its own.
            self._hang_up()

    def _take(self) -> int | None:
        """Hand on what waits in the PTY and say how much; None when nobody can write any more."""
        chunks: list[bytes] = []
        size, gone = 0, False
        while size < _READ_AT_ONCE and not gone:
            try:
                chunks.append(os.read(self.fd, _READ_AT_ONCE - size))
            except BlockingIOError:
                break
            except OSError:
                gone = True
            else:
                size += len(chunks[-1])
                gone = not chunks[-1]
        if size:
            self._on_output(b"".join(chunks))
        return size or (None if gone else 0)

    def _flush(self) -> None:
        self._typed.flush(self.fd)
        self._listen()

    def _listen(self) -> None:
        events = (ioloop.READ if self._reading else 0) | (ioloop.WRITE if self._typed else 0)
        if events == self._events:
            return
        self._events = events
        ioloop.remove_handler(self.fd)
        if events:
            ioloop.add_handler(self.fd, self.shell_handler, events)

    def close(self) -> None:
        """Hang up: HUP now, KILL for a shell that ignores it; nobody waits for either."""
        if not self.closed:
            self._hang_up()

    def _hang_up(self) -> None:
        self._release()
        for number in (signal.SIGHUP, signal.SIGCONT):
            self.kill(number)
        self._killer = ioloop.call_later(_GRACE_SECONDS, self.kill, signal.SIGKILL)

    def kill(self, number: int) -> None:
        """Send the shell a signal; nothing happens when it is gone."""
        with contextlib.suppress(OSError):
            os.kill(self.pid, number)

    def ended(self) -> None:
        """The shell has been reaped: hand on its last output and let the PTY go."""
        patience = _LAST_READS
        if self._killer is not None:
            ioloop.remove_timeout(self._killer)
        if not self.closed:
            # Bounded: a job that outlives its shell may go on writing for ever.
            while self._take() and (patience := patience - 1):
                pass
            self._release()

    def _release(self) -> None:
        self.closed = True
        ioloop.remove_handler(self.fd)
        os.close(self.fd)
        self._typed.clear()
