"""kill −9 of hub and proxy under a whole class (security.md 5.4, rows 1 and 2)."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import pytest
import pytest_asyncio

from tests.attendee import NAVIGATION, Attendee, TerminalClient
from tests.processes import parent, with_command

pytestmark = pytest.mark.slow

#: People of a test; each test has its own, because terminals stay.
PEOPLE = 5
#: As many terminals for each name; a session has sixteen at most.
TERMINALS = 10
#: As many windows on each terminal.
WINDOWS = 6
COUNT = "for i in $(seq 1 200); do echo n$i.; sleep 0.05; done; echo all-$((200+0))-counted\r"
EVERY_NUMBER = [f"n{number}." for number in range(1, 201)]


@pytest_asyncio.fixture
async def people(product, request) -> AsyncIterator[list[Attendee]]:
    """Five people, each in a running session."""
    names = [f"{request.node.name.split('_')[1]}{number}" for number in range(PEOPLE)]
    async with AsyncExitStack() as stack:
        seated = [await stack.enter_async_context(Attendee(product, name)) for name in names]
        for person in seated:
            await person.sit_down()
        yield seated


async def _counting(person: Attendee, name: str) -> TerminalClient:
    terminal = await person.terminal(name)
    await terminal.open()
    await terminal.type(COUNT)
    await terminal.read_until("n5.")
    return terminal


async def _counted(terminal: TerminalClient) -> list[str]:
    text = await terminal.read_until("all-200-counted", limit=90)
    return [line.strip() for line in text.splitlines() if line.startswith("n")]


async def _back(person: Attendee, name: str, terminal: TerminalClient) -> float:
    """Wait until the connection is lost, come back as soon as can be, and tell when that was."""
    with pytest.raises((ConnectionError, aiohttp.ClientError)):
        await terminal.read_until("never printed", limit=60)
    end = time.monotonic() + 60
    while True:
        try:
            again = await person.terminal(name)
            await terminal.socket.close()  # lost, but not yet let go
            terminal.socket = again.socket
            await terminal.open()
            return time.monotonic()
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            assert time.monotonic() < end, f"{person.name} did not get terminal {name} back"
            await asyncio.sleep(0.1)


async def test_hub_dies_under_fifty_terminals(product, people):
    """Fifty terminals count on without a break, pages of logged-in people load, a hub is back."""
    terminals = await asyncio.gather(
        *(_counting(person, f"t{n}") for person in people for n in range(TERMINALS))
    )
    (hub,) = [
        pid for pid in with_command("jupyterhub_config.py") if parent(pid) == product.process.pid
    ]

    os.kill(hub, signal.SIGKILL)

    died = time.monotonic()
    for person in people:
        async with person.http.get(product.home(person.name), headers=NAVIGATION) as page:
            assert page.status == 200
    for numbers in await asyncio.gather(*map(_counted, terminals)):
        assert numbers == EVERY_NUMBER
    assert not any(terminal.socket.closed for terminal in terminals)
    async with Attendee(product, "newcomer") as newcomer:
        await _hub_answers(newcomer, died + 30)
        await newcomer.sit_down()


async def _hub_answers(person: Attendee, end: float) -> None:
    """Return once the hub is well."""
    while True:
        try:
            async with person.http.get(f"{person.product.url}/hub/health") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        assert time.monotonic() < end, "the hub was not back in 30 s"
        await asyncio.sleep(0.1)


async def test_three_hundred_windows_come_back_at_once(product, people):
    """After the proxy's death 300 windows that all hurry back find the terminals, nothing lost.

    The page itself is gentler: it waits from half a second on, doubling, each time with jitter.
    """
    places = [(person, f"w{n}") for person in people for n in range(TERMINALS)]
    counting = await asyncio.gather(*(_counting(*place) for place in places))
    windows = [(place, terminal) for place, terminal in zip(places, counting, strict=True)]
    for person, name in places:
        for _ in range(WINDOWS - 1):
            window = await person.terminal(name)
            await window.open()
            windows.append(((person, name), window))
    assert len(windows) == 300
    (proxy,) = with_command("configurable-http-proxy", str(product.port))

    os.kill(proxy, signal.SIGKILL)

    await asyncio.gather(*(_back(*place, terminal) for place, terminal in windows))
    for numbers in await asyncio.gather(*(_counted(terminal) for _, terminal in windows)):
        assert numbers == EVERY_NUMBER
    assert all(terminal.events[-1].get("resumed", True) for _, terminal in windows)
