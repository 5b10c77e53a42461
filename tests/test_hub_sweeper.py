"""What is removed, what is kept and what is reported of the things that sessions left."""

import datetime

import pytest

from hub.sweeper import Found, hanging, orphans

NOW = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
LONGEST = datetime.timedelta(hours=8)
ANCIENT = NOW - LONGEST - datetime.timedelta(minutes=1)
OLD, NEW = NOW - datetime.timedelta(minutes=3), NOW - datetime.timedelta(minutes=1)


def found(made=OLD, going=None, user="ada"):
    return Found("Namespace", "class-ada", user, made, going)


@pytest.mark.parametrize(
    ("one", "users", "goes"),
    [
        pytest.param(found(), {"ada": False}, True, id="no-session"),
        pytest.param(found(), {"ada": True}, False, id="session"),
        pytest.param(found(), {}, False, id="a-name-the-hub-lost"),
        pytest.param(found(made=ANCIENT), {}, True, id="lost-and-longer-than-any-session"),
        pytest.param(found(made=ANCIENT), {"ada": True}, False, id="old-and-in-use"),
        pytest.param(found(made=NEW), {"ada": False}, False, id="too-young"),
        pytest.param(found(going=OLD), {"ada": False}, False, id="going-already"),
    ],
)
def test_what_goes(one, users, goes):
    """Only what is old and of no session; of a name the hub lost, what outlived every session."""
    assert (orphans([one], users, NOW, LONGEST) == [one]) is goes


@pytest.mark.parametrize(
    ("going", "hangs"),
    [
        pytest.param(None, False, id="stays"),
        pytest.param(NEW, False, id="going"),
        pytest.param(OLD, True, id="hangs"),
    ],
)
def test_what_hangs_is_reported(going, hangs):
    """Something told to go more than two minutes ago is reported."""
    assert bool(hanging([found(going=going)], NOW)) is hangs
