"""Chapters: whole pages, notes alone, the finish, mistakes, and what every answer refuses."""

import re
from html import escape
from types import SimpleNamespace

import pytest

from dashboard.pages import create_app
from tests.pages_fixtures import PREFIX, pages_config, write_workshop


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    workshop = write_workshop(tmp_path_factory.mktemp("pages") / "workshop")
    config = pages_config(workshop, personal_code="K7QF2M")
    return create_app(config).test_client()


def test_home_shows_the_first_chapter_beside_the_work_area(client):
    """The dashboard's address shows the first chapter, readable as it comes from the server."""
    page = client.get(PREFIX)

    assert page.status_code == 200
    assert '<h1 tabindex="-1">Start &lt;here&gt; &amp; now</h1>' in page.text
    assert "Chapter 1 · about 2 minutes" in page.text
    assert 'rel="next" href="/user/ada/chapters/middle"' in page.text
    assert "K7QF2M" in page.text


def test_a_guest_is_not_told_the_code_as_theirs(client):
    """The line with the code speaks to the session's owner; a guest is told whose session it is."""
    guest = SimpleNamespace(name="instructor", admin=True)

    page = client.get(PREFIX, environ_overrides={"workshop.visitor": guest}).text

    assert 'id="personal-code"' not in page
    assert "Session of ada" in page
    client.post(f"{PREFIX}code-seen", environ_overrides={"workshop.visitor": guest})
    own = client.get(PREFIX).text
    assert 'id="personal-code"' in own
    assert "Session of ada" not in own


def test_a_chapter_has_an_address_of_its_own(client):
    """A link to a chapter shows the dashboard with that chapter and its place among the others."""
    page = client.get(f"{PREFIX}chapters/middle")

    assert "2 of 3" in page.text
    assert 'rel="prev" href="/user/ada/chapters/start"' in page.text
    assert re.search(r'data-slug="middle" aria-current="page"', page.text)


def test_notes_come_alone_for_turning_pages(client):
    """A page turn fetches the chapter and nothing around it."""
    notes = client.get(f"{PREFIX}notes/middle").text

    assert notes.lstrip().startswith('<article class="chapter" data-slug="middle"')
    assert "<head" not in notes


def test_last_chapter_leads_to_the_finish_and_on(client):
    """The last chapter ends in a finish that lists the chapters and offers the author's link."""
    last = client.get(f"{PREFIX}chapters/end").text
    finish = client.get(f"{PREFIX}finish").text

    assert 'rel="next" href="/user/ada/finish"' in last
    assert all(title in finish for title in ("The middle", "The end"))
    assert 'href="https://example.org/next"' in finish
    assert "Take the next one" in finish


def test_xsrf_token_of_the_gateway_is_in_page_and_form(client):
    """The token that the gateway hands over is where scripts and the logout form find it."""
    page = client.get(PREFIX, environ_overrides={"workshop.xsrf": "token-of-ada"}).text

    assert '<meta name="xsrf" content="token-of-ada">' in page
    assert '<input type="hidden" name="_xsrf" value="token-of-ada">' in page


@pytest.mark.parametrize(
    "path",
    ["chapters/<script>alert(1)</script>", "notes/nothing", "elsewhere", "chapters/start.md"],
    ids=["script", "notes", "elsewhere", "source"],
)
def test_what_is_not_there_is_a_page_with_a_way_back(client, path):
    """A wrong address gets a friendly page that repeats nothing of it (security row 82)."""
    page = client.get(PREFIX + path)

    assert page.status_code == 404
    assert "<script>alert" not in page.text
    assert escape(path) not in page.text
    assert f'href="{PREFIX}"' in page.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
@pytest.mark.parametrize("path", ["", "chapters/start", "notes/start", "assets/dot.png", "finish"])
def test_pages_are_only_read(client, method, path):
    """Pages change nothing, and other methods are refused (security rows 74, 83)."""
    assert client.open(PREFIX + path, method=method).status_code == 405


@pytest.mark.parametrize("path", ["", "chapters/start", "notes/start", "nowhere", "finish"])
def test_every_page_comes_with_a_strict_policy(client, path):
    """Scripts and styles are ours alone, nobody frames us, nothing is kept (security row 72)."""
    headers = client.get(PREFIX + path, base_url="https://ada.workshop.example").headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["connect-src"] == "'self' wss://ada.workshop.example"
    assert policy["frame-src"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self' http://127.0.0.1:9"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert all(what in headers["Permissions-Policy"] for what in ("camera=()", "microphone=()"))


def test_terminal_frame_may_style_itself_and_stand_in_our_page_only(client):
    """xterm.js makes style elements, so its own page may; scripts stay ours (security row 72)."""
    policy = client.get(f"{PREFIX}terminals/1").headers["Content-Security-Policy"]

    assert "script-src 'self';" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "frame-ancestors 'self'" in policy


@pytest.mark.parametrize(
    "header",
    [
        {"X-Forwarded-Host": "evil"},
        {"X-Forwarded-Prefix": "/evil"},
        {"X-Script-Name": "/evil"},
        {"Forwarded": "host=evil"},
        {"X-Forwarded-User": "evil"},
    ],
    ids=lambda header: next(iter(header)),
)
def test_forwarding_headers_change_nothing(client, header):
    """What a browser claims about proxies and users has no effect (security rows 76, 77)."""
    assert client.get(PREFIX, headers=header).data == client.get(PREFIX).data


def test_images_of_allowed_hosts_are_in_the_policy(tmp_path):
    """Remote pictures load only from the hosts that the workshop allows (security row 65)."""
    workshop = write_workshop(tmp_path / "workshop")
    with (workshop / "workshop.yaml").open("a") as yaml:
        yaml.write("images: [pictures.example]\n")
    app = create_app(pages_config(workshop))

    policy = app.test_client().get(PREFIX).headers["Content-Security-Policy"]

    assert "img-src 'self' data: https://pictures.example;" in policy


def test_a_broken_workshop_shows_its_author_every_mistake(tmp_path):
    """Mistakes are listed with file and line, escaped, and the session counts as ready (row 71)."""
    workshop = write_workshop(tmp_path / "workshop")
    (workshop / "workshop.yaml").write_text("title: [\n")
    (workshop / "chapters" / "04-<img src=x onerror=1>.md").write_text("---\ntitle: [\n---\n")
    app = create_app(pages_config(workshop))

    page = app.test_client().get(PREFIX)

    assert app.extensions["workshop"].ready()
    assert page.status_code == 500
    assert "needs mending" in page.text
    assert re.search(r"<code>workshop\.yaml:\d+</code>", page.text)
    assert "<img src=x" not in page.text


def test_a_mended_workshop_is_shown_on_the_next_look(tmp_path, caplog):
    """Mistakes are logged at the start too, and are gone once the author has mended them."""
    workshop = write_workshop(tmp_path / "workshop")
    good = (workshop / "workshop.yaml").read_text()
    (workshop / "workshop.yaml").write_text("title: [\n")
    client = create_app(pages_config(workshop)).test_client()
    assert "workshop.yaml:" in caplog.text
    (workshop / "workshop.yaml").write_text(good)

    assert client.get(PREFIX).status_code == 200


@pytest.mark.parametrize("prefix", ["/", "/hub/user/a%40b/", "/user/ada/"])
def test_pages_live_below_any_prefix(tmp_path, prefix):
    """Every address on the page lies below the session's prefix."""
    app = create_app(pages_config(write_workshop(tmp_path / "workshop"), prefix=prefix))

    page = app.test_client().get(prefix.replace("%40", "@"))

    assert page.status_code == 200
    local = re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text)
    assert local
    assert all(address.startswith(prefix) for address in local)
