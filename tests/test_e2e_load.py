"""What a session withstands: floods, tabs by the hundred, any user id."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.attendee import Attendee
from tests.ports import free_port
from tests.processes import alive, children
from tests.product import ROOT, running_product
from tests.session import session_of
from tests.waiting import answers, until

pytestmark = pytest.mark.slow
ANY_USER = 1000680000
#: Seconds and bytes that security.md allows a flood.
FLOOD, GROWTH = 60, 20_000_000


@pytest.fixture(scope="module")
def product():
    with running_product() as running:
        yield running


@pytest.fixture
async def ada(product):
    async with Attendee(product, "ada") as person:
        await person.sit_down()
        yield person


def _status(pid, name):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{name}:"))


def _memory(pid):
    return int(_status(pid, "VmRSS")) * 1024


def _written(pid):
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("wchar"))


async def test_a_laggard_costs_no_memory(product, ada):
    """A browser that reads nothing while `yes` runs for a minute: the program is paused, gateway
    and terminal server grow by less than 20 MB, and another terminal works (row 55)."""
    laggard, other = await ada.terminal("laggard"), await ada.terminal("other")
    await laggard.open()
    await other.open()
    await laggard.type("echo begin-$((1+1))\r")
    await laggard.read_until("begin-2")
    session = session_of(product, "ada")
    before = {pid: _memory(pid) for pid in (session.dashboard, session.terminal)}
    await laggard.type("exec yes 'all the news that nobody reads'\r")
    [flood] = await asyncio.to_thread(until, lambda: _named("yes", session), what="the flood")

    grown, rounds, end = 0, 0, time.monotonic() + FLOOD
    while time.monotonic() < end:
        rounds += 1
        await other.type(f"echo round-{rounds}-$((1+1))\r")
        await other.read_until(f"round-{rounds}-2", limit=5)
        grown = max(grown, *(_memory(pid) - memory for pid, memory in before.items()))
        await other.receive()

    assert grown < GROWTH
    assert _written(flood) < GROWTH
    assert alive(flood)
    await laggard.read_until("nobody reads\r\n")
    await laggard.socket.close()


def _named(name, session):
    found = []
    for pid in children(session.terminal):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text().strip() == name:
                found.append(pid)
    return found


async def test_two_hundred_quick_tabs(product, ada):
    """Two hundred terminals opened and closed at once leave few shells, no zombie, no file or
    connection open in gateway and terminal server, and terminals that work (row 99)."""
    kept = await ada.terminal("kept")
    await kept.open()
    await kept.type("echo mine-$((1+1))\r")
    await kept.read_until("mine-2")
    session = session_of(product, "ada")
    parts = (session.dashboard, session.terminal)
    before = {pid: len(os.listdir(f"/proc/{pid}/fd")) for pid in parts}

    for number in range(200):
        tab = await ada.terminal(f"tab-{number % 4}")
        if number % 2:
            await tab.open()  # half of them go before they have said a word
        await tab.socket.close()

    def settled():
        return all(len(os.listdir(f"/proc/{pid}/fd")) <= count + 6 for pid, count in before.items())

    await asyncio.to_thread(until, settled, what="files closed again")
    assert session_of(product, "ada") == session
    assert not [pid for pid in session.everything if _status(pid, "State") == "Z"]
    assert len(session.shells) <= 16
    await kept.type("echo still-$((2+2))\r")
    await kept.read_until("still-4")
    fresh = await ada.terminal("tab-1")
    await fresh.open()
    await fresh.type("echo fresh-$((3+3))\r")
    await fresh.read_until("fresh-6")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_session_runs_as_any_user():
    """A whole session of a user id without a passwd entry starts, both parts are ready, and its
    own end leaves nothing (row 98)."""
    with tempfile.TemporaryDirectory(prefix="any-") as folder:
        os.chown(folder, ANY_USER, 0)
        port = free_port()
        environ = {
            "PATH": os.environ["PATH"],
            "WORKSHOP_PREVIEW": "1",
            "WORKSHOP_DIR": str(ROOT / "content" / "guide"),
            "WORKSHOP_HOME": folder,
            "WORKSHOP_TERMINAL_SOCKET": f"{folder}/run/terminal.sock",
            "WORKSHOP_NODE_MODULES": str(ROOT / "node_modules"),
            "JUPYTERHUB_SERVICE_PREFIX": "/",
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}/",
        }
        become = ["setpriv", "--reuid", str(ANY_USER), "--regid", "0", "--clear-groups"]
        # It may read what root may, so that it reaches a Python that is in root's home.
        become += ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
        with Path(folder, "said").open("wb") as said:
            session = subprocess.Popen(
                [*become, sys.executable, "-S", "-m", "hub.session"],
                cwd=ROOT,
                env=environ,
                stdout=said,
                stderr=said,
            )
        try:
            until(lambda: answers(f"http://127.0.0.1:{port}/health/ready"), what="both parts")
            family = children(session.pid)
            assert {_status(pid, "Uid") for pid in family} == {str(ANY_USER)}
        finally:
            session.send_signal(signal.SIGTERM)
            session.wait(20)
        assert session.returncode in {0, -signal.SIGTERM}
        assert not any(map(alive, family))
