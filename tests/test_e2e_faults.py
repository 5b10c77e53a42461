"""kill −9 of each part in turn, with a terminal counting (security.md 5.4, rows 1, 2, 6, 9)."""

import asyncio
import os
import re
import signal
import time

import aiohttp
import pytest

from tests.attendee import NAVIGATION, Attendee, TerminalClient
from tests.processes import alive, parent, with_command
from tests.session import session_of
from tests.waiting import until

pytestmark = pytest.mark.slow

COUNT = "for i in $(seq 1 400); do echo n$i.; sleep 0.02; done; echo all-$((400+0))-counted\r"
EVERY_NUMBER = [str(number) for number in range(1, 401)]


async def _counting(person: Attendee, name: str) -> TerminalClient:
    terminal = await person.terminal(name)
    await terminal.open()
    await terminal.type(COUNT)
    await terminal.read_until("n20.")
    return terminal


async def _return(person: Attendee, terminal: TerminalClient, limit: float = 40) -> TerminalClient:
    """Reconnect the same client until the terminal answers, as the page does."""
    end = time.monotonic() + limit
    while True:
        try:
            again = await person.terminal(terminal_name(terminal))
            await terminal.socket.close()  # lost, but not yet let go
            terminal.socket = again.socket
            await terminal.open()
            return terminal
        except (aiohttp.ClientError, ConnectionError, AssertionError, TimeoutError):
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.1)


def terminal_name(terminal: TerminalClient) -> str:
    """The name in the address the client was opened at."""
    return str(terminal.socket._response.url).rpartition("/")[2].partition("?")[0]


def _numbers(text: str) -> list[str]:
    return re.findall(r"\bn(\d+)\.", text)


async def _finished(terminal: TerminalClient) -> list[str]:
    return _numbers(await terminal.read_until("all-400-counted", limit=60))


async def test_hub_dies(product, ada):
    """The hub's death closes no terminal, and the hub is back within 30 s (row 1)."""
    terminal = await _counting(ada, "hub")
    (hub,) = [
        pid for pid in with_command("jupyterhub_config.py") if parent(pid) == product.process.pid
    ]

    os.kill(hub, signal.SIGKILL)

    assert await _finished(terminal) == EVERY_NUMBER
    async with ada.http.get(product.home("ada"), headers=NAVIGATION) as page:
        assert page.status == 200
    await _until_hub(ada)


async def _until_hub(person: Attendee) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            async with person.http.get(f"{person.product.url}/hub/health") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError("the hub was not back in 30 s")


async def test_proxy_dies(product, ada):
    """After the proxy's death all routes come back by themselves; nothing typed is lost (row 2)."""
    terminal = await _counting(ada, "proxy")
    (proxy,) = with_command("configurable-http-proxy", str(product.port))

    os.kill(proxy, signal.SIGKILL)

    with pytest.raises((ConnectionError, aiohttp.ClientError)):
        await terminal.read_until("all-400-counted", limit=60)
    await _return(ada, terminal)
    assert await _finished(terminal) == EVERY_NUMBER


async def test_dashboard_dies(product, ada):
    """The dashboard's death kills no shell; it is back within 5 s and output resumes (row 6)."""
    terminal = await _counting(ada, "dashboard")
    before = session_of(product, "ada")

    os.kill(before.dashboard, signal.SIGKILL)
    died = time.monotonic()

    until(lambda: session_of(product, "ada").dashboard != before.dashboard, what="a new dashboard")
    assert time.monotonic() - died < 5
    with pytest.raises((ConnectionError, aiohttp.ClientError)):
        await terminal.read_until("all-400-counted", limit=60)
    await _return(ada, terminal)
    assert session_of(product, "ada").terminal == before.terminal
    assert await _finished(terminal) == EVERY_NUMBER


async def test_terminal_server_dies(product, ada):
    """The terminal server dies alone; a new one with a new shell is there in 5 s (row 6)."""
    terminal = await _counting(ada, "server")
    before = session_of(product, "ada")
    shells = before.shells

    os.kill(before.terminal, signal.SIGKILL)
    died = time.monotonic()

    until(
        lambda: session_of(product, "ada").terminal != before.terminal, what="a new terminal server"
    )
    assert time.monotonic() - died < 5
    assert session_of(product, "ada").dashboard == before.dashboard
    with pytest.raises((ConnectionError, aiohttp.ClientError)):
        await terminal.read_until("all-400-counted", limit=60)
    await _return(ada, terminal)
    await terminal.type("echo fresh-$((1+1))\r")
    await terminal.read_until("fresh-2")
    until(lambda: not any(map(alive, shells)), what="the old shells to be gone")


async def test_shell_dies(product, ada):
    """A killed shell is told to the page, which can start another; others go on (row 6)."""
    other = await _counting(ada, "other")
    terminal = await ada.terminal("victim")
    await terminal.open()
    await terminal.type("echo pid=$$.; echo told-$((1+1))\r")
    shell = re.search(r"pid=(\d+)\.", await terminal.read_until("told-2"))
    assert shell is not None

    os.kill(int(shell[1]), signal.SIGKILL)

    assert (await terminal.event("exit"))["signal"] in {9, "SIGKILL"}
    await terminal.socket.send_json({"cmd": "restart"})
    await terminal.type("echo again-$((1+1))\r")
    await terminal.read_until("again-2")
    assert await _finished(other) == EVERY_NUMBER


async def test_connection_is_lost_for_a_while(ada):
    """Output made while nobody was connected is all there on return (row 9)."""
    terminal = await _counting(ada, "wifi")
    before = terminal.offset

    await terminal.socket.close()
    async with ada.http.get(ada.product.home("ada") + "health/live"):
        pass
    await _return(ada, terminal)

    assert terminal.events[-1]["resumed"]
    assert terminal.events[-1]["from"] == before
    assert await _finished(terminal) == EVERY_NUMBER
