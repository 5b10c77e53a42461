"""The attendee's own token: fetched from the hub, left in a file for the shells, and renewed."""

import os
import time

import pytest

from dashboard.settings import Limits
from tests.gateway_fixtures import PREFIX, running_gateway, running_hub
from tests.waiting import eventually

QUICK = Limits(hub=1, drain=1, token=0.05, token_awaited=0.05)
FIRST, SECOND = "sha256~first-token", "sha256~second-token"


@pytest.fixture
async def hub():
    async with running_hub() as running:
        running.own_token = {"token": FIRST, "ends": time.time() + 86400}
        yield running


@pytest.fixture
def file(tmp_path):
    return tmp_path / "token"


@pytest.fixture
async def door(tmp_path, hub, file):
    async with running_gateway(tmp_path, hub, QUICK, WORKSHOP_TOKEN_FILE=str(file)) as running:
        await running.log_in()
        yield running


async def _told(door):
    return (await door.ask(f"{PREFIX}api/session")).json()


async def test_the_file_has_the_token_and_nobody_else_reads_it(door, file):
    """The token as it is, without a newline, for this user alone."""
    await eventually(file.exists)

    assert file.read_text() == FIRST
    assert file.stat().st_mode & 0o777 == 0o600
    assert FIRST not in "".join(os.environ.values())


async def test_a_new_login_reaches_the_file(door, hub, file):
    """Once the hub has another token the file has it, whole, and the page is told."""
    hub.own_token = {"token": SECOND, "ends": time.time() + 60}
    await eventually(lambda: file.exists() and file.read_text() == SECOND)

    told = (await _told(door))["token"]
    assert told["due"]
    assert 50 <= told["left"] <= 60
    hub.own_token = {"token": FIRST, "ends": time.time() + 86400}
    await eventually(lambda: file.read_text() == FIRST)
    assert not (await _told(door))["token"]["due"]


async def test_no_answer_has_the_token(door, file):
    """What a browser asks says how long it is good, never the token itself."""
    await eventually(file.exists)

    answer = await door.ask(f"{PREFIX}api/session")

    assert answer.json()["token"]["left"] > 86000
    assert FIRST not in answer.text + str(dict(answer.headers))


async def test_visitors_hear_nothing_of_it(door, file):
    """Who looks in on a session is not asked to log in for its owner."""
    await eventually(file.exists)

    await door.log_in(name="ina")

    assert "token" not in await _told(door)


@pytest.mark.parametrize("fault", ["500", "html", "gone", "hangs"])
async def test_a_hub_that_is_away_takes_nothing(door, hub, file, fault):
    """The last token stays, and a new one is fetched when the hub answers again."""
    await eventually(file.exists)
    asked = len(hub.calls)

    hub.break_down(fault)
    if fault != "gone":
        await eventually(lambda: len(hub.calls) > asked)

    assert file.read_text() == FIRST


async def test_without_a_login_at_the_cluster_its_owner_is_asked(door, hub, file):
    """A hub without a token for the session means a new login, and says so to the page."""
    hub.own_token = {}

    await eventually(lambda: door.gateway.gate.own_token.is_due)

    assert (await _told(door))["token"] == {"left": 0, "due": True}


async def test_sessions_without_one_ask_for_none(tmp_path, hub):
    """Where shells act by their session's account the hub is never asked for a token."""
    async with running_gateway(tmp_path, hub, QUICK) as running:
        await running.log_in()
        assert "token" not in await _told(running)
    assert "session/cluster-token" not in hub.calls
