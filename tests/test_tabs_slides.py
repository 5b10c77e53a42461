"""Slides: decks in Markdown and HTML, every mistake with its line, and a deck in Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from dashboard.notes.slides import parts
from dashboard.pages import create_app
from tests.notes_fixtures import load_here, mistakes, write
from tests.pages_fixtures import PICTURE, PREFIX, pages_config, serving
from tests.test_e2e_axe import violations

DECK = """\
# Bread for %username%

---

## Dough

```python
print("---")
---
```

![A dot](dot.png)

---

[Take a break](../chapters/01-page.md)
"""
YAML = """\
title: T
tabs:
- terminal
- {name: Deck, slides: deck.md}
- {name: Hand made, slides: hand.html}
- {name: Paper, slides: paper.pdf}
"""
FILES = {
    "workshop.yaml": YAML,
    "chapters/01-page.md": "# Page\n\n[two](open:deck/2) [three](open:deck/3)\n"
    "[third page](open:paper/3) [second page](open:paper/2)\n",
    "slides/deck.md": DECK,
    "slides/hand.html": "<!doctype html><title>x</title><section><h2>By hand</h2>"
    "<script>alert(1)</script></section>",
    "slides/paper.pdf": b"%PDF-1.4\n%%EOF\n",
    "slides/dot.png": PICTURE,
    "slides/secret.md": "not listed",
}


def test_decks(tmp_path: Path) -> None:
    """Markdown is cut at its rules, but not in code; pictures and links lead where chapters' do."""
    slides = load_here(write(tmp_path, FILES)).slides
    sections = BeautifulSoup(slides["deck.md"], "html.parser").find_all("section")

    assert set(slides) == {"deck.md", "hand.html"}
    assert [one.find(["h1", "h2", "p"]).get_text() for one in sections] == [
        "Bread for ada",
        "Dough",
        "Take a break",
    ]
    assert "---" in sections[1].find("pre").get_text()
    assert sections[1].find("img")["src"] == "/user/ada/assets/slides/dot.png"
    assert sections[2].find("a")["href"] == "/user/ada/chapters/page"
    assert "script" not in slides["hand.html"]
    assert "By hand" in slides["hand.html"]


def test_lines_of_slides() -> None:
    """Each slide knows the line that it begins in."""
    found = [(line, text.strip().split("\n")[0]) for line, text in parts(DECK)]

    assert found == [(1, "# Bread for %username%"), (4, "## Dough"), (15, found[2][1])]


@pytest.mark.parametrize(
    ("tab", "files", "mistake"),
    [
        pytest.param("none.md", {}, "workshop.yaml:3: there are no slides “none.md”", id="none"),
        pytest.param("../x.md", {}, "workshop.yaml:3: there are no slides “../x.md”", id="outside"),
        pytest.param("x.txt", {"x.txt": "x"}, "workshop.yaml:3: there are no slides", id="kind"),
        pytest.param(
            "x.md", {"x.md": "a\n\n---\n\n[x](none.md)"}, "slides/x.md:5: there is no", id="link"
        ),
        pytest.param(
            "x.md",
            {"x.md": "a\n---\n```execute\nls\n```"},
            "slides/x.md:3: a slide runs nothing",
            id="command",
        ),
        pytest.param("x.html", {"x.html": "<p>x"}, "slides/x.html:1: has no slide", id="html"),
        pytest.param(
            "x.html",
            {"x.html": '<section>a</section>\n<section data-markdown="none.md"></section>'},
            "slides/none.md:1: cannot be read",
            id="markdown-of-a-file",
        ),
        pytest.param(
            "x.html",
            {"x.html": "<section>a</section>\n<section data-markdown>\n[a](x.md)\n</section>"},
            "slides/x.html:3: there is no",
            id="markdown-inside",
        ),
    ],
)
def test_mistakes(tmp_path: Path, tab: str, files: dict[str, str], mistake: str) -> None:
    """What a deck cannot be is told with file and line."""
    given = {f"slides/{name}": text for name, text in files.items()}
    yaml = f"title: T\ntabs:\n- {{name: A, slides: {tab}}}\n"
    found = mistakes(write(tmp_path, {"workshop.yaml": yaml, "chapters/01-a.md": "a", **given}))

    assert [line for line in found if line.startswith(mistake)], found


def test_what_is_served(tmp_path: Path) -> None:
    """Listed decks are served, a PDF as nothing but a PDF; other files of the folder are not."""
    client = create_app(pages_config(write(tmp_path / "w", FILES))).test_client()
    with client.get(f"{PREFIX}slides/paper.pdf") as paper:
        assert paper.headers["Content-Type"] == "application/pdf"
        assert paper.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'self'" in paper.headers["Content-Security-Policy"]
    deck = client.get(f"{PREFIX}slides/deck.md")

    assert "script-src 'self'" in deck.headers["Content-Security-Policy"]
    for name in ("secret.md", "dot.png", "..%2fworkshop.yaml", "none.md"):
        assert client.get(f"{PREFIX}slides/{name}").status_code == 404


@pytest.mark.parametrize(
    ("link", "there"),
    [
        pytest.param("deck/3", "slides/deck.md#/2", id="deck"),
        pytest.param("deck/the%20end", "slides/deck.md#/the%20end", id="deck-by-name"),
        pytest.param("hand-made/1", "slides/hand.html#/0", id="html"),
        pytest.param("paper/3", "slides/paper.pdf#page=3", id="pdf"),
        pytest.param("paper/the%20end", "slides/paper.pdf#nameddest=the%20end", id="pdf-by-name"),
        pytest.param("paper/%C2%B2", "slides/paper.pdf#nameddest=%C2%B2", id="no-number"),
        pytest.param("paper", "slides/paper.pdf", id="pdf-itself"),
    ],
)
def test_where_a_slide_is(tmp_path: Path, link: str, there: str) -> None:
    """A slide that is opened elsewhere than in a tab is called as what shows it calls it."""
    client = create_app(pages_config(write(tmp_path / "w", FILES))).test_client()

    assert client.get(f"{PREFIX}tabs/{link}").headers["Location"] == PREFIX + there


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(pages_config(write(tmp_path_factory.mktemp("slides"), FILES))) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=False)
    context.route("**/api/session", lambda route: route.fulfill(json={"user": "ada"}))
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


@pytest.mark.slow
def test_a_deck_in_a_tab(page: Page) -> None:
    """Arrows turn the slides, a link of the notes goes to one, without loading the deck again, and
    nothing of it is against the policy."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.get_by_role("tab", name="Deck").click()
    view = page.frame_locator("iframe[title=Deck]")
    expect(view.locator("body")).to_have_attribute("data-ready", "")
    expect(view.get_by_role("heading", name="Bread")).to_be_visible()
    view.get_by_role("heading", name="Bread").click()
    page.keyboard.press("ArrowRight")
    expect(view.get_by_role("heading", name="Dough")).to_be_visible()
    expect(view.locator("img")).to_have_js_property("naturalWidth", 1)
    inside = next(frame for frame in page.frames if "/slides/" in frame.url)
    inside.evaluate("window.born = true")

    page.get_by_role("link", name="three").click()
    expect(view.get_by_role("link", name="Take a break")).to_be_visible()
    page.get_by_role("link", name="two").click()
    expect(view.get_by_role("heading", name="Dough")).to_be_visible()

    assert inside.evaluate("window.born") is True
    assert [said for said in complaints if "Content Security Policy" in said] == []
    page.get_by_role("tab", name="Hand made").click()
    expect(page.frame_locator("iframe[title='Hand made']").get_by_role("heading")).to_be_visible()
    view.locator("body").press("Shift+F6")


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_no_barriers(browser: Browser, address: str, scheme: str, width: int) -> None:
    """A deck in a window of its own has nothing axe objects to, and fits it."""
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{address}slides/deck.md#/1")
    expect(page.locator("body")).to_have_attribute("data-ready", "")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
