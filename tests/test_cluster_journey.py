"""The chart on a real cluster: an attendee's way in a real Chromium, from link to a command."""

from playwright.sync_api import expect

from tests.browser import sit_down
from tests.cluster import MARKS
from tests.test_e2e_journey import terminal, turn, wait_for_text

pytestmark = MARKS


def test_from_link_to_a_command(release, browser):
    """Link, name and password, a pod, notes beside a prompt, a click, its output, its tick."""
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    sit_down(page, release, "ada")

    frame = terminal(page)
    turn(page)
    page.get_by_role("button", name="Run").first.click()

    wait_for_text(frame, "Hello, ada")
    expect(page.locator(".action-state").first).to_contain_text("done")
    context.close()


HUNGRY = "python3 -c 'x = bytearray(b\"x\") * (900 << 20)'"


def test_a_terminal_out_of_memory_says_so(release, browser):
    """What needs more than the limit is ended, the page tells the limit, and the dashboard goes on.

    Older kernels end only the program, newer ones the container with all its shells.
    """
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    sit_down(page, release, "hungry")
    frame = terminal(page)
    frame.locator(".xterm-helper-textarea").focus()
    page.keyboard.type(f"{HUNGRY}\n")

    wait_for_text(frame, "may use 512 MiB of memory")
    states = release.pod("hungry")["status"]["containerStatuses"]
    assert [one["restartCount"] for one in states if one["name"] == "dashboard"] == [0]
    context.close()
