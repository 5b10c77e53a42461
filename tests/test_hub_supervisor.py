"""The supervisor, with real processes: what dies comes back, what is stopped goes whole."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from hub.child import LOG_LIMIT, cut_log
from tests.processes import alive
from tests.waiting import until

#: A child that writes its process id, then runs until it is ended.
SLEEPER = "import os,sys,time; print(os.getpid(), file=open(sys.argv[1], 'a')); time.sleep(600)"
#: The same, ignoring polite requests, with a child of its own that has left its session.
STUBBORN = """
import os, signal, sys, time
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
print(os.getpid(), file=open(sys.argv[1], 'a'))
time.sleep(600)
"""
PROGRAM = """
import sys
from hub.child import Child
from hub.supervisor import Supervisor
def child(name, code, **more):
    return Child(name, [sys.executable, "-c", code, {folder!r} + "/" + name], {{}}, **more)
raise SystemExit(Supervisor([{children}], grace=0.4, keeper={keeper}).run())
"""


@pytest.fixture
def supervise(tmp_path):
    """Starts a supervisor of such children; whatever is left is killed at the end."""
    started = []

    def start(*children, keeper=0):
        code = PROGRAM.format(folder=str(tmp_path), children=",".join(children), keeper=keeper)
        # A file, not a pipe: what survives would hold a pipe open.
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(
                [sys.executable, "-S", "-c", textwrap.dedent(code)], stderr=said
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
    for name in ("a", "b", "owner", "other"):
        for pid in pids(tmp_path / name):
            if alive(pid):
                os.kill(pid, signal.SIGKILL)


def pids(file):
    """The ids that a child's runs have written."""
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def running(file, count):
    """The ids of the child's runs, once there have been so many."""
    return until(
        lambda: (found := pids(file)) and len(found) >= count and found,
        what=f"run {count} of {file.name}",
    )


def test_only_the_killed_child_is_started_again(supervise, tmp_path):
    """kill -9 of one child brings back that one within 5 s, and leaves the other alone."""
    supervise(f"child('a', {SLEEPER!r})", f"child('b', {SLEEPER!r})")
    (first,) = running(tmp_path / "a", 1)
    (other,) = running(tmp_path / "b", 1)

    os.kill(first, signal.SIGKILL)
    _, second = until(lambda: len(pids(tmp_path / "a")) == 2 and pids(tmp_path / "a"), what="a",
                      limit=5)  # fmt: skip

    assert alive(second)
    assert alive(other)
    assert pids(tmp_path / "b") == [other]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_leaves_nothing(supervise, tmp_path, number):
    """A stop ends children that ignore it, and what they left behind in sessions of their own."""
    process = supervise(f"child('a', {STUBBORN!r})", f"child('b', {SLEEPER!r})")
    family = running(tmp_path / "a", 2) + running(tmp_path / "b", 1)

    process.send_signal(number)

    assert process.wait(15) == 0
    assert [pid for pid in family if alive(pid)] == []


def test_children_die_with_a_killed_supervisor(supervise, tmp_path):
    """kill -9 of the supervisor itself leaves no child behind."""
    process = supervise(f"child('a', {SLEEPER!r})")
    (child,) = running(tmp_path / "a", 1)

    process.kill()

    until(lambda: not alive(child), what="the child's end")


def test_it_ends_with_its_keeper(supervise, tmp_path):
    """When the process that keeps everything is gone, however it ended, the children go too."""
    keeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    process = supervise(f"child('a', {SLEEPER!r})", keeper=keeper.pid)
    (child,) = running(tmp_path / "a", 1)

    keeper.kill()
    keeper.wait()

    assert process.wait(10) == 0
    assert not alive(child)


def test_orphans_of_a_killed_owner_die_with_it(supervise, tmp_path):
    """What a killed terminal server started does not linger; the other child is left alone."""
    supervise(f"child('owner', {STUBBORN!r}, owns_orphans=True)", f"child('other', {STUBBORN!r})")
    family = running(tmp_path / "owner", 2)
    others = running(tmp_path / "other", 2)

    os.kill(min(family), signal.SIGKILL)

    until(lambda: not any(map(alive, family)), what="the end of the orphans", limit=5)
    running(tmp_path / "owner", 4)
    assert all(map(alive, others))


def test_a_child_that_never_starts_is_given_up(supervise, tmp_path):
    """A program that cannot run ends everything with one line about it, instead of for ever."""
    process = supervise("child('broken', 'raise SystemExit(3)')")

    assert process.wait(15) == 1
    assert (tmp_path / "said").read_text().splitlines()[-1] == "broken does not start (status 3)"


def test_a_log_stays_small(tmp_path):
    """A log beyond the limit is cut while others append to it; one older piece is kept."""
    log = tmp_path / "x.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"a" * (LOG_LIMIT + 1))
        cut_log(str(log))
        writer.write(b"after")

    assert log.read_bytes() == b"after"
    assert (tmp_path / "x.log.1").stat().st_size == LOG_LIMIT


def test_it_is_small(supervise, tmp_path):
    """A supervisor costs a session little: less than 11 MB resident, most of it shared Python."""
    process = supervise(f"child('a', {SLEEPER!r})")
    running(tmp_path / "a", 1)

    with open(f"/proc/{process.pid}/status") as status:
        (line,) = [line for line in status if line.startswith("VmRSS")]
    assert int(line.split()[1]) < 11_000
