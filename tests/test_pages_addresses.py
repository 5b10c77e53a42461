"""The sheet with the addresses of the attendee's project."""

import json

import pytest
from playwright.sync_api import expect

from tests.pages_fixtures import opened, pages_config, serving, stand_in, write_workshop
from tests.test_pages_look import complaints

pytestmark = pytest.mark.slow

SHOP = {"project": "class-ada", "kind": "Ingress", "name": "shop", "url": "http://shop.example/"}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    workshop = write_workshop(tmp_path_factory.mktemp("addresses") / "workshop")
    with serving(pages_config(workshop, variables={"project_namespace": "class-ada"})) as url:
        yield url


@pytest.fixture(params=["light", "dark"])
def page(browser, address, request):
    context = browser.new_context(color_scheme=request.param, bypass_csp=True)
    context.set_default_timeout(10_000)
    stand_in(context)
    yield opened(context, address)
    context.close()


def _answers(page, status, **said):
    page.unroute("**/terminal/addresses")
    page.route(
        "**/terminal/addresses", lambda route: route.fulfill(status=status, body=json.dumps(said))
    )


def test_what_there_is_each_time_it_is_asked_for(page):
    """Nothing at first, then a link; what the cluster refuses is said in its words."""
    _answers(page, 200, addresses=[])
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("menuitem", name="Addresses of your project").click()
    sheet = page.get_by_role("dialog", name="Addresses of your project")
    expect(sheet.get_by_role("status")).to_contain_text("there is no Route and no Ingress")

    _answers(page, 200, addresses=[SHOP])
    sheet.get_by_role("button", name="Look again").click()
    link = sheet.get_by_role("link", name="http://shop.example/")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(sheet.get_by_role("listitem")).to_contain_text("Ingress shop in class-ada")
    assert complaints(page) == []

    _answers(page, 502, trouble="ingresses is forbidden")
    sheet.get_by_role("button", name="Look again").click()
    expect(sheet.get_by_role("status")).to_contain_text("ingresses is forbidden")
    expect(link).to_have_count(0)

    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_a_session_without_a_project_has_none(browser, tmp_path):
    """Where there is no cluster the menu does not speak of one."""
    with (
        serving(pages_config(write_workshop(tmp_path / "workshop"))) as url,
        browser.new_context() as context,
    ):
        stand_in(context)
        page = opened(context, url)
        page.get_by_role("button", name="Menu").click()
        expect(page.get_by_role("menuitem", name="Reload notes")).to_be_visible()
        expect(page.get_by_role("menuitem", name="Addresses of your project")).to_have_count(0)
