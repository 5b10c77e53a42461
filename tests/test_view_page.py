"""The address of the terminal view: which names exist, and what its browser may do."""

import pytest
from flask import Flask

from dashboard.pages import terminals


@pytest.fixture(name="client")
def _client():
    app = Flask("view-test", root_path=str(terminals.__file__).rpartition("/")[0])
    app.jinja_env.globals.update(static_url=lambda path: path, vendor_url=lambda path: path)
    app.register_blueprint(terminals.bp, url_prefix="/user/ada")
    return app.test_client()


@pytest.mark.parametrize("name", ["1", "build-box", "a" * 32], ids=["number", "words", "longest"])
def test_a_terminal_has_a_page(client, name):
    """A name that a terminal may have has a page, which says that the terminal is starting."""
    page = client.get(f"/user/ada/terminals/{name}").text

    assert f"Starting terminal {name} …" in page
    assert f'data-socket="../terminal/ws/session/{name}"' in page


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("a" * 33, id="long"),
        pytest.param("UPPER", id="upper-case"),
        pytest.param("a_b", id="underscore"),
        pytest.param("x%20onload=alert(1)", id="attribute"),
        pytest.param("%3Cscript%3E", id="script"),
        pytest.param("1%0a", id="line-end"),
        pytest.param("..", id="dots"),
        pytest.param("é", id="accent"),
        pytest.param("١", id="foreign-digit"),
    ],
)
def test_other_names_do_not_exist(client, name):
    """Any other name is 404, with nothing of it in the page unescaped (security row 86)."""
    answer = client.get(f"/user/ada/terminals/{name}")

    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_the_policy_allows_what_the_view_needs_and_no_more(client):
    """Scripts, sockets and frames are our own; only styles may be inline (security row 72)."""
    answer = client.get("/user/ada/terminals/1", headers={"Host": "ada.example.org:8000"})

    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "connect-src 'self' ws://ada.example.org:8000 wss://ada.example.org:8000; "
        "img-src 'self' data:; font-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; "
        "form-action 'none'"
    )
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_strange_host_adds_nothing_to_the_policy(client):
    """A Host that could break the policy is left out of it (security rows 75, 84)."""
    answer = client.get("/user/ada/terminals/1", headers={"Host": "a b; script-src *"})

    assert "script-src *" not in answer.headers.get("Content-Security-Policy", "")


@pytest.mark.parametrize(
    ("query", "theme"),
    [("", "dark"), ("?theme=light", "light"), ("?theme=dark", "dark"), ('?theme="><b>', "dark")],
    ids=["none", "light", "dark", "strange"],
)
def test_the_first_paint_has_the_page_s_theme(client, query, theme):
    """The page around the view can name the theme in the address, so that nothing flashes."""
    assert f'data-theme="{theme}"' in client.get(f"/user/ada/terminals/1{query}").text
