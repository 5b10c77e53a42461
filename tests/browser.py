"""A real Chromium: the system's, or the one Playwright brings."""

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Error, Page, Playwright, TimeoutError, sync_playwright

from tests.product import PASSWORD, Product

#: Chromium without what only windows need: half the processor's time for the same pages.
SHELL = "chromium-headless-shell"
WHOLE = ("chromium", "chromium-browser", "google-chrome")
#: Without these a Chromium in a closed network looks for its maker's hosts at every start.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
#: What Chromium says of a page that it dropped because its machine got a network interface, as a
#: cluster's node does with every pod; an attendee's machine is none.
DROPPED = ("ERR_NETWORK_CHANGED", "interrupted by another navigation")


def options(whole: bool = False) -> dict[str, Any]:
    """How Chromium is launched: its headless shell where there is one, or the `whole` of it, as
    people have it; as root without its own sandbox, which root cannot use."""
    system = next(filter(None, map(shutil.which, WHOLE if whole else (SHELL, *WHOLE))), None)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    # Of Playwright's own two, the shell is what it takes when none is named.
    own = {"channel": "chromium"} if whole and not system else {}
    return {"executable_path": system, "args": QUIET + sandbox} | own


def launch(playwright: Playwright, whole: bool = False) -> Browser:
    """A headless Chromium."""
    return playwright.chromium.launch(**options(whole))


@contextlib.contextmanager
def page_of_its_own() -> Iterator[Page]:
    """A page in a Chromium that is gone afterwards: its loop would be in other tests' way."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium.new_context(ignore_https_errors=True).new_page()
        chromium.close()


def dropped(error: Error) -> bool:
    """Whether Chromium dropped the page for its machine's sake; then it is to be loaded again."""
    return any(words in str(error) for words in DROPPED)


def sit_down(page: Page, product: Product, name: str) -> None:
    """Log in from the address people type, and wait for the dashboard with its terminal."""
    visit(page, product.url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    arrive(page, product.home(name))


def visit(page: Page, address: str, limit: float = 60) -> None:
    """Go to an address; once more when Chromium dropped it."""
    end = time.monotonic() + limit
    while True:
        try:
            page.goto(address)
            return
        except Error as error:
            if not dropped(error) or time.monotonic() > end:
                raise


def arrive(page: Page, home: str, limit: float = 150) -> None:
    """Wait for the dashboard, which the start page opens by itself; load it again if it or one of
    its parts was dropped."""
    end = time.monotonic() + limit
    again = False
    while True:
        try:
            page.goto(home) if again else page.wait_for_url(f"{home}**", timeout=90_000)
            page.wait_for_selector("iframe[src*='/terminals/']", timeout=15_000)
            return
        except Error as error:
            mild = isinstance(error, TimeoutError) or dropped(error)
            if not mild or time.monotonic() > end:
                raise
            again = True
