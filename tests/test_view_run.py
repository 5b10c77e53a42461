"""Blocks of the notes run in the terminal view, and what becomes of them is told."""

from hashlib import md5

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import launch
from tests.view_fixtures import stage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", name="stage")
def _stage():
    with sync_playwright() as playwright, launch(playwright) as browser, stage(browser) as made:
        yield made


@pytest.fixture(name="view")
def _view(stage, request):
    name = "".join(c if c.isalnum() else "-" for c in request.node.name)[-32:]
    with stage.framed(name) as view:
        yield view


@pytest.fixture(scope="module", name="shared")
def _shared(stage):
    with stage.framed("shared") as view:
        yield view


@pytest.mark.parametrize(
    ("text", "state", "status"),
    [
        pytest.param("echo out-$((1+1))", "done", 0, id="success"),
        pytest.param("(exit 3)", "failed", 3, id="failure"),
        pytest.param("false\necho out-2\ntrue", "done", 0, id="lines-last-succeeds"),
        pytest.param("true\necho out-2\n(exit 4)", "failed", 4, id="lines-last-fails"),
        pytest.param("for i in 1 2\ndo\n  echo out-$i\ndone", "done", 0, id="one-command-on-lines"),
        pytest.param("cat <<'END'\nout-2\n# no comment\nEND", "done", 0, id="here-document"),
        pytest.param("sleep 0.4\nsleep 0.4\n(exit 5)", "failed", 5, id="slow-lines"),
        pytest.param("# a word only", "done", None, id="comment"),
        pytest.param(")", "failed", None, id="nothing-that-runs"),
    ],
)
def test_a_block_ends_with_the_status_of_its_last_command(shared, text, state, status):
    """Sent, running, then done or failed by the exit status of the block's last command."""
    shared.run(text, text)

    assert shared.becomes(text, state)["status"] == status


def test_the_states_come_in_order(view):
    """A block is sent, then running, then done, with its seconds."""
    view.run("a", "sleep 0.2")
    seconds = view.becomes("a", "done")["seconds"]
    states = [message["state"] for message in view.page.evaluate("runs('a')")]

    assert states == ["sent", "running", "done"]
    assert 0.15 < seconds < 5


def test_a_busy_terminal_asks_once(view):
    """While a command runs nothing is sent; with force it is, and who read it did not run it."""
    view.run("long", "read -r answer")
    view.becomes("long", "running")

    view.run("next", "echo typed-$((40+2))")
    view.becomes("next", "asking")
    assert "typed" not in view.text()

    view.run("next", "echo typed-$((40+2))", force=True)
    assert view.becomes("long", "done")["status"] == 0
    view.becomes("next", "unrun")
    view.run("answer", "echo [$answer]")
    view.shows("[echo typed-$((40+2))]")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("echo half-typed", "half-typed"), ("if true\n", "\n>")],
    ids=["half-typed", "continuation"],
)
def test_what_is_typed_already_is_asked_about(view, typed, shown):
    """A block is not glued to what stands at the prompt, unless the person says so."""
    view.type(typed)
    view.shows(shown)
    view.run("a", "echo block-$((1+1))")
    assert view.becomes("a", "asking")["taken"] is True
    assert "block" not in view.text()

    view.page.keyboard.press("Control+C")
    view.prompt()
    view.run("a", "echo block-$((1+1))")
    view.becomes("a", "done")
    view.type("echo more-")
    view.shows("more-")
    view.run("b", "echo block-$((1+2))", force=True)
    view.becomes("b", "done")
    view.shows("more-echo block-3")


def test_a_forced_block_behind_a_running_one_gets_its_own_status(view):
    """Two blocks in a row: each is told its own end."""
    view.run("one", "sleep 0.5")
    view.becomes("one", "running")
    view.run("two", "(exit 7)", force=True)

    assert view.becomes("one", "done")["status"] == 0
    assert view.becomes("two", "failed")["status"] == 7


def test_an_interrupt_goes_out_at_once(view):
    """An interrupt never asks, and ends what runs."""
    view.run("long", "sh -c 'echo rea''dy; exec sleep 100'")
    # Not before the program is in front: bash itself would get what was meant for it.
    view.shows("ready")

    view.run("stop", "", interrupt=True)

    assert view.becomes("stop", "sent")
    assert view.becomes("long", "failed")["status"] == 130


@pytest.mark.parametrize("reload", [False, True], ids=["same-page", "reloaded"])
def test_a_block_that_an_interrupt_threw_away_was_not_run(view, reload):
    """What was typed ahead of a Ctrl-C is gone, and its block never says done."""
    view.run("long", "sh -c 'echo rea''dy; exec sleep 100'")
    view.shows("ready")
    if reload:
        view.page.reload()
        view.shows("ready")
    view.run("ahead", "echo ahead-$((1+1))", force=True)
    view.becomes("ahead", "sent")
    view.shows("echo ahead")
    view.run("stop", "", interrupt=True)

    view.becomes("ahead", "unrun")
    assert "ahead-2" not in view.text()


def test_a_large_block_runs_whole(view):
    """Two hundred lines all run, in order, and nothing of them is lost."""
    lines = [f"echo line-{number} >> lines" for number in range(200)]
    view.run("a", "\n".join(lines))

    assert view.becomes("a", "done", limit=30)["status"] == 0
    view.run("b", "md5sum lines; rm lines")
    whole = "".join(f"line-{number}\n" for number in range(200)).encode()
    view.shows(md5(whole).hexdigest())


def test_what_the_person_types_makes_the_terminal_busy(view):
    """The page hears when the terminal is busy and when it is free again."""
    view.type("sleep 0.3\n")
    view.page.wait_for_function("() => said.filter((m) => m.type === 'busy').length >= 2")

    assert [message["busy"] for message in view.said("busy")] == [True, False]


def test_a_shell_that_ends_settles_the_block(view):
    """A block that ends the shell is over with the shell's status."""
    view.run("a", "exit 3")

    assert view.becomes("a", "failed")["status"] == 3


def test_a_block_after_the_end_gets_a_new_shell(view):
    """A click after `exit` starts a new shell and runs in it; there is nothing left to interrupt.
    The keyboard stays where it was."""
    view.run("a", "exit")
    view.becomes("a", "done")
    view.page.locator("#outside").focus()
    view.run("stop", "", interrupt=True)
    view.becomes("stop", "ended")

    view.run("b", "echo new-$((1+1))")
    view.run("c", "(exit 4)")

    assert view.becomes("b", "done")["status"] == 0
    view.shows("new-2")
    view.becomes("c", "asking")
    assert view.page.evaluate("document.activeElement.id") == "outside"


def test_a_block_while_offline_is_not_sent(stage, view):
    """Without a connection the page hears so, and nothing is typed later."""
    stage.wire.down = True
    stage.wire.cut()
    view.notice("Reconnecting")
    view.run("a", "echo never-typed")
    view.becomes("a", "offline")

    stage.wire.down = False
    view.find(".notice-button").click()
    view.notice("Connected again")
    view.run("b", "echo after-$((1+1))")
    view.becomes("b", "done")
    assert "never-typed" not in view.text()


def test_an_end_missed_while_away_is_known_on_return(stage, view):
    """A command that ended while the connection was gone still gets its mark."""
    view.run("a", "sleep 1; (exit 6)")
    view.becomes("a", "running")
    stage.wire.down = True
    stage.wire.cut()
    view.notice("Reconnecting")
    view.page.wait_for_timeout(1200)
    stage.wire.down = False
    view.find(".notice-button").click()

    assert view.becomes("a", "failed")["status"] == 6


WAITING = "until [ -e go-on ]; do sleep 0.1; done; rm go-on; (exit 6)"


def _ask_again(view, *ids):
    view.page.wait_for_function("() => said.some((m) => m.type === 'ready')")
    for one in ids:
        view.ask(type="follow", id=one)


def test_a_block_is_followed_across_a_reload(stage, view):
    """A block that runs while the page is loaded again is told on, and ends with its own status."""
    view.run("a", WAITING)
    view.becomes("a", "running")
    view.page.reload()
    _ask_again(view, "a")
    view.becomes("a", "running")

    (stage.server.home / "go-on").touch()

    assert view.becomes("a", "failed")["status"] == 6


@pytest.mark.parametrize("used", [False, True], ids=["left-alone", "used-by-others"])
def test_a_block_that_ended_while_no_page_was_there(stage, view, used):
    """Its own status is told, unless others have used the shell since: then it is not known."""
    view.run("a", WAITING)
    view.becomes("a", "running")
    view.page.goto("about:blank")
    (stage.server.home / "go-on").touch()
    with stage.view(view.url.partition("terminal=")[2]) as other:
        if used:
            other.type("echo more-$((1+1))\n")
            other.shows("more-2")
        other.prompt()
    view.page.goto(view.url)

    _ask_again(view, "a", "unheard-of")

    assert view.becomes("a", "lost" if used else "failed")["status"] == (None if used else 6)
    view.becomes("unheard-of", "lost")
