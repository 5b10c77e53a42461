"""Our side of each pair: the product, a login, a seat."""

from playwright.sync_api import Browser, Page

from tests.bench.seat import Seat
from tests.product import PASSWORD, Product

TERM = "document.querySelector('.screen').terminal"


def log_into_ours(browser: Browser, product: Product, name: str) -> Page:
    """A page at our login form, filled in; submitting is the caller's."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(product.url)
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    return page


def sit_at_ours(page: Page, product: Product, name: str) -> Seat:
    """Wait for the notes on screen and the prompt in the first terminal."""
    page.wait_for_url(product.home(name) + "**", timeout=60_000)
    page.wait_for_selector("article h1", timeout=60_000)
    page.wait_for_selector("iframe[src*='/terminals/1']", timeout=60_000)
    frame = page.wait_for_selector("iframe[src*='/terminals/1']").content_frame()
    assert frame is not None
    frame.wait_for_function(f"() => {TERM.replace('.terminal', '?.terminal')}", polling=20)
    seat = Seat(page, frame, TERM)
    seat.probe()
    seat.prompted()
    return seat
