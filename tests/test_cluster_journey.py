"""The chart on a real cluster: an attendee's way in a real Chromium, from link to a command."""

import time

from playwright.sync_api import Error, TimeoutError, expect

from tests.cluster import MARKS
from tests.product import PASSWORD
from tests.test_e2e_journey import terminal, turn, wait_for_text

pytestmark = MARKS


#: What Chromium says of a page that it dropped because its machine got a network interface, as a
#: cluster's node does with every pod; an attendee's machine is none.
DROPPED = ("ERR_NETWORK_CHANGED", "interrupted by another navigation")


def arrive(page, home, limit=150):
    """Wait for the dashboard, which the start page opens by itself; load it again if it or one of
    its parts was dropped."""
    end = time.monotonic() + limit
    dropped = False
    while True:
        try:
            page.goto(home) if dropped else page.wait_for_url(f"{home}**", timeout=90_000)
            page.wait_for_selector("iframe[src*='/terminals/']", timeout=15_000)
            return
        except Error as error:
            mild = isinstance(error, TimeoutError) or any(one in str(error) for one in DROPPED)
            if not mild or time.monotonic() > end:
                raise
            dropped = True


def test_from_link_to_a_command(release, browser):
    """Link, name and password, a pod, notes beside a prompt, a click, its output, its tick."""
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(release.url)
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    arrive(page, release.home("ada"))

    frame = terminal(page)
    turn(page)
    page.get_by_role("button", name="Run").first.click()

    wait_for_text(frame, "Hello, ada")
    expect(page.locator(".action-state").first).to_contain_text("done")
    context.close()
