"""Tabs in a real Chromium, in a real session: each kind shown, and nothing of it let out."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.product import Product, running_product
from tests.sites import Site, foreign_site
from tests.test_e2e_axe import violations
from tests.test_e2e_journey import log_in, terminal, wait_for_text
from tests.waiting import until

pytestmark = pytest.mark.slow

#: A page of others.
OTHERS = """<!doctype html><html lang="en"><title>elsewhere</title><h1>Elsewhere</h1>
<a href="#one">one</a> <a href="#two" id="last">two</a> <button>Tear down</button></html>"""
#: What it tries when somebody clicks on it, as only then a browser lets a page lead others away.
ESCAPES = {
    "read": "top.document.title",
    "lead away": "top.location = `${location.origin}/taken`",
    "close": "top.close()",
    "window instead": "window.open(`${location.origin}/taken`, '_top').focus()",
}
#: The same from a window that it opens, which is in no sandbox.
FROM_A_WINDOW = {
    "read": "opener.parent.document.title",
    "lead away": "opener.top.location = `${location.origin}/taken`",
    "instead": "opener.parent.location.replace(`${location.origin}/taken`)",
}
#: What the dashboard's page does when a terminal's view tells it so.
MESSAGES = [
    {"type": "title", "title": "forged"},
    {"type": "ready"},
    {"type": "font", "size": 30, "step": 9},
    {"type": "connection", "state": "ended"},
    {"type": "relay", "call": 1, "name": "forged", "id": "x", "text": "echo forged"},
    {"type": "shortcut", "key": "Shift+F6"},
    {"type": "ports", "ports": [8080]},
    {"type": "fresh-login"},
]


LINKS = """
[open it](open:second-only) [at a page](open:second-only/deep?x=1#y) [reload](reload:second-only)
[close it](close:second-only) [the logs](open:logs)
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with foreign_site() as running:
        running.url = running.url.replace("elsewhere.localhost", "127.0.0.1")
        running.page = OTHERS
        running.headers = {"/closed": {"X-Frame-Options": "DENY"}}
        yield running


@pytest.fixture(scope="module")
def product(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    workshop = tmp_path_factory.mktemp("tabs") / "workshop"
    (workshop / "chapters").mkdir(parents=True)
    (workshop / "workshop.yaml").write_text(f"""\
title: Tabs
tabs:
- name: Elsewhere
  url: {site.url}
- name: Closed
  url: {site.url}closed
- terminal
- name: Logs
  terminal: logs
  command: echo begun-$((1+1))-in-$(pwd)
- name: Second only
  url: {site.url}second
  chapters: [two]
""")
    for number, name in enumerate(("one", "two"), 1):
        (workshop / "chapters" / f"0{number}-{name}.md").write_text(f"# {name}\n\n{LINKS}\n")
    with running_product(WORKSHOP=str(workshop)) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=False)
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, product: Product, request: pytest.FixtureRequest) -> Page:
    name = re.sub("[^a-z]+", "-", request.node.name.removeprefix("test_"))[:24].strip("-")
    return log_in(context, product, name)


def tab(page: Page, name: str):
    return page.get_by_role("tab", name=name, exact=True)


def test_tabs_stand_in_order_and_load_on_first_use(page: Page, site: Site) -> None:
    """The row has the workshop's tabs in its order; only the one on screen is loaded, once."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    expect(page.get_by_role("tab")).to_have_text(["Elsewhere", "Closed", "Terminal", "Logs"])
    expect(tab(page, "Elsewhere")).to_have_attribute("aria-selected", "true")
    frame = page.frame_locator("iframe[title=Elsewhere]")
    expect(frame.get_by_role("heading")).to_have_text("Elsewhere")
    assert page.locator("iframe").count() == 1

    tab(page, "Terminal").click()
    terminal(page)
    site.visits.clear()
    tab(page, "Elsewhere").click()

    expect(frame.get_by_role("heading")).to_be_visible()
    assert page.locator("iframe").count() == 2
    assert site.visits == []
    assert not wrong


def attempt(frame: Frame, act: str) -> str:
    """How something ends that a page does when somebody clicks on it."""
    frame.evaluate(
        """(act) => document.querySelector("h1").onclick = () => {
          try { new Function(act)(); window.ended = "done"; } catch { window.ended = "refused"; }
        }""",
        act,
    )
    frame.get_by_role("heading").click()
    ended: str = frame.evaluate("ended")
    return ended


def elsewhere(page: Page) -> Frame:
    """The frame of the page of others, once it is there."""
    expect(page.frame_locator("iframe[title=Elsewhere]").get_by_role("heading")).to_be_visible()
    return next(frame for frame in page.frames if frame.name == "" and "127.0.0.1" in frame.url)


def test_a_frame_gets_nowhere(page: Page, site: Site) -> None:
    """A page of others cannot read ours or lead it away, even when it is clicked; nor can a window
    that it opens, which it may."""
    home = page.url
    site.visits.clear()
    frame = elsewhere(page)
    sandbox = page.locator("iframe[title=Elsewhere]").get_attribute("sandbox") or ""
    assert set(sandbox.split()) == {
        "allow-scripts",
        "allow-same-origin",
        "allow-forms",
        "allow-popups",
        "allow-popups-to-escape-sandbox",
    }

    ends = {name: attempt(frame, act) for name, act in ESCAPES.items()}
    assert (ends["read"], ends["lead away"]) == ("refused", "refused")
    with page.expect_popup() as popup:
        attempt(frame, "window.open(`${location.origin}/window`)")
    window = popup.value
    window.wait_for_load_state()
    assert window.evaluate("opener !== null && opener !== opener.top")
    for act in FROM_A_WINDOW.values():
        assert attempt(window.main_frame, act) == "refused"
    window.close()

    assert page.url == home
    assert not page.is_closed()
    assert "/taken" not in [path for path, _ in site.visits]


def test_what_others_say_is_not_heard(page: Page, site: Site) -> None:
    """A page of another origin in the place of a terminal's view, or of a window that we opened,
    is neither: what it says leads to nothing, nor what the frame of a tab says."""
    other = elsewhere(page)
    tab(page, "Terminal").click()
    view = terminal(page)
    view.evaluate("url => location.replace(url)", f"{site.url}terminal")
    view.wait_for_url(f"{site.url}terminal")
    with page.expect_popup() as popup:
        page.evaluate("url => { open(url); }", f"{site.url}window")
    popup.value.wait_for_load_state()
    page.bring_to_front()
    page.evaluate(
        """() => {
          window.said = [];
          addEventListener("message", ({origin}) => {
            if (origin !== location.origin) said.push(origin);
          });
        }"""
    )
    before = state_of(page)

    for speaker, main in ((view, "parent"), (other, "parent"), (popup.value, "opener")):
        speaker.evaluate(
            f"all => all.forEach((one) => {main}.postMessage({{kind: 'workshop', ...one}}, '*'))",
            MESSAGES,
        )
    until(lambda: page.evaluate("said.length") == 3 * len(MESSAGES), what="what was said")

    assert state_of(page) == before


def state_of(page: Page) -> dict[str, object]:
    """What messages of terminals, and of notes in a window, change in the dashboard's page."""
    found: dict[str, object] = page.evaluate(
        """() => ({
          titles: [...document.querySelectorAll("iframe")].map(({title}) => title),
          ready: document.querySelectorAll(".frame.ready").length,
          place: JSON.stringify({...localStorage, ...sessionStorage}),
          focus: document.activeElement.tagName,
          words: document.body.innerText,
        })"""
    )
    return found


def test_a_page_that_refuses_frames_is_offered_in_a_window(page: Page, site: Site) -> None:
    """The dashboard has asked: the tab says why, and the way on works."""
    tab(page, "Closed").click()
    pane = page.locator(".pane:not([hidden])")
    expect(pane).to_contain_text("This page does not let itself be shown inside another.")
    with page.expect_popup() as popup:
        pane.get_by_role("link").click()

    assert popup.value.url == f"{site.url}closed"
    assert popup.value.evaluate("opener") is None


def test_a_terminal_of_the_workshop_s(page: Page) -> None:
    """A named terminal begins with its command, and a reload of the page leaves it as it is."""
    tab(page, "Logs").click()
    shell = terminal(page, "logs")
    wait_for_text(shell, "begun-2-in-/")
    page.reload()
    shell = terminal(page, "logs")
    wait_for_text(shell, "begun-2-in-/")

    assert shell.evaluate("document.querySelector('.screen').innerText").count("begun-2") == 1
    expect(tab(page, "Logs")).to_have_attribute("aria-selected", "true")


def test_tabs_of_a_chapter(page: Page) -> None:
    """A tab of one chapter comes and goes with it; what was shown stays when it can."""
    page.get_by_role("link", name=re.compile("^Next")).click()
    tab(page, "Second only").click()
    expect(page.frame_locator("iframe[title='Second only']").get_by_role("heading")).to_be_visible()

    page.get_by_role("link", name="one").click()

    expect(tab(page, "Second only")).to_have_count(0)
    expect(tab(page, "Elsewhere")).to_have_attribute("aria-selected", "true")


def test_keys_lead_in_and_out(page: Page) -> None:
    """Shift+F6 leads into the frame; before and behind it a button leads back to the notes."""
    view = page.frame_locator("iframe[title=Elsewhere]")
    expect(view.get_by_role("heading")).to_be_visible()
    page.locator("#notes").focus()

    page.keyboard.press("Shift+F6")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(view.get_by_role("button")).to_be_focused()
    page.keyboard.press("Tab")
    out = page.get_by_role("button", name="Back to the notes").last
    expect(out).to_be_focused()
    assert out.bounding_box()["height"] > 20
    page.keyboard.press("Enter")

    expect(page.locator("#notes")).to_be_focused()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_no_barriers(browser: Browser, product: Product, scheme: str, width: int):
    """The row of tabs, a shown page and one that cannot be shown have nothing axe objects to."""
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 844}, bypass_csp=True
    )
    page = log_in(context, product, f"axe-{scheme}")
    if width < 900:
        page.get_by_role("button", name="Terminal", exact=True).click()
    expect(page.frame_locator("iframe[title=Elsewhere]").get_by_role("heading")).to_be_visible()
    found = violations(page)
    tab(page, "Closed").click()
    expect(page.locator(".pane:not([hidden])")).to_contain_text("This page does not let")

    assert found + violations(page) == []
    context.close()


def test_links_of_the_notes(page: Page, site: Site) -> None:
    """A link opens a tab that is not of this chapter, at a page, loads it again and closes it."""
    notes = page.locator("#notes")
    view = page.frame_locator("iframe[title='Second only']")
    site.visits.clear()

    notes.get_by_role("link", name="at a page").click()
    expect(view.get_by_role("heading")).to_be_visible()
    expect(tab(page, "Second only")).to_have_attribute("aria-selected", "true")
    notes.get_by_role("link", name="open it").click()
    notes.get_by_role("link", name="reload").click()
    until(lambda: len(shown(site)) == 2, what="the page loaded again")
    notes.get_by_role("link", name="close it").click()

    expect(tab(page, "Second only")).to_have_count(0)
    assert shown(site) == ["/deep?x=1"] * 2
    assert page.url.endswith("/")
    notes.get_by_role("link", name="the logs").click()
    expect(tab(page, "Logs")).to_have_attribute("aria-selected", "true")
    with page.context.expect_page() as other:
        notes.get_by_role("link", name="at a page").click(modifiers=["Control"])
    other.value.wait_for_url(f"{site.url}deep?x=1#y")


def shown(site: Site) -> list[str]:
    """Which visits to the page were a browser's; the dashboard asks only whether it is shown."""
    return [path for path, headers in site.visits if "Sec-Fetch-Dest" in headers and path != "/"]


def test_who_works_in_a_frame_is_heard_of(page: Page) -> None:
    """Going into a page of others counts as activity, once a minute."""
    told: list[str] = []
    page.on("request", lambda asked: told.append(asked.url) if "/active" in asked.url else None)
    view = page.frame_locator("iframe[title=Elsewhere]")

    with page.expect_response("**/api/active") as answer:
        view.get_by_role("heading").click()
    page.locator("#notes").click()
    view.get_by_role("heading").click()

    assert answer.value.status == 204
    assert len(told) == 1
