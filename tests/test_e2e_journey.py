"""An attendee's way in a real Chromium: from the link to a command that ran."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.product import ADMIN_PASSWORD, PASSWORD, ROOT, Product, running_product

pytestmark = pytest.mark.slow

SCREEN = """() => {
  const buffer = document.querySelector(".screen").terminal.buffer.active;
  const lines = [];
  for (let y = 0; y < buffer.length; y++) {
    const text = buffer.getLine(y).translateToString(!buffer.getLine(y + 1)?.isWrapped);
    if (buffer.getLine(y).isWrapped) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  return lines.join("\\n").trimEnd();
}"""


@pytest.fixture(scope="module", params=["1", "0"], ids=["subdomains", "paths"])
def product(request):
    with running_product(SUBDOMAINS=request.param) as running:
        yield running


def log_in(context: BrowserContext, product: Product, name: str, code: str = "") -> Page:
    """Open the link, give a name and the class password, end on the dashboard."""
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{product.port}/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    if code:
        page.get_by_label("code").fill(code)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
    page.wait_for_url(product.home(name) + "**")
    return page


def terminal(page: Page, name: str = "1") -> Frame:
    """The frame of a terminal, once its shell has shown a prompt."""
    handle = page.wait_for_selector(f"iframe[src*='/terminals/{name}']")
    assert handle is not None
    frame = handle.content_frame()
    assert frame is not None
    frame.wait_for_function("() => document.querySelector('.screen')?.terminal")
    frame.wait_for_function(f"() => /[$#%>]/.test(({SCREEN})())")
    return frame


def turn(page: Page) -> None:
    """Go on to the next chapter by its button."""
    page.get_by_role("link", name=re.compile("^Next")).first.click()
    page.wait_for_url("**/chapters/**")


def wait_for_text(frame: Frame, text: str) -> None:
    """Wait until the terminal's screen or scrollback holds the text."""
    frame.wait_for_function(f"(text) => ({SCREEN})().includes(text)", arg=text)


@pytest.fixture
def context(browser: Browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


def test_link_to_a_command_that_ran(context, product):
    """Link, name and password, notes beside a prompt, a click, and the mark says it is done."""
    page = log_in(context, product, "ada")
    frame = terminal(page)
    turn(page)
    card = page.locator(".action[data-action=execute]").first

    card.locator(".action-run").click()

    expect(card.locator(".action-state")).to_contain_text(re.compile("done"), timeout=15_000)
    wait_for_text(frame, card.locator("code").text_content().strip().splitlines()[0])
    expect(page).to_have_url(re.compile(re.escape(product.home("ada"))))


def test_reload_keeps_the_place_and_the_screen(context, product):
    """After a reload the chapter, the scrollback and a running job are as they were (row 101)."""
    page = log_in(context, product, "bea")
    frame = terminal(page)
    frame.locator(".screen textarea").first.focus()
    page.keyboard.type("echo kept-$((20+3)); sleep 3; echo survived-$((4+4))")
    page.keyboard.press("Enter")
    wait_for_text(frame, "kept-23")
    turn(page)
    heading = page.locator("article h1").text_content()

    page.reload()

    assert page.locator("article h1").text_content() == heading
    frame = terminal(page)
    wait_for_text(frame, "kept-23")
    wait_for_text(frame, "survived-8")
    assert "^C" not in frame.evaluate(SCREEN)


def test_two_browsers_share_one_session(browser, context, product):
    """A second browser of the same person, let in by the code, sees and types in the same shell."""
    first = log_in(context, product, "cid")
    mine = terminal(first)
    code = re.search(r"personal code is (\w{6})", first.locator("body").inner_text())
    assert code is not None
    other = browser.new_context()

    page = log_in(other, product, "cid", code[1])
    theirs = terminal(page)
    theirs.locator(".screen textarea").first.focus()
    page.keyboard.type("echo both-$((30+3))")
    page.keyboard.press("Enter")

    wait_for_text(theirs, "both-33")
    wait_for_text(mine, "both-33")
    other.close()


def test_instructor_logs_in_with_the_password_of_instructors(context, product):
    """The instructor's own password opens the hub's admin page; the class password does not."""
    page = context.new_page()
    page.goto(f"{product.url}/hub/login?next=%2Fhub%2Fadmin")
    page.get_by_label("Name").fill("instructor")
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/hub/admin"), timeout=20_000)


def test_readme_picture(context, product, request):
    """The README's picture is the dashboard as it is."""
    if "paths" in request.node.name:
        pytest.skip("one picture is enough")
    page = log_in(context, product, "dora")
    frame = terminal(page)
    turn(page)
    page.get_by_role("button", name="2 terminals").click()
    terminal(page, "2")
    page.locator(".action-run").first.click()
    expect(page.locator(".action-state").first).to_contain_text("done", timeout=15_000)
    frame.wait_for_function(f"() => /[$#%>]$/.test(({SCREEN})())")

    picture = page.screenshot(path=ROOT / "build/dashboard.png")

    assert len(picture) > 20_000
