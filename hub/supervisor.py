"""Keeps a few processes running: what dies is started again, what is stopped goes whole.

Only small modules of the standard library are imported, because every session has one of these.
"""

import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None, use_errno=True)

#: Seconds to wait before the second, third … start of a child that keeps dying.
BACKOFF = (0.0, 0.5, 1.0, 2.0, 4.0, 5.0)
#: A child that ran this many seconds counts as healthy, and its back-off begins anew.
HEALTHY = 10.0
#: A log is cut when it is larger; one older piece is kept beside it.
LOG_LIMIT = 4 * 2**20
_LOG_CHECK = 30.0


def hide_memory() -> None:
    """Keep other processes of the same user from reading our environment in /proc."""
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


class Child:
    """A program to keep running; `owns_orphans` says that what it left behind dies with it."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        log: str = "",
        cwd: str = "",
        owns_orphans: bool = False,
    ) -> None:
        self.name = name
        self.argv = list(argv)
        self.env = dict(env)
        self.log = log
        self.cwd = cwd
        self.owns_orphans = owns_orphans
        self.pid = 0
        self.deaths = 0
        self.started = 0.0
        self.due = 0.0

    def start(self) -> None:
        """Start the program in a session of its own; it is killed when we are."""
        parent = os.getpid()
        self.pid = os.fork()
        self.started = time.monotonic()
        if self.pid == 0:
            try:
                self._become(parent)
            except OSError as error:
                os.write(2, f"{self.name} cannot start: {error}\n".encode())
            finally:
                os._exit(127)

    def _become(self, parent: int) -> None:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # we were orphaned before the line above took effect
        quiet = os.open(os.devnull, os.O_RDONLY)
        os.dup2(quiet, 0)
        if self.log:
            out = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            os.dup2(out, 1)
            os.dup2(out, 2)
        if self.cwd:
            os.chdir(self.cwd)
        os.execvpe(self.argv[0], self.argv, self.env)

    def died(self) -> None:
        """Note the death; the next start is due at once, or after the back-off."""
        now = time.monotonic()
        self.deaths = 1 if now - self.started > HEALTHY else self.deaths + 1
        self.due = now + BACKOFF[min(self.deaths, len(BACKOFF)) - 1]
        self.pid = 0


class Supervisor:
    """Runs children until it is told to stop, by a signal or by the end of `keeper`.

    `tick` is called ten times a second until it returns False.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        keeper: int = 0,
        grace: float = 5.0,
        tick: Callable[[], bool] | None = None,
    ) -> None:
        self._children = list(children)
        self._keeper = keeper
        self._grace = grace
        self._tick = tick
        self._stopping = False
        self._code = 0
        self._next_log_check = 0.0
        self._poll = select.poll()
        self._wake, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        self._poll.register(self._wake, select.POLLIN)

    def run(self) -> int:
        """Return when everything that was started, and all it started, has ended."""
        _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stop())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._watch_keeper()
        while not self._stopping:
            self._start_due()
            self._wait(self._until_next_task())
            self._reap()
            if self._tick and not self._tick():
                self._tick = None
        self._end_all()
        return self._code

    def stop(self, code: int = 0) -> None:
        """End everything; `run` returns the code."""
        self._stopping, self._code = True, code

    def _watch_keeper(self) -> None:
        if not self._keeper:
            return
        try:
            self._poll.register(os.pidfd_open(self._keeper), select.POLLIN)
        except ProcessLookupError:
            self._stopping = True

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if not child.pid and child.due <= now:
                child.start()
        if now >= self._next_log_check:
            self._next_log_check = now + _LOG_CHECK
            for child in self._children:
                cut_log(child.log)

    def _until_next_task(self) -> float:
        due = [child.due for child in self._children if not child.pid]
        soon = [time.monotonic() + 0.1] if self._tick else []
        return max(0.0, min([self._next_log_check, *due, *soon]) - time.monotonic())

    def _wait(self, seconds: float) -> None:
        if self._stopping:
            return
        for descriptor, _ in self._poll.poll(seconds * 1000 + 1):
            if descriptor != self._wake:
                self._stopping = True
        self._drain()

    def _drain(self) -> None:
        try:
            while os.read(self._wake, 512):
                pass
        except BlockingIOError:
            pass

    def _reap(self) -> None:
        for pid, status in ended():
            for child in self._children:
                if child.pid == pid:
                    child.died()
                    _say(f"{child.name} ended ({_how(status)}); it is started again")
                    if child.owns_orphans:
                        end_children(self._pids(), 1.0, first=signal.SIGHUP)

    def _pids(self) -> set[int]:
        return {child.pid for child in self._children if child.pid}

    def _end_all(self) -> None:
        """Ask our children, then insist; afterwards do the same with all they left behind."""
        # Nothing may be started again from here on, and a second Ctrl-C must not cut this short.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        pids = self._pids()
        deadline = time.monotonic() + self._grace
        for pid in pids:
            _send(pid, signal.SIGTERM)
        while pids and time.monotonic() < deadline:
            self._poll.poll(50)
            self._drain()
            pids -= {pid for pid, _ in ended()}
        for pid in pids:
            _send(pid, signal.SIGKILL)
        end_children(set(), self._grace)


def ended() -> list[tuple[int, int]]:
    """Reap every process of ours that has ended: its id and status."""
    found: list[tuple[int, int]] = []
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return found
            found.append((pid, status))
    except ChildProcessError:
        return found


def end_children(keep: set[int], grace: float, first: int = signal.SIGTERM) -> None:
    """End every child that is not to be kept, and what falls to us when they go."""
    started = time.monotonic()
    asked: set[int] = set()
    while others := children_of(os.getpid()) - keep:
        late = time.monotonic() - started > grace
        if time.monotonic() - started > 2 * grace + 5:
            _say(f"could not end processes {sorted(others)}")
            return
        for pid in others if late else others - asked:
            _send(pid, signal.SIGKILL if late else first)
            _send(pid, signal.SIGCONT)
        asked |= others
        time.sleep(0.02)
        for pid in others:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                continue


def children_of(parent: int) -> set[int]:
    """The processes whose parent this is."""
    found = set()
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", "rb") as stat:
                    fields = stat.read().rpartition(b")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                found.add(int(entry))
    return found


def cut_log(path: str) -> None:
    """Keep a log that others append to below the limit; one older piece stays beside it."""
    try:
        if not path or os.stat(path).st_size <= LOG_LIMIT:
            return
        with open(path, "rb") as log, open(path + ".1", "wb") as old:
            old.write(log.read(LOG_LIMIT))
        os.truncate(path, 0)
    except OSError:
        return  # a full disk must not stop what we keep running


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"status {code}"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
