"""A program's page at its own origin in a real Chromium: what it can do, and what it cannot."""

import re
import shlex
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.ports import free_port
from tests.product import PASSWORD, ROOT, Product
from tests.test_e2e_journey import log_in, terminal
from tests.waiting import until

pytestmark = pytest.mark.slow

NO_PROGRAM = "No program of yours answers here"

TRY = """async ([home, xsrf]) => {
  const post = (mode) => fetch(`${home}logout`, {method: "POST", mode, credentials: "include",
    headers: mode === "cors" ? {"X-XSRFToken": xsrf} : {}}).then(({type}) => type, () => "failed");
  const read = fetch(`${home}api/session`, {credentials: "include"})
    .then(() => "read", () => "failed");
  const socket = new Promise((done) => {
    const one = new WebSocket(home.replace("http", "ws") + "terminal/ws/session/1",
      ["workshop.terminal.v1"]);
    one.onopen = () => done("open");
    one.onerror = () => done("failed");
  });
  return [await post("cors"), await post("no-cors"), await read, await socket, document.cookie];
}"""


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def page(browser: Browser, product: Product, port: int) -> Iterator[Page]:
    """Ada's dashboard, with a program of hers that runs."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = log_in(context, product, "ada")
    start_program(page, port)
    yield page
    context.close()


def start_program(page: Page, port: int) -> None:
    """Start a program from the dashboard's terminal, as attendees do."""
    terminal(page).locator(".screen").click()
    command = shlex.join([sys.executable, "-m", "tests.program", str(port)])
    page.keyboard.type(f"cd {shlex.quote(str(ROOT))} && {command} &\n")
    ask = "async () => (await (await fetch('api/ports')).json()).ports"
    until(lambda: port in page.evaluate(ask), what="the program")


def test_a_ticket_is_in_no_address(page: Page, product: Product, port: int) -> None:
    """Not in those asked for, nor in the history; a bookmark leads there over the dashboard, and a
    program's page sees no more than the dashboard's origin of where it was called from."""
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    window = page.context.new_page()
    origin = f"http://p{port}--ada.workshop.localhost:{product.port}"
    window.goto(f"{product.home('ada')}port/{port}/first")
    window.wait_for_url(f"{origin}/first")
    before = window.evaluate("history.length")
    page.context.clear_cookies(domain=origin.split("/")[2].partition(":")[0])

    window.goto(f"{origin}/?of=a%2Fb")
    expect(window.get_by_role("heading")).to_have_text("Shop")
    expect(window.locator("#said")).to_contain_text(f'"Origin": "http://localhost:{port}"')

    assert window.url == f"{origin}/?of=a%2Fb"
    assert window.evaluate("history.length") == before + 1
    assert window.evaluate("document.referrer") in {"", f"{origin}/"}
    assert f"{origin}/.workshop/enter" in asked
    assert [url for url in asked if "ticket" in url] == []
    window.go_back()
    assert window.url == f"{origin}/first"
    window.close()


def test_a_host_that_is_served_later_is_waited_for(page: Page, product: Product, port: int) -> None:
    """A router has an error page for a new host at first: nobody sees it, and the way back is as
    short as ever."""
    window = page.context.new_page()
    origin = f"http://p{port}--ada.workshop.localhost:{product.port}"
    early = []

    def router(route: Route) -> None:
        if len(early) < 3:
            early.append(route.request.url)
            route.fulfill(status=503, content_type="text/html", body="Nothing is served here")
        else:
            route.continue_()

    window.route(f"{origin}/**", router)
    before = window.evaluate("history.length")
    window.goto(f"{product.home('ada')}port/{port}/later")
    window.wait_for_url(f"{origin}/later")

    expect(window.locator("body")).to_contain_text('"path": "/later"')
    assert len(early) == 3
    assert {url.partition("?")[0] for url in early} == {f"{origin}/.workshop/gateway.css"}
    assert window.evaluate("history.length") == before + 1
    window.close()


def test_its_page_can_do_nothing_to_the_dashboard(page: Page, product: Product, port: int) -> None:
    """It neither reads nor posts there, opens no terminal, and sees no cookie of ours."""
    home = product.home("ada")
    xsrf = page.locator('meta[name="xsrf"]').get_attribute("content")
    window = page.context.new_page()
    window.goto(f"{home}port/{port}/")
    expect(window.get_by_role("heading")).to_have_text("Shop")

    cors, plain, read, socket, cookies = window.evaluate(TRY, [home, xsrf])

    assert (cors, read, socket, cookies) == ("failed", "failed", "failed", "")
    assert plain in {"failed", "opaque"}
    again = page.reload()
    assert again is not None
    assert again.status == 200
    assert page.url.startswith(home)


#: What a page can do to cookies of hosts around its own: all that browsers let it set for them.
TOSS = """([names, paths]) => names.flatMap((name) => paths.map((path) => {
  document.cookie = `${name}=forged; domain=workshop.localhost; path=${path}`;
}))"""


def test_its_cookies_log_nobody_out(browser: Browser, product: Product) -> None:
    """A program sets cookies by the names of the dashboard's and the hub's for all hosts, which a
    browser that comes by http does not forbid: the attendee stays logged in at the dashboard."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = log_in(context, product, "finn")
    home, port = product.home("finn"), free_port()
    start_program(page, port)
    ours = [one for one in context.cookies() if "workshop.localhost" in one["domain"]]
    names = sorted({one["name"] for one in ours})
    assert "jupyterhub-session-id" in names
    assert [name for name in names if re.fullmatch("workshop-[0-9a-f]{8}-login", name)]
    window = context.new_page()
    window.goto(f"{home}port/{port}/")
    expect(window.get_by_role("heading")).to_have_text("Shop")

    window.evaluate(TOSS, [names, ["/", "/hub/", "/user/finn/", "/user/finn/api/"]])

    sent = [(one["name"], one["value"]) for one in context.cookies(f"{home}api/session")]
    assert {(name, "forged") for name in names} <= set(sent)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # Forged ones come first with what is asked below a path that they name, last with the page.
    assert page.evaluate("fetch('api/session').then(({status}) => status)") == 200
    again = page.reload()
    assert again is not None
    assert again.status == 200
    terminal(page)
    assert page.url.startswith(home)
    assert [url for url in asked if "/hub/" in url or "oauth" in url] == []
    context.close()


def test_a_classmate_s_page_gets_nowhere(
    page: Page, browser: Browser, product: Product, port: int
) -> None:
    """Ada looks at a page of quin's: it cannot frame, read or connect to her program."""
    origin = f"http://p{port}--ada.workshop.localhost:{product.port}"
    page.goto(f"{product.home('ada')}port/{port}/")
    expect(page.get_by_role("heading")).to_have_text("Shop")
    evil = f"http://quin.workshop.localhost:{product.port}/evil"
    body = f"<iframe src='{origin}/'></iframe>"
    page.context.route(evil, lambda route: route.fulfill(body=body, content_type="text/html"))
    window = page.context.new_page()
    window.goto(evil)

    said = window.evaluate(
        """async (origin) => [
          await fetch(origin, {credentials: "include"}).then(() => "read", () => "failed"),
          await new Promise((done) => {
            const one = new WebSocket(origin.replace("http", "ws") + "/ws");
            one.onopen = () => done("open");
            one.onerror = () => done("failed");
          }),
        ]""",
        origin,
    )

    assert said == ["failed", "failed"]
    framed = window.frames[1]
    assert "Shop" not in framed.evaluate("document.documentElement.textContent")


def test_a_bookmark_in_another_browser(browser: Browser, product: Product) -> None:
    """It leads over the login and the start of the session to the program's own host, which says
    what is missing, with a way to where it can be started."""
    context = browser.new_context()
    page = context.new_page()
    bookmark = f"http://p20201--cleo.workshop.localhost:{product.port}/a?b=c"
    page.goto(bookmark)
    page.get_by_label("Name").fill("cleo")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading")).to_have_text(NO_PROGRAM, timeout=60_000)
    assert page.url == bookmark
    page.get_by_role("link", name="Go to the dashboard").click()
    terminal(page)
    context.close()


def test_a_bookmark_of_a_session_that_has_stopped(browser: Browser, product: Product) -> None:
    """Somebody else hears that it is not theirs; its owner is told that the session has stopped,
    waits for its start and is at the program's host again."""
    context = browser.new_context()
    page = log_in(context, product, "dora")
    bookmark = f"http://p20202--dora.workshop.localhost:{product.port}/a?b=c"
    page.goto(bookmark)
    expect(page.get_by_role("heading")).to_have_text(NO_PROGRAM)
    page.goto(f"{product.url}/hub/home")
    (token,) = [one["value"] for one in context.cookies(page.url) if one["name"].endswith("_xsrf")]
    stop = """(token) => fetch("/hub/api/users/dora/server",
      {method: "DELETE", headers: {"X-XSRFToken": token}}).then(({status}) => status)"""
    assert page.evaluate(stop, token) in {202, 204}
    page.goto(f"{product.url}/hub/home")
    until(lambda: page.reload() and page.get_by_text("is not running").count(), what="its end")

    with_other = browser.new_context()
    other = log_in(with_other, product, "emil")
    other.goto(bookmark)
    expect(other.get_by_role("heading")).to_have_text("This is not yours to open")
    with_other.close()
    start = re.compile("/hub/spawn/dora")
    page.route(start, lambda route: None)  # it goes on by itself, at once
    page.goto(bookmark)
    expect(page.get_by_role("heading")).to_have_text("Your session has stopped")
    page.unroute(start)
    page.reload()
    expect(page.get_by_role("heading")).to_have_text(NO_PROGRAM, timeout=60_000)
    assert page.url == bookmark
    context.close()
