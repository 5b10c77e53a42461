"""Clickable blocks in a browser: what is sent, to which terminal, and what the mark says."""

import pytest
from playwright.sync_api import expect

from tests.pages_fixtures import (
    asked,
    frame,
    opened,
    pages_config,
    says,
    serving,
    session_answers,
    stand_in,
    write_workshop,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(pages_config(write_workshop(tmp_path_factory.mktemp("act") / "workshop"))) as url:
        yield url


@pytest.fixture
def context(browser, address):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(10_000)
    stand_in(context)
    yield context
    context.close()


@pytest.fixture
def page(context, address):
    return opened(context, address, "chapters/middle")


def card(page, action, at=0):
    return page.locator(f".action[data-action={action}]").nth(at)


def test_nothing_runs_by_itself_and_what_is_shown_is_sent(context, address):
    """Only a click runs a command, and the text sent is the text shown (security row 70)."""
    page = opened(context, address)
    stand = frame(page)
    assert stand.evaluate("heard.filter(({type}) => type === 'run')") == []

    page.locator(".action-run").first.click()

    run = asked(stand)
    assert run["text"] == page.locator(".action-text code").first.text_content() == "echo first"
    assert (run["interrupt"], run["force"]) == (False, False)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"state": "running"}, "running …"),
        ({"state": "done", "status": 0, "seconds": 0.42}, "✓ done in 0.4 s"),
        ({"state": "done", "status": 0, "seconds": 125.2}, "✓ done in 2 min 5 s"),
        ({"state": "failed", "status": 1, "seconds": 0.1}, "✗ failed (exit 1)"),
        ({"state": "failed", "status": 130, "seconds": 3}, "■ stopped after 3.0 s"),
        ({"state": "unrun"}, "✗ not run: what ran before took it, or an interrupt threw it away"),
        ({"state": "offline"}, "✗ not sent: terminal 1 is offline"),
        ({"state": "ended"}, "✗ not sent: the shell in terminal 1 has ended"),
    ],
    ids=["running", "done", "long", "failed", "stopped", "unrun", "offline", "ended"],
)
def test_states_are_said_in_words_and_sign(context, address, result, words):
    """Each state of a command has words of its own, in a status that is announced."""
    page = opened(context, address)
    block = page.locator(".action").first
    block.locator(".action-run").click()
    stand = frame(page)

    says(stand, type="run", id=asked(stand)["id"], **result)

    expect(block.get_by_role("status")).to_have_text(words)


def test_marks_survive_turning_pages_and_reload(context, address):
    """A done mark is there after a page turn and a reload, and the button says Run again."""
    page = opened(context, address)
    block = page.locator(".action").first
    block.locator(".action-run").click()
    stand = frame(page)
    page.get_by_role("link", name="Next: The middle").click()
    expect(page.locator("article h1")).to_have_text("The middle")
    says(stand, type="run", id=asked(stand)["id"], state="done", status=0, seconds=0.4)

    page.go_back()
    expect(block.get_by_role("status")).to_have_text("✓ done in 0.4 s")
    expect(block.locator(".action-run")).to_have_text("Run again")
    page.reload()

    expect(block.get_by_role("status")).to_have_text("✓ done in 0.4 s")


def test_a_reload_keeps_the_mark_of_what_runs(context, address):
    """A block that runs says so after a reload, asks its terminal, and ends with its real result;
    one that the terminal does not know any more has no mark."""
    page = opened(context, address)
    block = page.locator(".action").first
    block.locator(".action-run").click()
    stand = frame(page)
    first = asked(stand)["id"]
    says(stand, type="run", id=first, state="running")
    expect(block.get_by_role("status")).to_have_text("running …")

    page.reload()
    expect(block.get_by_role("status")).to_have_text("running …")
    stand = frame(page)
    follows = "heard.filter(({type}) => type === 'follow').map(({id}) => id)"
    stand.wait_for_function(f"{follows}.length")
    assert stand.evaluate(follows) == [first]
    says(stand, type="run", id=first, state="failed", status=6, seconds=1)
    expect(block.get_by_role("status")).to_have_text("✗ failed (exit 6)")

    block.locator(".action-run").click()
    second = asked(stand)["id"]
    says(stand, type="run", id=second, state="running")
    page.reload()
    stand = frame(page)
    stand.wait_for_function(f"{follows}.length")
    says(stand, type="run", id=second, state="lost")
    expect(block.get_by_role("status")).to_have_text("✗ failed (exit 6)")
    page.reload()
    assert frame(page).evaluate(follows) == []


def test_a_terminal_that_is_not_on_screen_comes_on_screen(page):
    """A command for terminal 2 opens the layout with two, one for a named terminal its own tab."""
    born = frame(page).evaluate("born")
    card(page, "execute").get_by_role("button", name="Run in terminal 2").click()
    assert asked(frame(page, "2"))["text"] == "sleep 5"
    expect(page.locator(".frame:visible")).to_have_count(2)
    card(page, "execute", 1).get_by_role("button", name="Run in terminal logs").click()

    assert asked(frame(page, "logs"))["text"] == "tail -f log"
    expect(page.get_by_role("tab", name="logs")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".frame:visible")).to_have_count(1)
    page.get_by_role("tab", name="Terminal", exact=True).click()
    expect(page.locator(".frame:visible")).to_have_count(2)
    assert frame(page).evaluate("born") == born


def test_put_away_work_area_comes_back_for_a_command(page):
    """With only the notes on screen, running a command shows the terminal again."""
    page.get_by_role("button", name="Notes only").click()

    card(page, "execute").locator(".action-run").click()

    expect(page.locator("#work")).to_be_visible()


def test_busy_terminal_asks_once_for_that_command(page):
    """A busy terminal is not typed into before the reader says so."""
    block = card(page, "execute")
    block.locator(".action-run").click()
    stand = frame(page, "2")
    says(stand, type="run", id=asked(stand)["id"], state="asking")
    question = block.get_by_role("group", name="Terminal 2 is still busy")
    expect(question.get_by_role("button", name="Run anyway")).to_be_focused()

    question.get_by_role("button", name="Cancel").click()
    expect(question).to_have_count(0)
    expect(block.locator(".action-run")).to_be_focused()
    block.locator(".action-run").click()
    says(stand, type="run", id=asked(stand, 2)["id"], state="asking")
    question.get_by_role("button", name="Run anyway").click()

    run = asked(stand, 3)
    assert (run["force"], run["text"]) == (True, "sleep 5")
    expect(question).to_have_count(0)


def test_half_typed_line_is_asked_about(page):
    """Where something is typed already the question says so."""
    block = card(page, "execute")
    block.locator(".action-run").click()
    stand = frame(page, "2")
    says(stand, type="run", id=asked(stand)["id"], state="asking", taken=True)

    question = block.get_by_role("group", name="Something is already typed in terminal 2")
    expect(question.get_by_role("button", name="Run anyway")).to_be_focused()


@pytest.mark.parametrize("answer", ["Run anyway", "Cancel"])
def test_edited_text_is_asked_about_too(page, answer):
    """A busy terminal asks for an edited text as well, and runs what was edited, or nothing."""
    block = card(page, "copy-and-edit")
    block.get_by_role("button", name="Copy and edit").click()
    dialog = page.get_by_role("dialog", name="Edit, then copy or run")
    dialog.get_by_label("Text").fill("export NAME=bob")
    dialog.get_by_role("button", name="Run in terminal 1").click()
    stand = frame(page)
    says(stand, type="run", id=asked(stand)["id"], state="asking")
    question = block.get_by_role("group", name="Terminal 1 is still busy")

    question.get_by_role("button", name=answer).click()

    expect(question).to_have_count(0)
    expect(block.get_by_role("button", name="Copy and edit")).to_be_focused()
    if answer == "Run anyway":
        run = asked(stand, 2)
        assert (run["force"], run["text"]) == (True, "export NAME=bob")
    else:
        assert stand.evaluate("heard.filter(({type}) => type === 'run').length") == 1


def test_interrupt_goes_out_at_once(page):
    """An interrupt is sent as one, never asked about."""
    card(page, "interrupt").locator(".action-run").click()
    stand = frame(page)

    run = asked(stand)
    assert run["interrupt"] is True
    says(stand, type="run", id=run["id"], state="sent")
    expect(card(page, "interrupt").get_by_role("status")).to_have_text("✓ interrupted")


def test_copy_takes_the_text_as_it_is(page):
    """Copying puts the block's text into the clipboard and says so."""
    card(page, "copy").get_by_role("button", name="Copy").click()

    expect(card(page, "copy").get_by_role("status")).to_have_text("✓ copied")
    assert page.evaluate("navigator.clipboard.readText()") == "some text\n  to copy"


def test_copy_works_without_a_secure_context(page):
    """Where the clipboard's own interface is missing, the old way copies."""
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate(
        "document.addEventListener('copy', () =>"
        " (window.taken = document.activeElement.value), {once: true})"
    )
    card(page, "copy").get_by_role("button", name="Copy").click()

    expect(card(page, "copy").get_by_role("status")).to_have_text("✓ copied")
    assert page.evaluate("window.taken") == "some text\n  to copy"


def test_copy_and_edit_lets_the_reader_change_the_text(page):
    """The text can be changed, then copied or run; Escape changes nothing."""
    block = card(page, "copy-and-edit")
    block.get_by_role("button", name="Copy and edit").click()
    dialog = page.get_by_role("dialog", name="Edit, then copy or run")
    dialog.get_by_label("Text").fill("export NAME=ada")
    dialog.get_by_role("button", name="Copy").click()
    expect(block.get_by_role("status")).to_have_text("✓ copied")
    assert page.evaluate("navigator.clipboard.readText()") == "export NAME=ada"

    block.get_by_role("button", name="Copy and edit").click()
    expect(dialog.get_by_label("Text")).to_have_value("export NAME=me")
    dialog.get_by_label("Text").fill("export NAME=bob")
    dialog.get_by_role("button", name="Run in terminal 1").click()
    assert asked(frame(page))["text"] == "export NAME=bob"
    block.get_by_role("button", name="Copy and edit").click()
    expect(dialog.get_by_label("Text")).to_be_focused()
    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()


def test_actions_work_from_the_keyboard(page):
    """Tab reaches the buttons, Enter presses them, and the focus shows."""
    button = card(page, "execute").locator(".action-run")
    page.locator("article h1").focus()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    assert button.evaluate("b => getComputedStyle(b).outlineStyle") == "solid"

    page.keyboard.press("Enter")

    assert asked(frame(page, "2"))["text"] == "sleep 5"


def test_phone_runs_commands_from_the_notes(context, address):
    """On a narrow page the reader stays in the notes and the card says what became of it."""
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    block = page.locator(".action").first

    block.locator(".action-run").click()
    stand = frame(page)
    says(stand, type="run", id=asked(stand)["id"], state="done", status=0, seconds=1.2)

    expect(block.get_by_role("status")).to_have_text("✓ done in 1.2 s")
    expect(page.locator("#notes")).to_be_visible()
    assert stand.evaluate("innerWidth") == 360


def test_messages_of_strangers_are_not_heard(context, address):
    """Only a terminal's own frame of our origin can say what became of a command."""
    page = opened(context, address)
    block = page.locator(".action").first
    block.locator(".action-run").click()
    stand = frame(page)
    run = asked(stand)
    page.evaluate(
        "id => postMessage({kind: 'workshop', type: 'run', id, state: 'failed', status: 9}, '*')",
        run["id"],
    )
    says(stand, type="run", id=run["id"], state="running")

    expect(block.get_by_role("status")).to_have_text("running …")


def test_terminal_that_never_answers_is_offered_again(context, address):
    """A frame that stays silent shows words and a button; the command says so too."""
    context.clock.install()
    page = opened(context, address)
    session_answers(page, 502)
    page.route("**/terminals/1*", lambda route: route.fulfill(body="", content_type="text/html"))
    page.get_by_role("button", name="Menu").hover()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("menuitem", name="Reload terminal").click()
    page.locator(".action-run").first.click()
    status = page.locator(".action").first.get_by_role("status").first
    expect(status).to_have_text("waiting for terminal 1 …")

    context.clock.fast_forward(13_000)

    expect(page.locator(".frame-words").first).to_have_text("Terminal 1 does not answer.")
    expect(status).to_have_text("✗ not sent: terminal 1 is offline")
    expect(page.locator("#banners")).to_contain_text("does not answer right now")
    page.unroute("**/terminals/1*")
    page.get_by_role("button", name="Try again").click()
    frame(page)
