"""An attendee's way to a session in containers, in a real Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.engine import MARKS, running_class
from tests.test_e2e_journey import log_in, terminal, turn, wait_for_text
from tests.waiting import until

pytestmark = MARKS


@pytest.fixture(scope="module")
def room():
    with running_class() as running:
        yield running


def test_from_the_link_to_a_command_that_ran(room, browser):
    """Name and password, notes beside a prompt, a click, and the mark says it is done."""
    context = browser.new_context()
    page = log_in(context, room.product, "eve")
    frame = terminal(page)
    turn(page)
    card = page.locator(".action[data-action=execute]").first

    card.locator(".action-run").click()

    expect(card.locator(".action-state")).to_contain_text(re.compile("done"), timeout=15_000)
    wait_for_text(frame, card.locator("code").text_content().strip().splitlines()[0])
    context.close()


def test_somebody_without_a_name_leaves_nothing(browser):
    """Who came without a name, and logs out, is gone with their home."""
    with running_class(LOGIN="anonymous") as room:
        context = browser.new_context()
        page = context.new_page()
        page.goto(room.product.url)
        page.get_by_role("button", name="Start").click()
        terminal(page)
        assert any(name.endswith(".home") for name in room.left())

        page.goto(f"{room.product.url}/hub/logout")
        if page.get_by_role("heading", name="Log out?").is_visible():
            page.get_by_role("button", name="Log out").click()
        expect(page.get_by_text("Your session has ended")).to_be_visible()

        until(
            lambda: not [one for one in room.left() if "notes" not in one],
            what="it all to go",
            limit=150,
        )
        context.close()
