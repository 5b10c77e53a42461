"""How the terminal view looks and loads: for everybody's eyes, in both themes, and quickly."""

import time

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import launch
from tests.view_fixtures import ROOT, stage

pytestmark = pytest.mark.slow

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"wide": {"width": 1100, "height": 640}, "narrow": {"width": 360, "height": 640}}


@pytest.fixture(scope="module", name="stage")
def _stage():
    with sync_playwright() as playwright, launch(playwright) as browser, stage(browser) as made:
        yield made


def _problems(view):
    """What axe finds; it is handed to the page past its policy, as a developer's tools are."""
    session = view.page.context.new_cdp_session(view.page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    found = view.page.evaluate("async () => (await axe.run()).violations")
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]


COLOURS = (
    "for i in 0 1 2 3 4 5 6 7; do "
    'printf "\\033[3${i}mcolour $i \\033[1mbold\\033[0m "; done; echo\n'
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_view_is_accessible(stage, theme, size):
    """axe finds nothing in the terminal, its tools, its search and its notices."""
    touch = {"has_touch": True, "is_mobile": True} if size == "narrow" else {}
    with stage.view(f"axe-{theme}-{size}", viewport=SIZES[size], **touch) as view:
        view.page.goto(f"{view.url}?theme={theme}")
        view.prompt()
        view.type(COLOURS)
        view.shows("colour 7 bold")
        assert _problems(view) == []

        view.find(".tools-title").focus()
        assert _problems(view) == []
        view.find(".tools-title").click()
        expect(view.find(".rename")).to_be_visible()
        assert _problems(view) == []
        view.type("")
        view.page.keyboard.press("Control+Shift+F")
        view.page.keyboard.type("colour")
        expect(view.find(".search-count")).to_contain_text("of")
        assert _problems(view) == []
        view.page.keyboard.press("Escape")
        view.type("exit 1\n")
        view.notice("The shell ended")
        assert _problems(view) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sixteen_colours_can_be_read(stage, theme):
    """Every colour that programs ask for by number has 4.5:1 on the terminal's ground."""
    with stage.view("colours") as view:
        view.page.goto(f"{view.url}?theme={theme}")
        ratios = view.page.evaluate(
            """() => {
              const place = document.body.appendChild(document.createElement("i"));
              const light = (token) => {
                place.style.color = `var(${token})`;
                const parts = getComputedStyle(place).color.match(/[\\d.]+/g).slice(0, 3);
                const [r, g, b] = parts.map((part) => part / 255).map((part) =>
                  part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
              };
              const ground = light("--term");
              const names = [...Array(16).keys()].map((number) => `--ansi-${number}`);
              return Object.fromEntries([...names, "--term-ink", "--term-quiet"].map((name) => {
                const ratio = light(name) / ground;
                return [name, Math.max(ratio, 1 / ratio)];
              }));
            }"""
        )

    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}


def test_a_theme_message_changes_the_colours(stage):
    """The view follows the page's theme without a reload, and knows it the next time."""
    with stage.framed("theme") as view:
        ground = """() => getComputedStyle(
          frame.contentDocument.querySelector(".xterm-scrollable-element")).backgroundColor"""
        dark = view.page.evaluate(ground)
        view.ask(type="theme", theme="light")
        view.page.wait_for_function(
            "() => frame.contentDocument.documentElement.dataset.theme === 'light'"
        )
        assert view.page.evaluate(ground) != dark
        view.page.reload()
        view.prompt()
        assert view.page.evaluate(ground) != dark


def test_the_first_load_is_light(stage):
    """A first load is few requests and few bytes; search, links and files come when needed."""
    with stage.browser.new_context() as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        sizes: dict[str, float] = {}
        session.on(
            "Network.loadingFinished",
            lambda done: sizes.update({done["requestId"]: done["encodedDataLength"]}),
        )
        page.goto(f"{stage.wire.url}terminals/light")
        expect(page.locator(".xterm-rows")).to_contain_text("#")
        page.wait_for_load_state("networkidle")

    assert len(sizes) <= 15
    assert sum(sizes.values()) <= 330_000


def test_a_view_says_that_it_starts(stage):
    """Before the first output there are words, not an empty frame; after a long wait, a way on."""
    stage.wire.down = True
    try:
        with stage.browser.new_context() as context:
            page = context.new_page()
            page.goto(f"{stage.wire.url}terminals/starting")
            expect(page.locator(".starting")).to_have_text("Starting terminal starting …")
            expect(page.locator(".notice")).to_contain_text("Reconnecting")
            stage.wire.down = False
            page.locator(".notice-button").click()
            expect(page.locator(".xterm-rows")).to_contain_text("#")
            expect(page.locator(".starting")).to_have_count(0)
    finally:
        stage.wire.down = False


def test_much_output_is_drawn_at_once(stage):
    """Two hundred thousand lines are on screen within seconds, the last line among them."""
    with stage.view("much") as view:
        view.type("seq 1 200000; echo all-$((1+1))\n")
        begin = time.monotonic()
        view.shows("200000\nall-2", limit=15)

        assert time.monotonic() - begin < 15
