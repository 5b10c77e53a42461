"""How sessions end: nobody uses them, they are too old, their person is removed, a restart."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from tests.attendee import NAVIGATION, Attendee
from tests.hub_fixtures import Visitor
from tests.processes import alive, children, with_command
from tests.session import session_of
from tests.waiting import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root reads the culler's environment"),
]


@pytest.fixture
def culler(product):
    """The product's own culler with its own rights, for one round with other times."""

    def environ():
        for pid in with_command("hub.culler", "--timeout=7200", "--max-age=86400"):
            told = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
            if pid in children(product.process.pid):
                return dict(line.split("=", 1) for line in told if "=" in line)
        return None

    values = until(environ, what="the culler")
    running = []

    def begin(**times):
        options = [f"--{name.replace('_', '-')}={value}" for name, value in times.items()]
        command = [sys.executable, "-m", "hub.culler", "--cull-every=1", *options]
        log = product.state.parent / "culler.log"
        with log.open("ab") as sink:
            running.append(subprocess.Popen(command, env=values, stdout=sink, stderr=sink))

    yield begin
    for process in running:
        process.terminate()
        process.wait(10)


@contextlib.asynccontextmanager
async def _attending(product, name):
    """Somebody with a terminal on screen."""
    async with Attendee(product, name) as person:
        await person.sit_down()
        terminal = await person.terminal()
        await terminal.open()
        yield person, terminal


async def _ends(terminal, limit=40):
    """The close code of the terminal's connection."""
    end = time.monotonic() + limit
    try:
        while time.monotonic() < end:
            await terminal.receive(limit)
    except ConnectionError:
        return terminal.socket.close_code
    raise AssertionError(f"still connected after {limit} s")


async def test_only_people_keep_a_session(product, culler):
    """A tab that is open and busy with output is stopped as idle, one that a person types in is
    not; and a session that is too old is stopped, used or not."""
    async with _attending(product, "ada") as (_, shown), _attending(product, "bob") as (bob, typed):
        await shown.type("while sleep 0.2; do date +%T.%N; done\r")
        left_alone = time.time()
        idle, used = (session_of(product, name) for name in ("ada", "bob"))
        processes = idle.everything
        while time.time() - left_alone < 8:
            await shown.receive()  # a tab that shows what is going on
        await typed.type("echo here-$((1+1))\r")
        await typed.read_until("here-2")
        await _known(bob, since=left_alone + 7)

        culler(timeout=6, max_age=0)

        assert await _ends(shown) in {1001, 1006}
        until(lambda: not any(map(alive, processes)), what="the end of the idle session")
        await typed.type("echo still-$((2+2))\r")
        await typed.read_until("still-4")

        culler(timeout=100_000, max_age=1)

        assert await _ends(typed) in {1001, 1006}
        until(lambda: not alive(used.supervisor), what="the end of the old session")


async def _known(person, since):
    """Wait until the hub knows that the person did something after that moment."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        url = f"{person.product.url}/hub/api/users/{person.name}"
        async with person.http.get(url, headers=NAVIGATION) as answer:
            last = (await answer.json())["servers"][""]["last_activity"]
        if datetime.fromisoformat(last).timestamp() >= since:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"the hub knows of nothing after {since}; last was {last}")


async def test_a_removed_person_is_out(product):
    """Whoever the instructor removes has neither hub nor session any more; old cookies are worth
    nothing (security row 115)."""
    async with Attendee(product, "cid") as cid:
        await cid.sit_down()
        terminal = await cid.terminal()
        await terminal.open()
        teacher = Visitor.opened(product, "instructor")
        await teacher.enter()
        await teacher.get("/hub/admin")
        jar = teacher.http.cookie_jar.filter_cookies(URL(f"{product.url}/hub/"))
        headers = {"X-XSRFToken": jar["_xsrf"].value}

        gone = [
            (await teacher.ask("DELETE", f"/hub/api/users/cid{what}", headers=headers)).status
            for what in ("/server", "")
        ]
        await teacher.http.close()

        assert gone in ([204, 204], [202, 204])
        assert await _ends(terminal) in {1001, 1006}
        async with cid.http.get(f"{product.url}/hub/home", headers=NAVIGATION) as page:
            assert page.url.path == "/hub/login"
        async with cid.http.get(product.home("cid"), headers=NAVIGATION) as page:
            assert page.url.path == "/hub/login"
        async with cid.http.get(f"{product.url}/hub/api/user", headers=NAVIGATION) as answer:
            assert answer.status == 403


async def test_a_restart_of_the_dashboard_is_announced(product):
    """SIGTERM closes the terminal's connection with 1001 through the proxy; the same view comes
    back to the same shell and has missed nothing."""
    async with Attendee(product, "dan") as dan:
        await dan.sit_down()
        terminal = await dan.terminal()
        await terminal.open()
        await terminal.type("for i in $(seq 200); do echo n$i.; sleep 0.02; done; echo e''nd\r")
        await terminal.read_until("n10.")
        before = session_of(product, "dan")

        os.kill(before.dashboard, signal.SIGTERM)

        assert await _ends(terminal) == 1001
        until(lambda: session_of(product, "dan").dashboard != before.dashboard, what="a new one")
        end = time.monotonic() + 10
        while True:
            try:
                terminal.socket = (await dan.terminal()).socket
                break
            except aiohttp.ClientError:
                assert time.monotonic() < end
                await asyncio.sleep(0.05)
        opened = await terminal.open()
        assert opened["resumed"]
        text = await terminal.read_until("end\r\n")
        assert all(f"n{i}." in text for i in range(1, 201))
        assert session_of(product, "dan").terminal == before.terminal
