"""Health: alive, ready and why not, and what the hub asks while it waits."""

import asyncio

import pytest

from dashboard.settings import Limits
from tests.gateway_fixtures import PREFIX, running_backend, running_gateway, running_hub
from tests.waiting import holds

LIMITS = Limits(health=0.3, drain=1, hub=0.3)


@pytest.fixture
async def door(tmp_path):
    async with running_hub() as hub, running_gateway(tmp_path, hub, LIMITS) as running:
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
    """Ready means that the workshop is loaded, and that terminal and hub answer."""
    async with running_backend(tmp_path / "terminal.sock"):
        await holds(lambda: has(door, "hub"))
        answer = await door.ask(f"{PREFIX}health/ready")

    everything = dict.fromkeys(("ready", "workshop", "terminal", "hub", "open"), True)
    assert answer.status == 200
    assert answer.json() == everything


async def test_not_ready_before_the_hub_has_answered(tmp_path):
    """Nobody could log in; once it has answered, its absence is no matter of the session's."""
    async with (
        running_backend(tmp_path / "terminal.sock"),
        running_hub() as hub,
        running_gateway(tmp_path, hub, LIMITS) as door,
    ):
        hub.fault = "500"
        first = await door.ask(f"{PREFIX}health/ready")
        hub.fault = ""
        await holds(lambda: has(door, "ready"))
        hub.fault = "500"
        last = await door.ask(f"{PREFIX}health/ready")

    assert (first.status, first.json()["hub"]) == (503, False)
    assert last.status == 200


async def has(door, part):
    """Whether a part is said to be there."""
    return (await door.ask(f"{PREFIX}health/ready")).json()[part]


async def test_not_ready_without_a_terminal(door):
    """Without the terminal the answer is 503 and says what is missing."""
    answer = await door.ask(f"{PREFIX}health/ready")

    assert answer.status == 503
    assert answer.json() | {"hub": None} == {
        "ready": False,
        "workshop": True,
        "terminal": False,
        "hub": None,
        "open": True,
    }


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
