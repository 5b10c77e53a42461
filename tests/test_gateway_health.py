"""Health: alive, ready and why not, and what the hub asks while it waits."""

import asyncio

import pytest

from dashboard.settings import Limits
from tests.gateway_fixtures import PREFIX, running_backend, running_gateway


@pytest.fixture
async def door(tmp_path):
    async with running_gateway(tmp_path, limits=Limits(health=0.3, drain=1)) as running:
        yield running


@pytest.mark.parametrize("host", ["workshop.test:8000", "10.0.0.7:8888", "127.0.0.1"])
@pytest.mark.parametrize("path", ["health/live", "api"])
async def test_checks_come_by_any_address(door, host, path):
    """Probes and the hub know us by the address we listen on, and get no more than they need."""
    answer = await door.ask(PREFIX + path, headers={"Host": host})

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"


async def test_the_hub_finds_its_version(door):
    """The hub's wait for a session ends without a warning about versions."""
    answer = await door.ask(f"{PREFIX}api")

    assert answer.headers["X-JupyterHub-Version"].startswith("6.")


async def test_ready_when_all_is_there(door, tmp_path):
    """Ready means that the workshop is loaded and the terminal answers."""
    async with running_backend(tmp_path / "terminal.sock"):
        answer = await door.ask(f"{PREFIX}health/ready")

    assert answer.status == 200
    assert answer.json() == {"ready": True, "workshop": True, "terminal": True, "open": True}


async def test_not_ready_without_a_terminal(door):
    """Without the terminal the answer is 503 and says what is missing."""
    answer = await door.ask(f"{PREFIX}health/ready")

    assert answer.status == 503
    assert answer.json() == {"ready": False, "workshop": True, "terminal": False, "open": True}


async def test_a_terminal_that_hangs_is_not_waited_for(door, tmp_path):
    """A terminal that accepts and says nothing is not ready, and that is known in a second."""
    held = asyncio.Event()

    async def hang(_reader, writer):
        await held.wait()
        writer.close()

    server = await asyncio.start_unix_server(hang, tmp_path / "terminal.sock")
    async with asyncio.timeout(2):
        answer = await door.ask(f"{PREFIX}health/ready")
    held.set()
    server.close()

    assert answer.status == 503
    assert answer.json()["terminal"] is False
