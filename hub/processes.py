"""Processes below us: reaping them, ending them, and hiding what we hold from them."""

import ctypes
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None, use_errno=True)


def hide_memory() -> None:
    """Keep other processes of the same user from reading our environment in /proc."""
    LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


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
            say(f"could not end processes {sorted(others)}")
            return
        for pid in others if late else others - asked:
            send(pid, signal.SIGKILL if late else first)
            send(pid, signal.SIGCONT)
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


def send(pid: int, number: int) -> None:
    """Signal a process, if it is still there."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def say(text: str) -> None:
    """Tell whoever reads our log."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
