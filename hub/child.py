"""A program that is kept running."""

import os
import signal
import time
from collections.abc import Mapping, Sequence

from hub.processes import LIBC, PR_SET_PDEATHSIG

#: Seconds to wait before the second, third … start of a child that keeps dying.
BACKOFF = (0.0, 0.5, 1.0, 2.0, 4.0, 5.0)
#: A child that ran this many seconds counts as healthy, and its back-off begins anew.
HEALTHY = 10.0
#: A log is cut when it is larger; one older piece is kept beside it.
LOG_LIMIT = 4 * 2**20


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
        self.was_healthy = False
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
        LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
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
        healthy = now - self.started > HEALTHY
        self.was_healthy |= healthy
        self.deaths = 1 if healthy else self.deaths + 1
        self.due = now + BACKOFF[min(self.deaths, len(BACKOFF)) - 1]
        self.pid = 0


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
