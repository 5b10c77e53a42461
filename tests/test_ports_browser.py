"""Programs as tabs in a real Chromium, in a real session: waited for, started and shown."""

import contextlib
import re
import socket
import sys
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.ports import free_port
from tests.product import ROOT, Product, running_product
from tests.test_e2e_axe import violations
from tests.test_e2e_journey import log_in, terminal
from tests.test_ports_relay import listens
from tests.waiting import until

pytestmark = pytest.mark.slow

PORTS = [free_port() for _ in range(4)]
READY = re.compile(r"\bready\b")


def program(port: int) -> str:
    """The command that starts the attendee's program."""
    return f"cd {ROOT} && {sys.executable} -m tests.program {port}"


@pytest.fixture(scope="module", params=["1", "0"], ids=["hosts", "paths"])
def product(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    workshop = tmp_path_factory.mktemp("ports") / "workshop"
    (workshop / "chapters").mkdir(parents=True)
    (workshop / "workshop.yaml").write_text(f"""\
title: Ports
tabs:
- terminal
- name: By hand
  port: {PORTS[0]}
- name: By itself
  port: {PORTS[1]}
  command: {program(PORTS[1])}
- name: Broken
  port: {PORTS[2]}
  command: echo cannot; exit 3
- name: Editor
  port: {PORTS[3]}
  command: {program(PORTS[3])}
""")
    chapter = f"```execute\n{program(PORTS[0])}\n```\n\n[the editor](open:editor/editor)\n"
    chapter += "[the strict one](open:editor/editor/strict)\n"
    (workshop / "chapters" / "01-one.md").write_text(chapter)
    with running_product(WORKSHOP=str(workshop), SUBDOMAINS=request.param) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    yield context
    context.close()


def pane(page: Page):
    """What stands in the place of the shown tab."""
    return page.locator(".pane:not([hidden])")


def shop(page: Page, name: str):
    """The program's own page in its tab: at a host of its own, a page of ours holds it."""
    tab = page.frame_locator(f"iframe[title='{name}']")
    return tab.frame_locator("iframe") if ".localhost:" in page.url else tab


def test_a_tab_waits_for_its_program(
    browser: Browser, context: BrowserContext, product: Product
) -> None:
    """Before the program is there the tab says what to do; when it listens, it opens by itself,
    with its WebSocket; the keyboard gets out of it. When it has ended, the links of what stands in
    its place work within the tab. Another person does not get in."""
    page = log_in(context, product, "ada")
    terminal(page)
    page.get_by_role("tab", name="By hand").click()
    expect(pane(page)).to_contain_text(f"Nothing listens on port {PORTS[0]} yet")

    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("tab", name="By hand").click()

    view = shop(page, "By hand")
    expect(view.get_by_role("heading")).to_have_text("Shop", timeout=20_000)
    expect(view.locator("#said")).to_contain_text(f'"Host": "localhost:{PORTS[0]}"')
    expect(view.locator("#said")).not_to_contain_text("Cookie")
    view.get_by_role("heading").click()
    page.keyboard.press("Shift+F6")
    expect(page.locator("#notes")).to_be_focused()

    page.get_by_role("tab", name="Terminal").click()
    terminal(page).locator(".screen").click()
    page.keyboard.press("Control+c")
    until(lambda: not listens(PORTS[0]), what="its end")
    view.locator("body").evaluate("() => location.reload()")
    page.get_by_role("tab", name="By hand").click()
    expect(view.get_by_role("heading")).to_have_text("No program of yours answers here")
    with page.expect_popup() as popup:
        view.get_by_role("link", name="Go to the dashboard").click()
    popup.value.wait_for_url(f"{product.home('ada')}**")
    popup.value.close()
    page.get_by_role("button", name="Run again").click()
    until(lambda: listens(PORTS[0]), what="its second start")
    page.get_by_role("tab", name="By hand").click()
    view.get_by_role("link", name="Try again").click()
    expect(view.get_by_role("heading")).to_have_text("Shop")
    expect(page.locator("#notes")).to_be_visible()

    other = browser.new_context()
    stranger = log_in(other, product, "bob")
    answer = stranger.goto(f"{product.home('ada')}port/{PORTS[0]}/")
    assert answer is not None
    assert answer.status == 403
    stranger.goto(f"{product.home('bob')}port/{PORTS[0]}/")
    expect(stranger.get_by_role("heading")).to_have_text("No program of yours answers here")
    other.close()


def test_a_program_starts_on_first_use(context: BrowserContext, product: Product) -> None:
    """A tab with a command starts it, once; what it says is in a terminal of its own."""
    page = log_in(context, product, "cleo")
    page.get_by_role("tab", name="By itself").click()
    expect(pane(page)).to_contain_text("Starting By itself")

    expect(shop(page, "By itself").get_by_role("heading")).to_have_text("Shop", timeout=30_000)
    page.reload()
    expect(shop(page, "By itself").get_by_role("heading")).to_have_text("Shop", timeout=30_000)
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Open in a window: By itself").click()
    expect(popup.value.get_by_role("heading")).to_have_text("Shop")


def test_keys_lead_out_of_an_editor(context: BrowserContext, product: Product) -> None:
    """Shift+F6 leads out of a page that keeps all other keys, and out of what it frames itself; in
    the page nothing else is different, and what is downloaded from it is the program's own. A
    window shows the page where somebody has gone on to, as the program made it; so does a tab that
    is loaded again. What stands behind the # of its address goes along."""
    page = log_in(context, product, "fay")
    view = shop(page, "Editor")
    text, keys = view.get_by_label("Text"), view.locator("#keys")
    page.get_by_role("link", name="the strict one").click()
    expect(pane(page)).to_have_class(READY, timeout=30_000)
    text.press("Shift+F6")
    if ".localhost:" in page.url:  # its policy keeps our script out: the buttons lead out
        expect(keys).to_have_text("Shift F6 ")
        pane(page).get_by_role("button", name="Back to the notes").last.press("Enter")
    expect(page.locator("#notes")).to_be_focused()

    page.get_by_role("link", name="the editor").click()
    expect(view.get_by_title("Preview")).to_be_visible()  # which the strict one does not frame
    expect(pane(page)).to_have_class(READY)
    expect(keys).to_have_text("")
    for key in ("Tab", "Shift+Tab"):
        text.press(key)
    expect(text).to_be_focused()

    page.keyboard.press("Shift+F6")

    expect(page.locator("#notes")).to_be_focused()
    expect(keys).to_have_text("Tab Shift Tab Shift ")
    expect(keys).to_have_attribute("data-scripts", "1")
    with page.expect_download() as download:
        view.get_by_role("link", name="Mine").click()
    assert download.value.path().read_text() == "<h1>Mine"
    if ".localhost:" in page.url:  # at the dashboard's own origin a frame in a frame keeps its keys
        page.locator("#notes").blur()
        view.frame_locator("iframe").get_by_label("Text").press("Shift+F6")
        expect(page.locator("#notes")).to_be_focused()

    view.get_by_role("link", name="Elsewhere").click()
    expect(view.locator("iframe")).to_have_count(0)
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Open in a window: Editor").click()
    expect(popup.value.get_by_label("Text")).to_be_visible()
    assert popup.value.url.endswith("/editor/there")
    own = popup.value.reload()
    assert own is not None
    assert "inside.js" not in own.text()
    popup.value.get_by_label("Text").press("Shift+F6")
    expect(popup.value.locator("#keys")).to_have_text("Shift F6 ")

    part = """(body) => {
      location.hash = "/part?of=a b";
      body.className = "old";
      return body.baseURI;
    }"""
    address = view.locator("body").evaluate(part)
    assert address.endswith("/editor/there#/part?of=a%20b")
    if ".localhost:" in page.url:
        around = page.frame_locator("iframe[title=Editor]").locator("body")
        place = f"{product.home('fay')}port/{PORTS[3]}/editor/there#/part?of=a%20b"
        expect(around).to_have_js_property("baseURI", place)
    page.get_by_role("button", name="Reload Editor").click()
    expect(view.locator("body:not(.old)")).to_have_js_property("baseURI", address)
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Open in a window: Editor").click()
    popup.value.wait_for_url(address)


#: A program's page in a sandbox of its own making has no origin, and says what it should not.
NOWHERE = "given?" + urlencode(
    {
        "body": "<!doctype html><h1>Nowhere</h1>",
        "Content-Type": "text/html",
        "Content-Security-Policy": "sandbox allow-scripts",
    }
)


@pytest.mark.parametrize("product", ["1"], indirect=True, ids=["hosts"])
def test_only_the_program_s_origin_is_heard(context: BrowserContext, product: Product) -> None:
    """The page of ours that holds a program's frame passes on what its program says of keys and
    pages, and nothing that is said to it from another origin: not by a program in another tab, not
    by a page without an origin in that very frame."""
    page = log_in(context, product, "gil")
    first, second = low_ports(2)
    terminal(page).locator(".screen").click()
    page.keyboard.type(f"cd {ROOT}; for p in {first} {second}; do ")
    page.keyboard.type(f"{sys.executable} -m tests.program $p & done\n")
    for port in (first, second):
        offer = page.locator(f"[data-port='{port}']")
        offer.get_by_role("button", name="Open").click()
        expect(shop(page, f"Port {port}").get_by_role("heading")).to_have_text("Shop")
    holder = frame_at(page, f"/port/{second}/")
    other, own = (frame_at(page, f"http://p{port}--") for port in (first, second))
    holder.evaluate(
        """() => {
          window.said = [];
          addEventListener("message", ({data}) => said.push(data.path));
        }"""
    )
    before = holder.evaluate("location.href")

    other.evaluate(
        """() => {
          const told = {kind: "workshop.inside", path: "/forged", key: "out"};
          for (let at = 0; at < top.length; at += 1) {
            if (top[at] !== parent) top[at].postMessage(told, "*");
          }
        }"""
    )
    until(lambda: "/forged" in holder.evaluate("said"), what="what the other says")
    assert holder.evaluate("location.href") == before
    expect(page.locator("#notes")).not_to_be_focused()

    own.evaluate("(page) => location.replace(page)", f"/{NOWHERE}")
    nowhere = shop(page, f"Port {second}").get_by_role("heading", name="Nowhere")
    expect(nowhere).to_be_visible()
    place = holder.evaluate("location.href")
    frame_at(page, f"http://p{second}--").evaluate(
        """() => parent.postMessage({kind: "workshop.inside", path: "/nowhere", key: "out"}, "*")"""
    )
    until(lambda: "/nowhere" in holder.evaluate("said"), what="what the page says")
    assert holder.evaluate("location.href") == place
    expect(page.locator("#notes")).not_to_be_focused()


def frame_at(page: Page, part: str) -> Frame:
    """The frame with this in its address."""
    return next(frame for frame in page.frames if part in frame.url)


def test_a_program_that_cannot_start(browser: Browser, product: Product) -> None:
    """After a while the tab offers what the program says; axe has nothing against it."""
    context = browser.new_context(bypass_csp=True)
    page = log_in(context, product, "dora")
    page.get_by_role("tab", name="Broken").click()
    button = page.get_by_role("button", name="Show what it says")
    expect(button).to_be_visible(timeout=40_000)
    assert violations(page) == []

    button.click()

    shell = terminal_text(page, "run-broken")
    assert re.search(r"cannot\s+── it has ended \(exit 3\)", shell)
    context.close()


def test_a_new_port_is_offered(context: BrowserContext, product: Product) -> None:
    """A program that begins to listen is offered as a tab; the tab survives a reload and can be
    closed; an offer goes with its program, and one that was refused does not come back."""
    page = log_in(context, product, "emil")
    shell = terminal(page)
    first, second, third = low_ports(3)
    shell.locator(".screen").click()
    page.keyboard.type(f"cd {ROOT}; for p in {first} {second} {third}; do ")
    page.keyboard.type(f"{sys.executable} -m tests.program $p & done\n")
    offers = page.locator("[data-port]")
    expect(offers).to_have_count(3, timeout=20_000)

    page.locator(f"[data-port='{second}']").get_by_role("button", name="Not now").click()
    page.locator(f"[data-port='{first}']").get_by_role("button", name="Open").click()
    expect(shop(page, f"Port {first}").get_by_role("heading")).to_have_text("Shop")
    page.reload()
    expect(shop(page, f"Port {first}").get_by_role("heading")).to_have_text("Shop")
    page.get_by_role("tab", name="Terminal").click()
    expect(offers).to_have_count(1, timeout=20_000)
    expect(offers).to_contain_text(str(third))
    terminal(page).locator(".screen").click()
    page.keyboard.type("kill %3\n")
    expect(offers).to_have_count(0, timeout=20_000)

    page.get_by_role("tab", name=f"Port {first}").click()
    page.get_by_role("button", name=f"Close Port {first}").click()
    expect(page.get_by_role("tab", name=f"Port {first}")).to_have_count(0)
    assert page.locator("iframe[title^='Port']").count() == 0


def low_ports(count: int) -> list[int]:
    """Free ports below those that the kernel gives out by itself."""
    found: list[int] = []
    for port in range(20_000, 30_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            break
    return found


def terminal_text(page: Page, name: str) -> str:
    """What a terminal shows, once it shows something."""
    handle = page.wait_for_selector(f"iframe[src*='/terminals/{name}']")
    frame = handle.content_frame() if handle else None
    assert frame is not None
    frame.wait_for_function("document.querySelector('.screen')?.innerText.includes('ended')")
    text: str = frame.evaluate("document.querySelector('.screen').innerText")
    return text
