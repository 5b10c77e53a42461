"""A code for each event: what is read, who gets in when, and what happens at the end."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from hub.login.events import Events, parse
from tests.examples import block_in_readme, settings_in_readme
from tests.hub_fixtures import Visitor, start
from tests.product import ADMIN_PASSWORD, PASSWORD, running_product

EXAMPLE = block_in_readme("toml", "Class of May")
CODE = "copper-lantern-42"
NOW = datetime.now(UTC)


def event(name, code, begins, ends):
    """An event as its file has it; times in seconds from now."""
    times = [(datetime.now(UTC) + timedelta(seconds=when)).isoformat() for when in (begins, ends)]
    return f'["{name}"]\ncode = "{code}"\nbegins = {times[0]}\nends = {times[1]}\n'


def test_the_readmes_example():
    """The README's file is an event with a code, from a time to a time."""
    (found,), mistakes = parse(EXAMPLE)

    assert mistakes == []
    assert (found.name, found.code) == ("Class of May", CODE)
    assert (found.begins.utcoffset(), found.ends.hour) == (timedelta(hours=2), 18)
    assert CODE not in repr(found)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        pytest.param(
            "2027-05-04T07:59:59+02:00", "begins on 04 May at 08:00 UTC+02:00", id="before"
        ),
        pytest.param("2027-05-04T06:00:00+00:00", "", id="first-second"),
        pytest.param("2027-05-05T17:59:59+02:00", "", id="last-second"),
        pytest.param("2027-05-05T16:00:00+00:00", "is over", id="end"),
    ],
)
def test_an_event_has_its_time(when, words):
    """People get in from its first second until the one when it ends, in any zone."""
    (found,), _ = parse(EXAMPLE)

    said = found.refusal(datetime.fromisoformat(when))

    assert words in said
    assert bool(said) == bool(words)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        pytest.param("", "expected an event", id="empty"),
        pytest.param("[x", "expected TOML: ", id="no-toml"),
        pytest.param('x = "y"', "x is no event", id="no-table"),
        pytest.param(EXAMPLE.replace("ends", "end"), "has end: expected code", id="misspelt"),
        pytest.param(EXAMPLE.replace("code", "#"), "needs a code of at least 8", id="no-code"),
        pytest.param(EXAMPLE.replace(CODE, "short"), "needs a code of at least 8", id="short-code"),
        pytest.param(EXAMPLE.replace("ends", "#"), "ends: expected a time with", id="no-end"),
        pytest.param(EXAMPLE.replace("+02:00", ""), "begins: expected a time with", id="no-zone"),
        pytest.param(EXAMPLE.replace("05-05", "05-03"), "ends before it begins", id="backwards"),
        pytest.param(
            EXAMPLE + EXAMPLE.replace("May", "June"), "two events have the same code", id="twice"
        ),
    ],
)
def test_mistakes_in_the_file(text, mistake):
    """What cannot be meant lets nobody in and is told, but never with a code."""
    events, mistakes = parse(text)

    assert events == ()
    assert len(mistakes) == 1
    assert mistake in mistakes[0]
    assert CODE not in mistakes[0]


def test_a_change_counts_at_once(tmp_path):
    """The file is read anew when it changed; while it cannot be read there is no event."""
    path = tmp_path / "events.toml"
    path.write_text(event("Now", CODE, -5, 60))
    events = Events(path)
    assert events.of_code(f" {CODE} ").name == "Now"
    assert events.are_on({"Now"})

    path.write_text(event("Other", "another-code", -5, 60))
    assert events.of_code(CODE) is None
    assert events.are_on({"Other"})

    path.unlink()
    assert events.of_code("another-code") is None
    assert "No such file" in events.mistakes[0]


def test_a_wrong_file_is_told_at_the_start(tmp_path):
    """A mistake in the file is one line, and nothing starts."""
    path = tmp_path / "events.toml"
    path.write_text("[x")

    status, lines = start(EVENTS_FILE=str(path), STATE=str(tmp_path / "state"))

    assert status == 1
    assert len(lines) == 1
    assert lines[0].startswith("EVENTS_FILE: expected TOML")


@pytest.fixture
async def visit():
    """Opens browsers, by name of the person."""
    opened = []

    def open_browser(product, name):
        opened.append(Visitor.opened(product, name))
        return opened[-1]

    yield open_browser
    for one in opened:
        await one.http.close()


@pytest.mark.slow
async def test_from_the_beginning_to_the_end(tmp_path, visit):
    """A code lets in while its event is on; at the end who came by it is out, others are not."""
    path = tmp_path / "events.toml"
    assert settings_in_readme("EVENTS_FILE=") == {"EVENTS_FILE": "$PWD/events.toml"}
    later = event("Later", "code-of-later", 600, 900)
    past = event("Past", "code-of-past", -900, -600)
    path.write_text(event("Now", CODE, -5, 600) + later + past)
    given = {"EVENTS_FILE": str(path), "PASSWORD": "", "LOGIN_RECHECK": "1"}
    with running_product(**given) as product:
        ada, boss = visit(product, "ada"), visit(product, "instructor")

        early = await visit(product, "bob").enter(password="code-of-later")
        late = await visit(product, "bob").enter(password="code-of-past")
        wrong = await visit(product, "bob").enter(password="code-of-nothing")
        none = await visit(product, "bob").enter(password="")
        entered = await ada.enter(password=CODE)
        thief = await visit(product, "ada").enter(password=CODE)
        await boss.enter(password=ADMIN_PASSWORD)

        assert [one.status for one in (early, late, wrong, none)] == [403] * 4
        assert "“Later” begins on" in early.text
        assert "“Past” is over" in late.text
        assert entered.location == "/hub/spawn-pending/ada"
        assert (thief.status, "is taken" in thief.text) == (403, True)
        assert "the codes of" in product.log.read_text()

        path.write_text(event("Now", CODE, -600, -1))
        end = time.monotonic() + 20
        while (await ada.get("/hub/home")).status == 200:
            assert time.monotonic() < end, "still in"
            await asyncio.sleep(0.2)
        assert (await ada.enter(password=CODE)).status == 403
        assert (await boss.get("/hub/home")).status == 200
        log = product.hub_log()
        assert "ada is out: Now is over" in log
        assert not any(code in log for code in (CODE, "code-of-later", "code-of-past"))


@pytest.mark.slow
async def test_the_class_password_besides(tmp_path, visit):
    """With both, the password lets in as before, and no event's end is about who came by it."""
    path = tmp_path / "events.toml"
    path.write_text(event("Now", CODE, -5, 600))
    with running_product(EVENTS_FILE=str(path), LOGIN_RECHECK="1") as product:
        ada, bob = visit(product, "ada"), visit(product, "bob")
        await ada.enter(password=PASSWORD)
        await bob.enter(password=CODE)

        path.write_text("[broken")

        end = time.monotonic() + 20
        while (await bob.get("/hub/home")).status == 200:
            assert time.monotonic() < end, "still in"
            await asyncio.sleep(0.2)
        assert (await ada.get("/hub/home")).status == 200
