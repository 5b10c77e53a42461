"""A PDF among the slides, in a Chromium that has a viewer of them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.browser import launch
from tests.notes_fixtures import write
from tests.pages_fixtures import pages_config, serving
from tests.test_tabs_slides import FILES
from tests.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The whole of Chromium: its headless shell shows no PDF."""
    with sync_playwright() as playwright:
        chromium = launch(playwright, whole=True)
        yield chromium
        chromium.close()


def test_a_pdf_in_a_tab(browser: Browser, tmp_path: Path) -> None:
    """The browser's own viewer shows it, and a link of the notes has it turn to a page."""
    printed = browser.new_page()
    printed.set_content("".join(f"<h1 style='break-after: page'>{n}</h1>" for n in range(4)))
    files = FILES | {"slides/paper.pdf": printed.pdf()}
    with serving(pages_config(write(tmp_path / "w", files))) as address:
        page = browser.new_page()
        page.route("**/api/session", lambda route: route.fulfill(json={"user": "ada"}))
        page.goto(address)
        page.get_by_role("tab", name="Paper").click()
        until(lambda: viewed(page) == ("", "1"), what="the paper")
        page.get_by_role("link", name="third page").click()
        until(lambda: viewed(page) == ("#page=3", "3"), what="its third page")
        page.get_by_role("link", name="second page").click()
        until(lambda: viewed(page) == ("#page=2", "2"), what="its second page")


def viewed(page: Page) -> tuple[str, str]:
    """Where the frame of the PDF is, and the number of the page that the viewer in it shows."""
    frame = page.locator("iframe[title=Paper]")
    part: str = frame.evaluate("({contentWindow}) => contentWindow.location.hash")
    viewers = [one for one in page.frames if one.url.startswith("chrome-extension:")]
    with contextlib.suppress(Error):  # a viewer goes when the next page is asked for
        for viewer in viewers[-1:]:
            field = viewer.locator("#pageSelector")
            return part, field.evaluate_all("all => all.map(({value}) => value).join()")
    return part, ""
