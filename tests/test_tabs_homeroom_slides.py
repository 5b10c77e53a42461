"""Slides of a Homeroom workshop, unchanged: its page of reveal.js, or one that shows a PDF."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, expect

from dashboard.pages import create_app
from dashboard.variables import session_variables
from tests.notes_fixtures import load_here, write
from tests.pages_fixtures import PICTURE, PREFIX, pages_config, serving

INDEX = """\
<!doctype html>
<html><head><link rel="stylesheet" href="reveal.js/css/reveal.css"><style>.x {}</style></head>
<body><div class="reveal"><div class="slides">
<section><h1>Hello %username%</h1><img src="dot.png"></section>
<section id="questions"><section><h2>Questions</h2></section><section>More</section></section>
<section data-markdown><textarea data-template>
    ## Third

    * a point
    ---
    ## Fourth
</textarea></section>
<section data-markdown="more.md"></section>
</div></div>
<script src="reveal.js/js/reveal.js"></script><script>Reveal.initialize({history: true})</script>
</body></html>
"""
FILES = {
    "workshop.yaml": "name: T\nmodules: {activate: [one]}\n",
    "modules.yaml": "modules: {one: {name: One}}\n",
    "content/one.md": "[all](%slides_url%) [asked](%slides_url%#/questions) "
    "[second](%slides_url%#/1)\n",
    "slides/index.html": INDEX,
    "slides/more.md": "## Fifth",
    "slides/dot.png": PICTURE,
}


def test_a_page_of_reveal_js(tmp_path: Path) -> None:
    """Each section is a slide, Markdown in one too; what starts the deck there is not needed."""
    workshop = load_here(
        write(tmp_path, FILES), session_variables(PREFIX, "ada", {"username": "ada"})
    )
    slides = BeautifulSoup(workshop.slides["index.html"], "html.parser")
    top = slides.find_all("section", recursive=False)

    assert [tab.id for tab in workshop.tabs] == ["terminal", "slides"]
    heads = [one.find(["h1", "h2"]).get_text() for one in top]
    assert heads == ["Hello ada", "Questions", "Third", "Fourth", "Fifth"]
    assert len(top[1].find_all("section")) == 2
    assert top[2].find("li").get_text() == "a point"
    assert slides.find(["script", "style", "link"]) is None
    assert workshop.warnings == ()


def test_a_page_that_shows_a_pdf(tmp_path: Path) -> None:
    """The tab is the PDF itself."""
    paper = {
        "slides/index.html": '<body><embed src="talk.pdf" type="application/pdf"></body>',
        "slides/talk.pdf": b"%PDF-1.4\n%%EOF\n",
    }
    folder = write(tmp_path / "w", {**FILES, **paper})
    client = create_app(pages_config(folder)).test_client()

    assert load_here(folder).tabs[1].at == "talk.pdf"
    with client.get(f"{PREFIX}slides/talk.pdf") as answer:
        assert answer.status_code == 200


def test_pictures_of_slides_alone(tmp_path: Path) -> None:
    """They are served though they lie beside the chapters' folder; other files there are not."""
    extra = {"secret.png": PICTURE, "slides/.hidden.png": PICTURE}
    client = create_app(pages_config(write(tmp_path / "w", FILES | extra))).test_client()

    with client.get(f"{PREFIX}assets/slides/dot.png") as answer:
        assert answer.status_code == 200
    for name in ("secret.png", "slides/../secret.png", "slides/.hidden.png", "slides/more.md"):
        assert client.get(f"{PREFIX}assets/{name}").status_code == 404


@pytest.mark.slow
def test_links_to_a_slide(browser: Browser, tmp_path: Path) -> None:
    """By its name, and by its number from 0 as Homeroom's authors count."""
    variables = session_variables(PREFIX, "ada", {})
    config = pages_config(write(tmp_path / "w", FILES), variables=variables)
    with serving(config) as url, browser.new_context() as context:
        context.route("**/api/session", lambda route: route.fulfill(json={"user": "ada"}))
        page = context.new_page()
        page.goto(url)
        view = page.frame_locator("iframe[title=Slides]")
        page.get_by_role("link", name="asked").click()
        expect(view.get_by_role("heading", name="Questions")).to_be_visible()
        page.get_by_role("link", name="all").click()
        page.get_by_role("link", name="second").click()
        expect(view.get_by_role("heading", name="Questions")).to_be_visible()
