"""The page asks for a new login at the cluster before the shells' token ends."""

import json

import pytest
from playwright.sync_api import expect

from tests.pages_fixtures import opened, pages_config, serving, stand_in, write_workshop

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    workshop = write_workshop(tmp_path_factory.mktemp("token") / "workshop")
    with serving(pages_config(workshop, own_token=True)) as url:
        yield url


@pytest.fixture
def context(browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    stand_in(context)
    yield context
    context.close()


def answering(context, token):
    """What the session answers from now on."""
    body = json.dumps({"user": "ada", "admin": False, "token": token})
    context.route("**/api/session", lambda route: route.fulfill(body=body, status=200))


@pytest.mark.parametrize(
    ("left", "words"), [(600, "is about to end"), (0, "has ended")], ids=["ending", "ended"]
)
def test_a_login_that_ends_is_told_with_the_way_to_another(context, address, left, words):
    """A line says so; its link leads to the provider and back to this chapter."""
    answering(context, {"left": left, "due": True})
    page = opened(context, address)

    banner = page.locator("#banners .banner")
    expect(banner).to_contain_text(words)
    expect(banner.get_by_role("link", name="Log in again")).to_have_attribute(
        "href", "http://127.0.0.1:9/hub/login/again?next=%2Fuser%2Fada%2F"
    )


def test_the_line_goes_with_a_new_login(context, address):
    """A login in another window is enough: the line goes by itself."""
    answering(context, {"left": 600, "due": True})
    page = context.new_page()
    page.clock.install()
    page.goto(address)
    page.clock.run_for(3_000)
    expect(page.locator("#banners .banner")).to_be_visible()

    context.unroute_all()
    stand_in(context)
    answering(context, {"left": 86_000, "due": False})
    page.clock.run_for(11_000)

    expect(page.locator("#banners .banner")).to_have_count(0)
