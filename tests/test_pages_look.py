"""How the page looks to everyone: axe, contrast, zoom, small screens, and what it weighs."""

import itertools

import pytest
from playwright.sync_api import expect

from tests.pages_fixtures import (
    ROOT,
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

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    workshop = write_workshop(tmp_path_factory.mktemp("look") / "workshop")
    with serving(pages_config(workshop, personal_code="K7QF2M")) as url:
        yield url


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    workshop = write_workshop(tmp_path_factory.mktemp("broken") / "workshop")
    (workshop / "workshop.yaml").write_text("title: [\n")
    with serving(pages_config(workshop)) as url:
        yield url


@pytest.fixture
def context(browser, request):
    size, scheme = request.param
    # The policy keeps axe out of the page, as it should; it is let in for these tests only.
    context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    context.set_default_timeout(10_000)
    stand_in(context)
    yield context
    context.close()


EVERY = pytest.mark.parametrize(
    "context",
    list(itertools.product((WIDE, NARROW), ("light", "dark"))),
    ids=["wide-light", "wide-dark", "narrow-light", "narrow-dark"],
    indirect=True,
)


def complaints(page):
    """What axe finds wrong, in short."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {iframes: false, resultTypes: ['violations']})")
    return [
        (violation["id"], node["html"][:200], node["failureSummary"][:300])
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@EVERY
def test_dashboard_in_all_its_states(context, address):
    """axe finds nothing: chapter, marks, question, chapters, menu, help, dialog, banner, finish."""
    page = opened(context, address)
    assert complaints(page) == []
    page.locator(".action-run").first.click()
    stand = frame(page)
    says(stand, type="run", id=asked(stand)["id"], state="failed", status=1)
    says(stand, type="connection", state="ended")
    expect(page.locator("[data-kind=ended]")).to_be_visible()
    assert complaints(page) == []

    page.get_by_role("button", name="Chapters", exact=True).click()
    assert complaints(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("menuitem", name="Reload notes")).to_be_focused()
    assert complaints(page) == []
    page.get_by_role("menuitem", name="Keyboard").click()
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    assert complaints(page) == []


@EVERY
def test_middle_chapter_and_finish(context, address):
    """axe finds nothing in questions, the dialog for editing, done marks and the finish."""
    page = opened(context, address, "chapters/middle")
    page.locator(".action-run").first.click()
    stand = frame(page, "2")
    says(stand, type="run", id=asked(stand)["id"], state="asking")
    expect(page.get_by_role("button", name="Run anyway")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("button", name="Copy and edit").click()
    expect(page.get_by_role("dialog", name="Edit, then copy or run")).to_be_visible()
    assert complaints(page) == []

    page.goto(address + "finish")
    expect(page.locator(".done-count").first).not_to_be_empty()
    assert complaints(page) == []


@EVERY
def test_work_area(context, address):
    """axe finds nothing with three terminals and a tab more on screen."""
    page = opened(context, address)
    if page.viewport_size == NARROW:
        page.get_by_role("button", name="Terminal", exact=True).click()
    page.get_by_role("button", name="3 terminals").click()
    frame(page, "3")
    assert complaints(page) == []
    page.get_by_role("button", name="New terminal").click()
    frame(page, "4")
    assert complaints(page) == []


@EVERY
def test_pages_for_trouble(context, address, broken):
    """axe finds nothing on the author's page of mistakes and on the page for what is not there."""
    page = context.new_page()
    for where in (broken, address + "nowhere"):
        page.goto(where)
        assert complaints(page) == []


@pytest.mark.parametrize(
    "context", [(WIDE, "light"), (WIDE, "dark")], ids=["light", "dark"], indirect=True
)
def test_colours_of_code_have_contrast(context, address):
    """Every colour of a listing has 4.5:1 on its ground."""
    page = opened(context, address)
    ratios = page.evaluate("""() => {
      const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
      const pen = canvas.getContext("2d", {willReadFrequently: true});
      const light = (colour) => {
        pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((v) => v / 255)
          .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const block = Object.assign(document.createElement("div"), {className: "highlight"});
      document.querySelector(".prose").append(block);
      const names = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
        .filter(({selectorText}) => selectorText?.startsWith(".highlight "))
        .flatMap(({selectorText}) => selectorText.match(/\\.[a-z0-9]+/g)).map((n) => n.slice(1));
      return Object.fromEntries(names.filter((n) => n !== "highlight").map((name) => {
        const span = Object.assign(document.createElement("span"), {className: name});
        block.append(span);
        const [a, b] = [getComputedStyle(span).color, getComputedStyle(block).backgroundColor]
          .map(light).sort((x, y) => y - x);
        return [name, (a + 0.05) / (b + 0.05)];
      }));
    }""")

    assert len(ratios) > 40
    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("context", [(WIDE, "light")], ids=["wide"], indirect=True)
@pytest.mark.parametrize("width", [320, 360, 720, 1024])
def test_nothing_sticks_out(context, address, width):
    """From a small phone to 200 % zoom nothing needs scrolling sideways, with the largest text."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(address)
    page.evaluate("localStorage.setItem('workshop.look', '{\"scale\":1.5}')")
    page.reload()

    for element in ("html", "#notes", ".bar", ".tabs"):
        box = page.locator(element).evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert box[0] <= box[1], element


@pytest.mark.parametrize("context", [(WIDE, "light")], ids=["wide"], indirect=True)
def test_first_load_is_light(context, address):
    """The page itself, without terminals and pictures, is at most 11 requests and 90 kB."""
    page = context.new_page()
    sizes = {}

    def finished(request):
        if request.resource_type != "image" and "/terminals/" not in request.url:
            sizes[request.url] = request.sizes()

    page.on("requestfinished", finished)
    page.goto(address)
    frame(page)
    page.wait_for_load_state("networkidle")

    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values())
    assert len(sizes) <= 11, sorted(sizes)
    assert total <= 90_000
    assert all(request.split("/")[2] == address.split("/")[2] for request in sizes)


@pytest.mark.parametrize("context", [(WIDE, "light")], ids=["wide-light"], indirect=True)
def test_a_listing_stands_off_from_its_text(context, address):
    """A block of code that is only read has room above and below, coloured or not."""
    page = opened(context, address)

    gaps = page.evaluate("""() => {
      const prose = document.querySelector(".prose");
      prose.innerHTML = "<p>a</p><pre><code>b</code></pre><p>c</p>";
      const [above, code, below] = [...prose.children].map((one) => one.getBoundingClientRect());
      return [code.top - above.bottom, below.top - code.bottom];
    }""")

    assert min(gaps) >= 12
