"""The page in a browser: turning pages, and the place that survives reload and return."""

import re

import pytest
from playwright.sync_api import expect

from tests.pages_fixtures import (
    asked,
    frame,
    opened,
    pages_config,
    says,
    serving,
    stand_in,
    write_workshop,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    workshop = write_workshop(tmp_path_factory.mktemp("place") / "workshop")
    with serving(pages_config(workshop, personal_code="K7QF2M")) as url:
        yield url


@pytest.fixture
def context(browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    stand_in(context)
    yield context
    context.close()


def share(page):
    """The part of the width that the notes have, in percent."""
    box = page.locator("#notes").bounding_box()
    return round(100 * box["width"] / page.viewport_size["width"])


def test_turning_pages_keeps_the_terminal(context, address):
    """Next, previous, chapter list, links and the browser's way back turn the page; frames stay."""
    page = opened(context, address)
    born = frame(page).evaluate("born")

    page.get_by_role("link", name="Next: The middle").click()
    expect(page.locator("article h1")).to_have_text("The middle")
    expect(page.locator("#progress-words")).to_have_text("2 of 3")
    expect(page).to_have_title("The middle – Small things")
    expect(page.locator("article h1")).to_be_focused()
    page.get_by_role("button", name="Chapters", exact=True).click()
    page.get_by_role("navigation", name="Chapters").get_by_role("link", name="The end").click()
    expect(page.locator("article h1")).to_have_text("The end")
    page.go_back()
    expect(page.locator("article h1")).to_have_text("The middle")
    assert page.url == f"{address}chapters/middle"
    page.keyboard.press("Alt+PageUp")
    expect(page.locator("article h1")).to_contain_text("Start")
    page.get_by_role("link", name="the end").click()
    expect(page.locator("article h1")).to_have_text("The end")

    assert frame(page).evaluate("born") == born


def test_finish_says_what_was_done(context, address):
    """After the last chapter the reader sees what was read, and the author's link on."""
    page = opened(context, address, "chapters/end")

    page.get_by_role("link", name="Take the next one").click()

    expect(page.locator("article h1")).to_have_text("That was all of it")
    lines = page.locator(".done-list li")
    expect(lines.nth(0)).to_contain_text("not read")
    expect(lines.nth(2)).to_contain_text("✓ read")
    assert page.url == f"{address}finish"
    page.reload()
    expect(page.locator("article h1")).to_have_text("That was all of it")


@pytest.mark.parametrize("state", [("done", 0), ("failed", 2), ("failed", 130)])
def test_finish_counts_what_was_run(context, address, state):
    """A command counts once it was run to an end, also one that fails or is stopped; what is run of
    a copied text, and marks of a text that has changed since, do not count."""
    page = opened(context, address)
    page.locator(".action-run").first.click()
    stand = frame(page)
    run = asked(stand)["id"]
    says(stand, type="run", id=run, state=state[0], status=state[1], seconds=1)
    expect(page.locator(".action").first).to_have_attribute(
        "data-state", re.compile("done|failed|stop")
    )
    page.goto(f"{address}chapters/middle")
    block = page.locator(".action[data-action=copy-and-edit]")
    block.get_by_role("button", name="Copy and edit").click()
    page.get_by_role("button", name="Run in terminal 1").click()
    stand = frame(page)
    says(stand, type="run", id=asked(stand)["id"], state="done", status=0, seconds=1)
    expect(block.get_by_role("status")).to_contain_text("✓ done")
    page.evaluate("""() => {
      const name = "workshop.place/ada/Small things";
      dispatchEvent(new Event("pagehide"));
      const place = JSON.parse(localStorage.getItem(name));
      place.marks.middle["action-1:changed"] = {state: "done"};
      localStorage.setItem(name, JSON.stringify(place));
    }""")

    page.goto(f"{address}finish")

    lines = page.locator(".done-list li")
    expect(lines.nth(0)).to_contain_text("✓ its command done")
    expect(lines.nth(1)).to_contain_text("0 of 2 commands done")
    expect(lines.nth(2)).to_contain_text("not read")


def test_chapters_opened_by_any_way_are_read(context, address):
    """Read is what was on screen and left, by address, by the way back or by a link."""
    page = opened(context, address, "chapters/end")
    page.goto(f"{address}chapters/middle")
    page.locator(".pager [rel=prev]").click()
    expect(page.locator("article h1")).to_contain_text("Start")
    page.go_back()
    expect(page.locator("article h1")).to_have_text("The middle")
    page.goto(f"{address}finish")

    lines = page.locator(".done-list li")
    expect(lines.nth(0)).to_contain_text("0 of 1 commands done")
    expect(lines.nth(1)).to_contain_text("0 of 2 commands done")
    expect(lines.nth(2)).to_contain_text("✓ read")


def test_the_bar_is_full_on_the_finish_only(context, address):
    """The bar shows what lies behind the reader, whether the page is turned or loaded."""
    page = opened(context, address, "chapters/middle")
    bar = page.locator("#progress")
    seen = [bar.evaluate("bar => bar.position")]
    for name in ("Next: The end", "Take the next one"):
        page.get_by_role("link", name=name).click()
        position = "document.querySelector('#progress').position"
        page.wait_for_function(f"seen => {position} > seen", arg=seen[-1])
        seen.append(bar.evaluate("bar => bar.position"))
    page.reload()

    assert [round(3 * part) for part in seen] == [1, 2, 3]
    assert bar.evaluate("bar => bar.position") == 1


def test_place_survives_reload_and_return(context, address):
    """Chapter, scroll, layout, divider, tab and text size are as they were left."""
    page = opened(context, address)
    page.get_by_role("button", name="3 terminals").click()
    page.locator("#divider").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.locator("#notes").evaluate("notes => notes.scrollTop = 300")
    page.wait_for_function(
        "() => JSON.parse(localStorage.getItem('workshop.place/ada/Small things') ?? '{}')"
        ".scroll?.start === 300"
    )
    assert share(page) == 50

    page.reload()
    expect(page.locator(".frame:visible")).to_have_count(3)
    assert share(page) == 50
    assert page.locator("#notes").evaluate("notes => notes.scrollTop") == 300
    page.get_by_role("link", name="Next: The middle").click()
    expect(page.locator("article h1")).to_have_text("The middle")
    assert page.locator("#notes").evaluate("notes => notes.scrollTop") == 0
    page.close()

    again = opened(context, address)
    expect(again.locator("article h1")).to_have_text("The middle")
    expect(again.locator("#divider")).to_have_attribute("aria-valuenow", "50")


def test_a_link_to_a_chapter_wins_over_the_place(context, address):
    """Who follows a link to a chapter sees that chapter, wherever they were before."""
    opened(context, address, "chapters/end").close()

    page = opened(context, address, "chapters/middle")

    expect(page.locator("article h1")).to_have_text("The middle")


def test_the_right_state_is_there_at_the_first_paint(context, address):
    """Theme, split and sides are set before anything is painted, so nothing flashes."""
    page = opened(context, address)
    page.evaluate(
        "localStorage.setItem('workshop.look', '{\"theme\":\"dark\"}');"
        "localStorage.setItem('workshop.place/ada/Small things',"
        ' \'{"view":"notes","split":30}\')'
    )
    page.route("**/js/main.js", lambda route: route.abort())

    page.reload()

    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(root).to_have_attribute("data-view", "notes")
    assert page.evaluate("document.documentElement.style.getPropertyValue('--split')") == "30%"
    expect(page.locator("#work")).to_be_hidden()


def test_divider_moves_by_pointer_and_keys(context, address):
    """The divider is dragged, stops at its limits, and a double click puts it back."""
    page = opened(context, address)
    divider = page.locator("#divider")
    frame(page)
    box = divider.bounding_box()
    page.mouse.move(box["x"] + 4, 400)
    page.mouse.down()
    page.mouse.move(1000, 420, steps=4)
    page.mouse.up()
    expect(divider).to_have_attribute("aria-valuenow", re.compile(r"^69|^70"))
    assert share(page) in {69, 70}
    divider.focus()
    page.keyboard.press("Home")
    expect(divider).to_have_attribute("aria-valuenow", "20")
    page.keyboard.press("End")
    expect(divider).to_have_attribute("aria-valuenow", "80")
    divider.dblclick()
    expect(divider).to_have_attribute("aria-valuenow", "40")


def test_each_side_can_be_put_away_and_got_back(context, address):
    """The header's three buttons show notes, work or both; the terminal is not loaded anew."""
    page = opened(context, address)
    born = frame(page).evaluate("born")

    page.get_by_role("button", name="Notes only").click()
    expect(page.locator("#work")).to_be_hidden()
    page.get_by_role("button", name="Work only").click()
    expect(page.locator("#notes")).to_be_hidden()
    page.get_by_role("button", name="Notes and work side by side").click()
    expect(page.locator("#notes")).to_be_visible()

    assert frame(page).evaluate("born") == born


def test_personal_code_is_shown_until_it_is_kept(context, tmp_path):
    """The code stands under the header on the first visit, and in the menu ever after."""
    workshop = write_workshop(tmp_path / "workshop")
    with serving(pages_config(workshop, personal_code="K7QF2M")) as url:
        page = opened(context, url)
        expect(page.locator("#personal-code")).to_contain_text("K7QF2M")

        page.get_by_role("button", name="I have kept it").click()
        expect(page.locator("#personal-code")).to_have_count(0)
        page.reload()

        expect(page.locator("#personal-code")).to_be_hidden()
        page.get_by_role("button", name="Menu").click()
        expect(page.locator("#menu")).to_contain_text("K7QF2M")


def test_personal_code_is_news_only_once(browser, tmp_path):
    """Who goes on has seen the code: it is gone here, and no news in the person's next browser."""
    workshop = write_workshop(tmp_path / "workshop")
    with serving(pages_config(workshop, personal_code="K7QF2M")) as url:
        with browser.new_context() as first:
            stand_in(first)
            page = opened(first, url)
            expect(page.locator("#personal-code")).to_be_visible()
            with page.expect_response("**/code-seen") as seen:
                page.get_by_role("link", name="Next").click()
            assert seen.value.status == 204
            expect(page.locator("#personal-code")).to_have_count(0)
        with browser.new_context() as second:
            stand_in(second)
            expect(opened(second, url).locator("#personal-code")).to_have_count(0)


def test_narrow_page_switches_panes(context, address):
    """Below 900 pixels notes and terminal take turns, and the terminal loads when first shown."""
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    expect(page.locator("#work")).to_be_hidden()
    assert page.locator(".frame").count() == 0

    page.get_by_role("button", name="Terminal", exact=True).click()
    frame(page)
    expect(page.locator("#notes")).to_be_hidden()
    page.reload()

    expect(page.locator("#work")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_menu_is_a_menu(context, address):
    """Arrows, letters and Escape work in the menu; theme and text size are kept."""
    page = opened(context, address)
    stand = frame(page)
    button = page.get_by_role("button", name="Menu")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Reload notes")).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Open notes in a window")).to_be_focused()
    page.keyboard.press("l")
    page.keyboard.press("l")
    page.get_by_role("menuitemradio", name="Dark").click()
    page.get_by_role("menuitem", name="Larger text").click()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(page.locator("#menu")).to_be_hidden()

    stand.wait_for_function("heard.some(({type, size}) => type === 'font' && size === 15)")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.locator("#notes").evaluate("n => getComputedStyle(n).fontSize") == "17.6px"


def test_keys_lead_from_terminal_to_notes_and_back(context, address):
    """Shift+F6 moves between notes and terminal, and Shift+F1 lists the keys."""
    page = opened(context, address)
    stand = frame(page)
    page.locator("#notes").focus()
    page.keyboard.press("Shift+F6")
    stand.wait_for_function("heard.some(({type}) => type === 'focus')")
    stand.evaluate("say({type: 'shortcut', key: 'Shift+F6'})")
    expect(page.locator("#notes")).to_be_focused()

    page.keyboard.press("Shift+F1")

    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_hidden()


def test_notes_can_be_read_without_scripts(browser, address):
    """Without JavaScript the chapter, its neighbours and the list of chapters are there."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)

    page.get_by_role("link", name="Next: The middle").click()
    assert page.get_by_role("heading", name="The middle").is_visible()
    page.get_by_role("button", name="Chapters", exact=True).click()
    page.get_by_role("navigation", name="Chapters").get_by_role("link", name="The end").click()

    assert page.get_by_role("heading", name="The end").is_visible()
    context.close()


def test_notes_in_a_window_run_in_the_main_one(context, address):
    """Notes opened in a window of their own run their commands in the terminals of the first."""
    page = opened(context, address)
    frame(page)
    page.get_by_role("button", name="Menu").click()
    with page.expect_popup() as popup:
        page.get_by_role("menuitem", name="Open notes in a window").click()
    notes = popup.value
    notes.wait_for_selector("[role=tab]", state="attached")
    expect(notes.locator("#work")).to_be_hidden()
    expect(page.locator("#notes")).to_be_hidden()

    notes.locator(".action-run").first.click()
    run = frame(page).wait_for_function("heard.find(({type}) => type === 'run')").json_value()
    assert run["text"] == "echo first"
    frame(page).evaluate(
        "id => say({type: 'run', id, state: 'done', status: 0, seconds: 0.4})", run["id"]
    )

    expect(notes.locator(".action-state").first).to_have_text("✓ done in 0.4 s")
    assert notes.locator("iframe").count() == 0
