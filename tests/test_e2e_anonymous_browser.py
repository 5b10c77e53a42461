"""Login without names in a real Chromium: from one button to a session, and to nothing left."""

import re

import pytest
from playwright.sync_api import expect

from tests.examples import settings_in_readme
from tests.processes import alive
from tests.product import running_product
from tests.session import session_of
from tests.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """The README's example; what ended is forgotten after a second instead of a minute."""
    extra = tmp_path_factory.mktemp("extra") / "extra.py"
    extra.write_text("c.AnonymousLogin.linger = 1\n")
    example = settings_in_readme("LOGIN=anonymous")
    with running_product(**example, EXTRA_CONFIG=str(extra)) as running:
        yield running


def test_from_one_button_to_a_shell_and_to_nothing(product, browser):
    """One click leads to a dashboard; after logging out nothing of it is left."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(product.url)
        page.get_by_role("button", name="Start").click()
        page.wait_for_url(re.compile(r"/user/[^/]+/$"), wait_until="domcontentloaded")
        name = page.url.rstrip("/").rpartition("/")[2]
        assert re.fullmatch(r"[a-z]+-[a-z]+-[1-9]\d\d", name)
        expect(page.locator("html")).to_have_attribute("data-user", name)
        session = session_of(product, name)
        home = product.state / "homes" / name
        (home / "locked" / "inner").mkdir(parents=True)
        (home / "locked").chmod(0o000)

        page.goto(f"{product.url}/hub/logout")
        if page.get_by_role("heading", name="Log out?").is_visible():
            expect(page.get_by_text("your files go with it")).to_be_visible()
            page.get_by_role("button", name="Log out").click()
        expect(page.get_by_text("Your session has ended")).to_be_visible()

        until(lambda: not home.exists(), what="the home to be gone", limit=40)
        until(lambda: not alive(session.supervisor), what="its processes to end")
        page.goto(product.home(name))
        expect(page.get_by_role("button", name="Start")).to_be_visible()
    assert f"{name} has left and is forgotten" in product.hub_log()
