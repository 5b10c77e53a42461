"""When something is wrong: the page says what, and what to do; it never stands blank."""

import socket

import pytest
from playwright.sync_api import expect

from tests.pages_fixtures import (
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
    with serving(pages_config(write_workshop(tmp_path_factory.mktemp("say") / "workshop"))) as url:
        yield url


@pytest.fixture
def context(browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    stand_in(context)
    yield context
    context.close()


@pytest.fixture
def page(context, address):
    return opened(context, address)


@pytest.mark.parametrize(
    ("status", "words", "link"),
    [
        (401, "Your login has ended.", "Log in again"),
        (424, "Your session has stopped.", "Start it again"),
        (503, "does not answer right now", None),
        (0, "The connection is gone.", None),
    ],
    ids=["login ended", "stopped", "away", "offline"],
)
def test_lost_terminal_is_explained(page, status, words, link):
    """When a terminal is away the page finds out why, and offers the way on."""
    stand = frame(page)
    session_answers(page, status)

    says(stand, type="connection", state="offline")

    banner = page.locator("#banners .banner")
    expect(banner).to_contain_text(words)
    if link:
        expect(banner.get_by_role("link", name=link)).to_be_visible()
    else:
        expect(banner.get_by_role("link")).to_have_count(0)


def test_silence_is_no_answer(page):
    """A session whose machine is gone without a word: the page says so, asks again, and goes on."""
    page.route("**/api/session", lambda route: None)
    says(frame(page), type="connection", state="offline")
    banner = page.locator("#banners .banner")
    expect(banner).to_contain_text("does not answer right now", timeout=15_000)

    page.unroute("**/api/session")
    session_answers(page, 424)

    expect(banner).to_contain_text("Your session has stopped.", timeout=15_000)


def test_session_that_stopped_is_started_at_the_hub(page):
    """The way on from a stopped session is the hub's page that starts it."""
    session_answers(page, 404)
    says(frame(page), type="connection", state="offline")

    link = page.get_by_role("link", name="Start it again")
    expect(link).to_have_attribute("href", "http://127.0.0.1:9/hub/spawn/ada")


def test_quiet_line_goes_when_the_terminal_is_back(page):
    """A terminal that reconnects by itself leaves no line behind."""
    stand = frame(page)
    says(stand, type="connection", state="offline")
    expect(page.locator("#banners .banner")).to_contain_text("The connection is gone.")

    says(stand, type="connection", state="online")

    expect(page.locator("#banners .banner")).to_have_count(0)


def test_ended_login_is_said_at_once(page):
    """A terminal that was told that the login ended makes the page say so."""
    says(frame(page), type="connection", state="ended")

    expect(page.get_by_role("link", name="Log in again")).to_be_visible()


def test_login_asked_for_in_the_terminal_reloads_the_page(page):
    """Who presses "Log in again" in a terminal goes through the login with the whole page."""
    with page.expect_navigation():
        says(frame(page), type="fresh-login")


def test_page_that_cannot_be_turned_says_why(page):
    """A chapter that cannot be fetched leaves the one on screen, with a line and a way on."""
    page.route("**/notes/*", lambda route: route.abort())
    session_answers(page, 401)

    page.get_by_role("link", name="Next: The middle").click()

    expect(page.get_by_role("link", name="Log in again")).to_be_visible()
    expect(page.locator("article h1")).to_contain_text("Start")
    expect(page.locator("#notes")).to_have_attribute("aria-busy", "false")


def test_terminals_on_demand(page):
    """The plus opens further terminals in tabs of their own; closing one keeps the others."""
    born = frame(page).evaluate("born")
    page.get_by_role("button", name="New terminal").click()
    frame(page, "4")
    page.get_by_role("button", name="New terminal").click()
    frame(page, "5")
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_text(["Terminal", "Terminal 4", "Terminal 5"])
    page.get_by_role("button", name="Close Terminal 5").click()
    expect(tabs).to_have_text(["Terminal", "Terminal 4"])
    page.keyboard.press("ArrowLeft")
    expect(tabs.first).to_be_focused()
    expect(tabs.first).to_have_attribute("aria-selected", "true")

    assert frame(page).evaluate("born") == born
    page.reload()
    expect(tabs).to_have_text(["Terminal", "Terminal 4"])
    assert page.locator(".frame").count() == 1


@pytest.mark.parametrize(
    ("layout", "shares"),
    [(1, [100]), (2, [60, 40]), (3, [50, 25, 25])],
    ids=["one", "two", "three"],
)
def test_layouts(page, layout, shares):
    """The layouts are one terminal, 60 to 40, and 50 to 25 to 25; hidden ones are not loaded."""
    page.locator(f"#layouts [data-layout='{layout}']").click()
    expect(page.locator(".frame:visible")).to_have_count(layout)

    heights = [box["height"] for box in (f.bounding_box() for f in page.locator(".frame").all())]

    assert [round(100 * height / (sum(heights))) for height in heights] == shares


def test_other_view_of_terminals(page):
    """The menu switches to Butterfly's own page and back, and the choice is kept."""
    frame(page)
    page.route(
        "**/terminal/session/*",
        lambda route: route.fulfill(
            body="<title>b</title><script>parent.postMessage({kind:'workshop',type:'ready'},"
            "location.origin)</script>",
            content_type="text/html",
        ),
    )
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("menuitemradio", name="Butterfly").click()
    page.wait_for_selector("iframe[src='/user/ada/terminal/session/1']")

    page.reload()

    page.wait_for_selector(".frame.ready iframe[src='/user/ada/terminal/session/1']")


def test_no_request_leaves_for_other_hosts(page):
    """A remote picture in the page is not even asked for (security row 65)."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        stranger.settimeout(0.2)
        page.evaluate(
            "port => new Promise((done) => { const image = new Image();"
            " image.onerror = done; image.src = `http://127.0.0.1:${port}/picture.png`;"
            " document.body.append(image); })",
            stranger.getsockname()[1],
        )
        with pytest.raises(TimeoutError):
            stranger.accept()
