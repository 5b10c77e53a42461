"""The hub's pages in a real Chromium: from a link to the dashboard without a needless click."""

import re

import pytest
from playwright.sync_api import expect

from tests.product import ADMIN_PASSWORD, PASSWORD, running_product

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["1", "0"], ids=["subdomains", "paths"])
def product(request):
    with running_product(SUBDOMAINS=request.param) as running:
        yield running


@pytest.fixture
def page(browser):
    """A page of a fresh browser; what its console complains of fails the test."""
    context = browser.new_context()
    page = context.new_page()
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error} {error.stack}"))
    yield page
    context.close()
    assert [line for line in complaints if "status of 4" not in line] == []


def log_in(page, name, password=PASSWORD, code=""):
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Class password").fill(password)
    if code:
        page.get_by_label("Personal code").fill(code)
    page.get_by_role("button", name="Log in").click()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_from_a_link_to_the_dashboard(product, page, host):
    """Link, name and password, a start page with progress, dashboard; nothing else is shown."""
    shown = []
    page.on("domcontentloaded", lambda: shown.append(re.sub(r"[?].*", "", page.url)))
    name = f"ada-{host.replace('.', '')}"

    page.goto(f"http://{host}:{product.port}/")
    log_in(page, name)
    page.wait_for_url(product.home(name), wait_until="domcontentloaded")

    hub = f"{product.url}/hub"
    assert shown == [f"{hub}/login", f"{hub}/spawn-pending/{name}", product.home(name)]
    expect(page.locator("html")).to_have_attribute("data-user", name)


def test_the_start_page_shows_progress_and_code(product, page):
    """While the session starts, its progress and the personal code are on screen."""
    page.goto(product.url)
    log_in(page, "carol")

    code = page.locator(".note .code").text_content(timeout=5000)

    page.wait_for_url(product.home("carol"), wait_until="commit")
    page.goto(f"{product.url}/hub/home")
    expect(page.locator(".code")).to_have_text(code)


def test_a_taken_name_asks_for_its_code(product, page, browser):
    """Another browser is asked for the code in the same form, and let in with it."""
    page.goto(product.url)
    log_in(page, "dana")
    page.wait_for_url(product.home("dana"), wait_until="commit")
    page.goto(f"{product.url}/hub/home")
    code = page.locator(".code").text_content()

    with browser.new_context() as context:
        other = context.new_page()
        other.goto(product.url)
        log_in(other, "Dana")
        expect(other.get_by_role("alert")).to_contain_text("“dana” is taken")
        expect(other.get_by_label("Personal code")).to_be_focused()
        expect(other.get_by_label("Class password")).to_have_value(PASSWORD)
        other.get_by_label("Personal code").fill(code)
        other.get_by_role("button", name="Log in").click()
        other.wait_for_url(product.home("dana"), wait_until="commit")


def test_a_stopped_session_starts_again_for_who_comes_back(product, page):
    """A visit to a session that was stopped starts it and leads to the page that was wanted."""
    page.goto(product.url)
    log_in(page, "erin")
    page.wait_for_url(product.home("erin"), wait_until="commit")
    page.goto(f"{product.url}/hub/home")
    token = page.evaluate("document.cookie.match(/_xsrf=([^;]+)/)?.[1] ?? ''")
    status = page.evaluate(
        """async ([url, token]) =>
          (await fetch(url, { method: "DELETE", headers: { "X-XSRFToken": token } })).status""",
        [f"{product.url}/hub/api/users/erin/server", token],
    )
    assert status in {202, 204}

    page.goto(product.home("erin") + "chapters/run-commands")

    page.wait_for_url(product.home("erin") + "chapters/run-commands", timeout=20_000)


def test_restart_is_asked_and_done(product, page):
    """The restart page asks first; then it leads through the start page back to the dashboard."""
    page.goto(product.url)
    log_in(page, "frank")
    page.wait_for_url(product.home("frank"), wait_until="commit")

    page.goto(f"{product.url}/hub/session/restart")
    page.get_by_role("button", name="Restart").click()

    page.wait_for_url(product.home("frank"), wait_until="commit", timeout=20_000)


def test_the_instructor_sees_people_and_releases_names(product, page, browser):
    """The admin page works, leads to the names, and a released name can be taken anew."""
    with browser.new_context() as context:
        attendee = context.new_page()
        attendee.goto(product.url)
        log_in(attendee, "grace")
        attendee.wait_for_url(product.home("grace"), wait_until="commit")
    page.goto(product.url)
    log_in(page, "instructor", ADMIN_PASSWORD)
    page.get_by_role("link", name="People and sessions").click()
    expect(page.get_by_test_id("user-name-div-grace")).to_be_visible()

    page.get_by_role("link", name="Names").click()
    page.get_by_role("button", name="Release grace").click()

    expect(page.get_by_role("status")).to_contain_text("grace is free")
    with browser.new_context() as context:
        other = context.new_page()
        other.goto(product.url)
        log_in(other, "grace")
        other.wait_for_url(product.home("grace"), wait_until="commit", timeout=20_000)


def test_an_open_page_leads_to_why_it_stopped(product, page, browser):
    """Whose name is released is led from the dashboard that was open to a login that says so."""
    with browser.new_context() as context:
        attendee = context.new_page()
        attendee.goto(product.url)
        log_in(attendee, "karl")
        attendee.wait_for_url(product.home("karl"))
        attendee.wait_for_selector("iframe[src*='/terminals/1']")
        page.goto(product.url)
        log_in(page, "instructor", ADMIN_PASSWORD)
        page.wait_for_url("**/hub/home")
        page.goto(f"{product.url}/hub/names")
        page.get_by_role("button", name="Release karl").click()
        expect(page.get_by_role("status")).to_contain_text("karl is free")

        attendee.get_by_role("link", name="Start it again").click(timeout=30_000)

        expect(attendee.get_by_role("status")).to_contain_text("released the name karl")
        log_in(attendee, "karl-2")
        attendee.wait_for_url(product.home("karl-2"), wait_until="commit", timeout=20_000)


def test_an_instructor_is_asked_before_visiting(product, page, browser):
    """Somebody else's session is opened only after a warning (security row 24)."""
    with browser.new_context() as context:
        attendee = context.new_page()
        attendee.goto(product.url)
        log_in(attendee, "heidi")
        attendee.wait_for_url(product.home("heidi"), wait_until="commit")
    page.goto(product.url)
    log_in(page, "instructor", ADMIN_PASSWORD)
    page.wait_for_url("**/hub/home")

    page.goto(product.home("heidi"))
    expect(page.get_by_role("heading")).to_have_text("Visit somebody's session?")
    page.get_by_role("button", name="Visit").click()

    page.wait_for_url(product.home("heidi"), wait_until="domcontentloaded")
    expect(page.locator("html")).to_have_attribute("data-prefix", "/user/heidi/")
