"""Addresses of tabs: where a link to a tab leads that is opened by itself."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.pages import create_app
from tests.pages_fixtures import PREFIX, pages_config, write_workshop

TABS = """\
title: T
tabs:
- {name: Shop, port: 8080, page: /cart}
- {name: Docs, url: https://docs.example/en/start.html}
- {name: Logs, terminal: logs}
"""


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    folder = write_workshop(tmp_path / "workshop")
    (folder / "workshop.yaml").write_text(TABS)
    return create_app(pages_config(folder)).test_client()


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        pytest.param("shop", f"{PREFIX}port/8080/cart", id="port"),
        pytest.param("shop/list?of=a", f"{PREFIX}port/8080/list?of=a", id="port-page"),
        pytest.param("docs", "https://docs.example/en/start.html", id="url"),
        pytest.param("docs/install", "https://docs.example/en/install", id="url-page"),
        pytest.param("logs", f"{PREFIX}terminals/logs", id="terminal"),
        pytest.param("none", None, id="no-tab"),
        pytest.param("shop/..%2f..%2fhub", None, id="out-of-the-port"),
        pytest.param("docs/https:%2f%2fevil.example/", None, id="other-site"),
    ],
)
def test_where_a_tab_leads(client: FlaskClient, path: str, leads: str | None) -> None:
    """A tab's address leads to its page, or to a page of it, and never away from it."""
    answer = client.get(f"{PREFIX}tabs/{path}")

    assert (answer.status_code, answer.headers.get("Location")) == (302 if leads else 404, leads)


def test_policy_names_what_is_framed(client: FlaskClient) -> None:
    """The page may frame itself and the sites of its tabs, and nothing else."""
    policy = client.get(PREFIX).headers["Content-Security-Policy"]

    assert "frame-src 'self' https://docs.example;" in policy
