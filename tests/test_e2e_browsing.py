"""The whole product in Chromium: what leaves it, its other view, hands that never touch a mouse."""

import json
import re

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import launch
from tests.product import running_product
from tests.sites import foreign_site
from tests.test_e2e_journey import SCREEN, log_in, terminal, turn, wait_for_text
from tests.waiting import until

pytestmark = pytest.mark.slow

CHAPTER = """# Ways out

A [link elsewhere]({site}away) and a picture ![of it]({site}picture.png).

```bash execute
echo clicked-$((6*7))
```

```bash execute
sleep 30
```

```bash copy
copied by hand
```
"""


@pytest.fixture(scope="module")
def site():
    with foreign_site() as found:
        yield found


@pytest.fixture(scope="module")
def product(site, tmp_path_factory):
    workshop = tmp_path_factory.mktemp("workshop")
    (workshop / "chapters").mkdir()
    (workshop / "workshop.yaml").write_text("title: Ways out\n")
    (workshop / "chapters" / "01-ways.md").write_text(CHAPTER.format(site=site.url))
    (workshop / "chapters" / "02-more.md").write_text("# More\n\nThe end.\n")
    tabs = json.dumps([{"name": "Spare", "terminal": "spare"}])
    with running_product(WORKSHOP=str(workshop), WORKSHOP_TABS=tabs) as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    yield context
    context.close()


def test_nothing_of_us_leaves_by_a_link(context, product, site):
    """A link to elsewhere carries no referrer and hands over no window; no address that the
    browser went through afterwards holds a token (security rows 66, 118)."""
    urls = []
    context.on("request", lambda request: urls.append(request.url))
    page = log_in(context, product, "ada")
    terminal(page)

    with context.expect_page() as opened:
        page.get_by_role("link", name="link elsewhere").click()
    opened.value.wait_for_load_state()

    [visit] = [headers for path, headers in site.visits if path == "/away"]
    assert "Referer" not in visit
    assert "Cookie" not in visit
    assert opened.value.evaluate("window.opener") is None
    # JupyterHub's own script asks for the start's progress with the form's token; a stream of
    # events has no headers. It is good for no login, and in no history.
    pages = [url for url in urls if "/server/progress?_xsrf=" not in url]
    assert not [url for url in pages if re.search(r"(token|ticket|password|_xsrf)=", url, re.I)]
    history = context.new_cdp_session(page).send("Page.getNavigationHistory")
    assert not [e for e in history["entries"] if re.search(r"[?&](code|state)=", e["url"])]
    assert "/picture.png" not in [path for path, _ in site.visits]


def test_referrer_of_a_terminal_link(context, product, site):
    """A web address in a terminal opens without telling where from (security row 118)."""
    page = log_in(context, product, "bea")
    frame = terminal(page)
    frame.locator(".screen textarea").first.focus()
    page.keyboard.type(f"echo '{site.url}from-terminal'")
    page.keyboard.press("Enter")
    wait_for_text(frame, f"\n{site.url}from-terminal")
    box = frame.locator(".xterm-screen").bounding_box()
    rows = frame.evaluate("document.querySelector('.screen').terminal.rows")
    line = frame.evaluate(SCREEN).splitlines().index(f"{site.url}from-terminal")
    place = box["x"] + 60, box["y"] + box["height"] / rows * (line + 0.5)

    def over():
        page.mouse.move(place[0], place[1] + 60)
        page.mouse.move(*place)
        return frame.locator(".xterm-cursor-pointer").count()

    until(over, what="a link under the pointer", every=0.1)
    with context.expect_page() as opened:
        page.mouse.click(*place)
    opened.value.wait_for_load_state()

    [visit] = [headers for path, headers in site.visits if path == "/from-terminal"]
    assert "Referer" not in visit


def test_butterfly_runs_what_is_clicked(context, product):
    """The menu switches to Butterfly's own page, a click runs a command in the same shell, and
    the mark says done; the way back shows the same screen."""
    page = log_in(context, product, "cid")
    frame = terminal(page)
    frame.locator(".screen textarea").first.focus()
    page.keyboard.type("mine=from-$((40+4))")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("menuitemradio", name="Butterfly").click()
    page.keyboard.press("Escape")
    handle = page.wait_for_selector(".frame.ready iframe[src*='/terminal/session/1']")
    other = handle.content_frame()
    card = page.locator(".action[data-action=execute]").first

    card.locator(".action-run").click()

    expect(card.locator(".action-state")).to_contain_text(re.compile("done"), timeout=15_000)
    expect(other.locator("body")).to_contain_text("clicked-42", timeout=15_000)
    other.locator("body").click()
    page.keyboard.type("echo $mine-again")
    page.keyboard.press("Enter")
    expect(other.locator("body")).to_contain_text("from-44-again", timeout=15_000)

    page.get_by_role("button", name="Menu").click()
    page.get_by_role("menuitemradio", name="xterm").click()
    page.keyboard.press("Escape")
    wait_for_text(terminal(page), "from-44-again")


def _tab_to(page, words, limit=60):
    """Press Tab until the element with this text or label has the focus."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate(
            "w => { const e = document.activeElement;"
            " return new RegExp(w).test(e.ariaLabel || e.textContent.trim()) }",
            words,
        ):
            return
    raise AssertionError(f"Tab does not reach {words!r}")


def test_an_operator_s_tab(context, product):
    """What is set at the start stands beside the workshop's own tabs."""
    page = log_in(context, product, "tess")
    page.get_by_role("tab", name="Spare").click()

    expect(page.frame_locator("iframe[src*='/terminals/spare']").locator(".screen")).to_be_visible()


def test_hands_on_the_keyboard_only(context, product):
    """From the link to a command that ran, the next chapter, the divider and the menu, without a
    mouse; a busy terminal asks once."""
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{product.port}/")
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("dan")
    page.keyboard.press("Tab")
    page.keyboard.type(product.environ["PASSWORD"])
    page.keyboard.press("Enter")
    page.wait_for_url(product.home("dan") + "**")
    terminal(page)
    page.locator("body").evaluate("() => document.activeElement.blur()")

    _tab_to(page, "^Run$")
    page.keyboard.press("Enter")
    first = page.locator(".action[data-action=execute]").nth(0)
    second = page.locator(".action[data-action=execute]").nth(1)
    expect(first.locator(".action-state")).to_contain_text("done", timeout=15_000)
    _tab_to(page, "^Run$")
    page.keyboard.press("Enter")
    expect(second.locator(".action-state")).to_contain_text(
        re.compile("running", re.I), timeout=15_000
    )
    page.keyboard.press("Shift+Tab")
    _tab_back_to(page, "^Run again$")
    page.keyboard.press("Enter")
    expect(first).to_contain_text(re.compile("busy", re.I), timeout=15_000)

    divider = page.get_by_role("separator")
    before = divider.get_attribute("aria-valuenow")
    divider.focus()
    page.keyboard.press("ArrowRight")
    expect(divider).not_to_have_attribute("aria-valuenow", before)
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Reload notes")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="Log out")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/hub/log"))


def _tab_back_to(page, words, limit=60):
    for _ in range(limit):
        if page.evaluate("w => new RegExp(w).test(document.activeElement.textContent)", words):
            return
        page.keyboard.press("Shift+Tab")
    raise AssertionError(f"Shift+Tab does not reach {words!r}")


def test_the_place_outlives_the_session(context, product):
    """Chapter, layout and divider are as they were after the session was started anew."""
    page = log_in(context, product, "eve")
    terminal(page)
    turn(page)
    page.get_by_role("button", name="2 terminals").click()
    divider = page.get_by_role("separator").first
    divider.focus()
    page.keyboard.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", "42")
    place = page.evaluate(PLACE)

    page.goto(f"{product.url}/hub/session/restart")
    page.get_by_role("button", name=re.compile("Restart")).click()
    page.wait_for_url(product.home("eve") + "**")

    terminal(page)
    assert page.evaluate(PLACE) == place


PLACE = """() => ({
  chapter: document.querySelector("article h1").textContent,
  frames: [...document.querySelectorAll(".frame")].filter((f) => f.checkVisibility()).length,
  divider: document.querySelector("[role=separator]").getAttribute("aria-valuenow"),
})"""
