"""Keeps a few processes running: what dies is started again, what is stopped goes whole.

Only small modules of the standard library are imported, because every session has one of these.
"""

import os
import select
import signal
import time
from collections.abc import Callable, Sequence

from hub.child import Child, cut_log
from hub.processes import LIBC, PR_SET_CHILD_SUBREAPER, end_children, ended, say, send

#: A child that never became healthy and died so often is not started again: all ends.
GIVE_UP = 4
_LOG_CHECK = 30.0


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
        #: Whether a person ended it, with Ctrl-C.
        self.interrupted = False
        self._code = 0
        self._next_log_check = 0.0
        self._poll = select.poll()
        self._wake, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        self._poll.register(self._wake, select.POLLIN)

    def run(self) -> int:
        """Return when everything that was started, and all it started, has ended."""
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._told)
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

    def _told(self, number: int, _frame: object) -> None:
        self.interrupted |= number == signal.SIGINT
        self.stop()

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
                    self._bury(child, status)

    def _bury(self, child: Child, status: int) -> None:
        if child.owns_orphans:
            end_children(self._pids(), 1.0, first=signal.SIGHUP)
        if child.was_healthy or child.deaths < GIVE_UP:
            say(f"{child.name} ended ({_how(status)}); it is started again")
            return
        where = f"; the reason is in {child.log}" if child.log else ""
        say(f"{child.name} does not start ({_how(status)}){where}")
        self.stop(1)

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
            send(pid, signal.SIGTERM)
        while pids and time.monotonic() < deadline:
            self._poll.poll(50)
            self._drain()
            pids -= {pid for pid, _ in ended()}
        for pid in pids:
            send(pid, signal.SIGKILL)
        # Sessions give their own children as long, and a little more for what is left of those.
        end_children(set(), 1.6 * self._grace)


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"status {code}"
