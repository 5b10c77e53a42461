"""Every page against WCAG 2.2 AA with axe-core: light and dark, wide and narrow."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.product import ADMIN_PASSWORD, PASSWORD, ROOT

pytestmark = pytest.mark.slow

AXE = ROOT / "node_modules/axe-core/axe.min.js"
RUN = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await axe.run({ runOnly: tags });
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.target)}`);
}"""
LOOKS = [
    pytest.param(("light", 1440, 900), id="light-wide"),
    pytest.param(("dark", 1440, 900), id="dark-wide"),
    pytest.param(("light", 390, 844), id="light-narrow"),
    pytest.param(("dark", 390, 844), id="dark-narrow"),
]


@pytest.fixture(params=LOOKS)
def context(request, browser):
    scheme, width, height = request.param
    context = browser.new_context(
        color_scheme=scheme,
        viewport={"width": width, "height": height},
        bypass_csp=True,  # for axe's own script only; the policy has tests of its own
        reduced_motion="reduce",
    )
    yield context
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds on the page and in its frames."""
    for frame in page.frames:
        frame.add_script_tag(path=AXE)
    found: list[str] = page.evaluate(RUN)
    return found


def log_in(context: BrowserContext, url: str, name: str, password: str) -> Page:
    """The page after the login form was submitted."""
    page = context.new_page()
    page.goto(url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    return page


def test_login_page(context, product):
    """The login form, fresh and after a wrong password."""
    page = context.new_page()
    page.goto(product.url)
    fresh = violations(page)
    page.get_by_label("Name").fill("eve")
    page.get_by_label("Password").fill("not the password")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()

    assert fresh + violations(page) == []


def test_dashboard(context, product, request):
    """The dashboard with its terminal, and with its menu and its list of chapters open."""
    name = f"axe-{request.node.callspec.id}"
    page = log_in(context, product.url, name, PASSWORD)
    page.wait_for_url(product.home(name) + "**")
    page.get_by_role("link", name=re.compile("^Next")).first.click()
    page.wait_for_selector(".action-run")
    page.wait_for_load_state("networkidle")
    found = violations(page)
    page.get_by_role("button", name="Menu").click()
    found += violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Chapters").click()
    found += violations(page)

    assert found == []


@pytest.mark.parametrize(
    "path", ["/hub/home", "/hub/names", "/hub/session/restart", "/hub/no-such-page"]
)
def test_pages_of_the_hub(context, product, path):
    """The hub's own pages, as the instructor sees them."""
    page = log_in(context, f"{product.url}/hub/login?next={path}", "instructor", ADMIN_PASSWORD)
    page.wait_for_url(lambda url: url.partition("?")[0].endswith(path))
    page.wait_for_load_state("networkidle")

    assert violations(page) == []
