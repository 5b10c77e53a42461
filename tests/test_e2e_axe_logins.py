"""The pages of further ways to log in against WCAG 2.2 AA: light and dark, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.product import running_product
from tests.test_e2e_axe import context, violations

__all__ = ["context"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def accounts(tmp_path_factory):
    """A hub that asks for an account."""
    extra = tmp_path_factory.mktemp("extra") / "extra.py"
    extra.write_text('c.JupyterHub.authenticator_class = "dummy"\n')
    with running_product(LOGIN="custom", EXTRA_CONFIG=str(extra)) as running:
        yield running


@pytest.fixture(scope="module")
def anonymous():
    """A hub that asks for nothing."""
    with running_product(LOGIN="anonymous") as running:
        yield running


def test_the_form_for_accounts(context, accounts):
    """What asks for a name and a password of an account."""
    page = context.new_page()
    page.goto(accounts.url)

    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    assert violations(page) == []


def test_the_start_page(context, anonymous):
    """The button, the instructor's form, and a wrong password in it."""
    page = context.new_page()
    page.goto(anonymous.url)
    assert violations(page) == []

    page.get_by_text("I am the instructor").click()
    page.get_by_label("Instructor's password").fill("not-the-password")
    assert violations(page) == []
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("not the instructor's password")
    assert violations(page) == []
