"""What counts as activity, and how the hub hears of it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.settings import Limits
from tests.gateway_fixtures import PREFIX, running_backend, running_gateway, running_hub
from tests.waiting import eventually

QUICK = Limits(activity=0.05, hub=1, drain=1)


@pytest.fixture
async def hub():
    async with running_hub() as running:
        yield running


@pytest.fixture
async def door(tmp_path, hub):
    url = f"{hub.url}/users/ada/activity"
    async with (
        running_backend(tmp_path / "terminal.sock"),
        running_gateway(tmp_path, hub, QUICK, JUPYTERHUB_ACTIVITY_URL=url) as running,
    ):
        await running.log_in()
        yield running


async def _type(door):
    socket = await door.socket()
    await socket.write_message('{"cmd":"input","n":1,"data":"l"}')
    await socket.read_message()
    socket.close()


async def _post(door, path):
    xsrf = (await door.ask(f"{PREFIX}api/other")).json()["xsrf"]
    headers = {"X-XSRFToken": xsrf, "Origin": door.origin}
    answer = await door.ask(PREFIX + path, "POST", headers)
    assert answer.status in {200, 204}
    assert (await door.ask(PREFIX + path, "POST", {"Origin": door.origin})).status == 403


@pytest.mark.parametrize("what", ["keys", "notes", "chapter", "post", "active"])
async def test_what_a_person_does_is_reported(door, hub, what):
    """Keys, page turns, posts and word from a tab reach the hub, in the shape it takes (109)."""
    began = datetime.now(UTC)
    if what == "keys":
        await _type(door)
    elif what in {"post", "active"}:
        await _post(door, "" if what == "post" else "api/active")
    else:
        await door.ask(PREFIX + {"notes": "notes/01", "chapter": "chapters/01"}[what])

    await eventually(lambda: hub.activity)
    [report] = hub.activity[:1]
    moment = datetime.fromisoformat(report["last_activity"])
    assert report == {
        "servers": {"": {"last_activity": report["last_activity"]}},
        "last_activity": report["last_activity"],
    }
    assert began <= moment <= began + timedelta(seconds=5)


async def test_an_open_tab_is_no_activity(door, hub):
    """Loading, pings, sizes and what the terminal says report nothing."""
    await door.ask()
    await door.ask(f"{PREFIX}static/1/page.js")
    await door.ask(f"{PREFIX}health/ready")
    socket = await door.socket()
    for message in ('{"cmd":"seen","offset":1}', '{"cmd":"size","cols":80}', b'{"cmd":"input"'):
        await socket.write_message(message, binary=isinstance(message, bytes))
        await socket.read_message()
    socket.close()
    asked = len(hub.calls)

    assert await _nothing_is_reported(hub)
    assert len(hub.calls) == asked


async def _nothing_is_reported(hub):
    try:
        await eventually(lambda: hub.activity, 0.3)
    except TimeoutError:
        return True
    return False


async def test_nothing_new_is_not_reported_again(door, hub):
    """One key is one report, however long the tab stays open."""
    await _type(door)
    await eventually(lambda: hub.activity)
    hub.activity.clear()

    assert await _nothing_is_reported(hub)


async def test_a_burst_is_one_report(tmp_path, hub):
    """Much typing is reported once in an interval."""
    url = f"{hub.url}/users/ada/activity"
    limits = Limits(activity=30, drain=1)
    async with (
        running_backend(tmp_path / "terminal.sock"),
        running_gateway(tmp_path, hub, limits, JUPYTERHUB_ACTIVITY_URL=url) as door,
    ):
        await door.log_in()
        for _ in range(5):
            await _type(door)

        assert len(hub.activity) == 1


@pytest.mark.parametrize("fault", ["hangs", "500"])
async def test_a_hub_that_is_away_hears_of_it_later(door, hub, fault):
    """What the hub could not take is reported when it is back, and typing does not wait."""
    hub.fault = fault
    async with asyncio.timeout(2):
        await _type(door)
    await eventually(lambda: "users/ada/activity" in hub.calls)
    hub.fault = ""
    hub.held.set()

    await eventually(lambda: hub.activity)
