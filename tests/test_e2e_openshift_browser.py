"""Login with OpenShift in a real Chromium: the pages people see, and names of every kind."""

import re

import pytest

from tests.openshift_fixtures import running_class

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    with running_class(tmp_path_factory.mktemp("class")) as running:
        yield running


def log_in(page, name):
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(f"{name}-password")
    page.get_by_role("button", name="Log in").click()


def test_from_a_link_to_the_dashboard(there, browser):
    """Link, the cluster's login, its question, the start page, the dashboard; nothing else."""
    shown = []
    with browser.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.on("domcontentloaded", lambda: shown.append(re.sub(r"[?].*", "", page.url)))
        page.goto(there.product.url)
        log_in(page, "alice")
        page.get_by_role("button", name="Allow selected permissions").click()
        page.wait_for_url(there.product.home("alice"), wait_until="domcontentloaded")

    oauth, hub = there.openshift.oauth_url, f"{there.product.url}/hub"
    assert shown == [
        f"{oauth}/login",
        f"{oauth}/oauth/authorize/approve",
        f"{hub}/spawn-pending/alice",
        there.product.home("alice"),
    ]


def test_who_does_not_allow_it_can_begin_again(there, browser):
    """After Deny there is a page of ours, and from it one click back to the question."""
    there.openshift.people.add("denier", "denier-password", ["class"])
    with browser.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.goto(there.product.url)
        log_in(page, "denier")
        page.get_by_role("button", name="Deny").click()
        assert page.get_by_role("heading").text_content() == "You are not logged in"
        page.get_by_role("link", name="Log in again").click()
        page.get_by_role("heading", name="Authorize Access").wait_for()  # asked once more


ODD = {
    "administrator": "kube:admin",
    "mail": "ada.lovelace+x@example.com",
    "unicode": "Zoë Müller 漢",
    "long": "x" * 200,
    "long-unicode": "é" * 200,
    "host": "hub",
    "capital": "Alice",
}


@pytest.mark.parametrize("name", ODD.values(), ids=list(ODD))
def test_odd_names(there, browser, name):
    """Whatever somebody is called at the cluster, Chromium gets them to their own dashboard."""
    there.openshift.people.add(name, f"{name}-password", ["class"])
    with browser.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.goto(there.product.url)
        log_in(page, name)
        page.get_by_role("button", name="Allow selected permissions").click()
        page.wait_for_selector("html[data-user]", state="attached", timeout=30_000)

        host = page.url.split("/")[2].partition(":")[0]
        assert page.locator("html").get_attribute("data-user") == name
    assert host.endswith(".workshop.localhost")
    assert host.partition(".")[0] not in {"hub", "alice"}
