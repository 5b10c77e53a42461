"""The hub's front door, with a real hub and proxy: who gets in, as whom, and where to."""

from urllib.parse import quote

import pytest

from tests.hub_fixtures import Visitor
from tests.product import ADMIN_PASSWORD, PASSWORD

pytestmark = pytest.mark.slow


@pytest.fixture
async def visit(product):
    """Opens browsers, by name of the person; the same name twice is two browsers."""
    opened = []

    async def open_browser(name):
        person = Visitor.opened(product, name)
        opened.append(person)
        return person

    yield open_browser
    for person in opened:
        await person.http.close()


async def test_other_hosts_lead_to_the_one_cookies_are_for(product, visit):
    """127.0.0.1 and localhost are answered with a redirect to the workshop's own host."""
    person = await visit("ada")
    for host in ("127.0.0.1", "localhost"):
        for path in ("/", "/hub/login"):
            url = f"http://{host}:{product.port}{path}"
            async with person.http.get(url, allow_redirects=False) as answer:
                assert answer.status == 302
                assert answer.headers["Location"].startswith(product.url)


async def test_login_goes_straight_to_the_start_page(visit):
    """After the password comes the start page with progress and code, without another click."""
    ada = await visit("ada-first")

    answer = await ada.enter(next_=quote("/hub/"))

    assert (answer.status, answer.location) == (302, "/hub/spawn-pending/ada-first")
    page = await ada.get(answer.location)
    assert page.status in {200, 302}


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "/\t/evil.example",
        "/\\evil.example",
        "https://workshop.localhost//evil.example",
    ],
)
async def test_next_never_leads_elsewhere(visit, product, target):
    """After login, no address in `next` leads to another host (security rows 2, 3, 4)."""
    ada = await visit("next-ada")
    target = target.replace("workshop.localhost", f"workshop.localhost:{product.port}")

    answer = await ada.enter(next_=quote(target, safe=""), code=await _code(visit, "next-ada"))

    assert answer.status == 302
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\"))


async def test_deep_link_survives_login(visit):
    """A link to a chapter of one's own session leads there through the start page."""
    ada = await visit("deep")

    answer = await ada.enter(next_=quote("/hub/user/deep/chapters/x"))

    assert answer.location == "/hub/spawn-pending/deep?next=%2Fhub%2Fuser%2Fdeep%2Fchapters%2Fx"


async def test_form_without_token_is_refused(visit):
    """A login from somebody else's page fails (security row 5)."""
    ada = await visit("ada")

    answer = await ada.ask("POST", "/hub/login", data={"username": "ada", "password": PASSWORD})

    assert answer.status == 403


async def test_wrong_password_tells_nothing_about_names(visit):
    """Taken and free names get the very same refusal (security row 6)."""
    await (await visit("taken")).enter()
    answers = []
    for name in ("taken", "free"):
        answer = await (await visit(name)).enter(password="not-the-password")
        answers.append((answer.status, _message(answer.text)))

    assert answers[0] == answers[1]
    assert answers[0][0] == 403


@pytest.mark.parametrize(
    ("name", "password", "status"),
    [
        pytest.param("x" * 10_000_000, PASSWORD, 413, id="ten-megabytes"),
        pytest.param("hub", PASSWORD, 400, id="reserved"),
        pytest.param("../../etc", PASSWORD, 400, id="path"),
        pytest.param("<script>", PASSWORD, 400, id="markup"),
        pytest.param("umlaut", "pässwörd-länger", 403, id="password-with-umlauts"),
        pytest.param("instructor", PASSWORD, 403, id="class-password-for-the-instructor"),
        pytest.param("sly", ADMIN_PASSWORD, 403, id="admin-password-for-another"),
    ],
)
async def test_refused_logins(visit, product, name, password, status):
    """What is no login is refused in words, and leaves no long line in the log (row 19)."""
    person = await visit(name)

    answer = await person.enter(password=password)

    assert answer.status == status
    assert "<script>" not in answer.text.replace('<script type="module"', "")
    assert max(map(len, product.hub_log().splitlines())) < 2000


async def test_headers_of_hub_pages(visit):
    """Hub pages cannot be framed, sniffed or tell where one came from (security row 7)."""
    answer = await (await visit("ada")).get("/hub/login")

    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in answer.text


@pytest.mark.parametrize(
    ("path", "status"), [("/hub/api/", 200), ("/hub/api/info", 403), ("/hub/metrics", 403)]
)
async def test_strangers_learn_nothing(visit, path, status):
    """Without a login the hub tells its version and no more (security row 8)."""
    assert (await (await visit("stranger")).get(path)).status == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/hub/admin", 403),
        ("GET", "/hub/names", 403),
        ("GET", "/hub/api/users", 403),
        ("GET", "/hub/api/users/instructor", 404),
        ("GET", "/hub/api/proxy", 403),
        ("POST", "/hub/api/users/instructor/server", 403),
    ],
)
async def test_attendees_have_no_power(visit, method, path, status):
    """An attendee sees no admin page, no list and nobody else (security rows 10, 11, 12)."""
    bob = await visit("powerless")
    await bob.enter(code=await _code(visit, "powerless"))

    answer = await bob.ask(method, path, headers={"Sec-Fetch-Mode": "navigate"})

    assert answer.status in {status, 404 if method == "POST" else status}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        pytest.param("GET", "/hub/api/user", {"Sec-Fetch-Mode": "cors"}, id="cors"),
        pytest.param(
            "GET",
            "/hub/api/user",
            {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site"},
            id="no-cors",
        ),
        pytest.param(
            "POST",
            "/hub/api/users/forged/server",
            {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"},
            id="form",
        ),
        pytest.param("POST", "/hub/session/restart", {"Sec-Fetch-Mode": "navigate"}, id="restart"),
        pytest.param("POST", "/hub/names", {"Sec-Fetch-Mode": "navigate"}, id="names"),
    ],
)
async def test_cookies_alone_are_not_enough(visit, method, path, headers):
    """What another page can make a browser send is refused (security rows 13, 14, 15)."""
    ada = await visit("forged")
    await ada.enter(code=await _code(visit, "forged"))

    assert (await ada.ask(method, path, headers=headers)).status == 403


async def test_spawn_options_are_ignored(visit):
    """Options in the address of the start page do nothing (security row 20)."""
    ada = await visit("options")
    await ada.enter()

    answer = await ada.get("/hub/spawn?opt-image=evil&opt-cmd=evil")

    assert answer.status == 302
    assert answer.location.startswith(("/hub/spawn-pending/options", f"{ada.origin}/user/"))


@pytest.mark.parametrize(
    ("headers", "at_once"),
    [
        pytest.param({"Sec-Fetch-Site": "same-origin"}, True, id="own-link"),
        pytest.param(
            {"Sec-Fetch-Site": "same-site", "Sec-Fetch-User": "?1"}, True, id="from-the-session"
        ),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, False, id="picture-elsewhere"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, False, id="picture-in-a-session"),
    ],
)
async def test_others_cannot_log_somebody_out(visit, headers, at_once):
    """A picture or page of somebody else logs nobody out (security rows 112, 114)."""
    ada = await visit("leaver")
    await ada.enter(code=await _code(visit, "leaver"))

    page = await ada.get("/hub/logout", **headers)

    stays = (await ada.get("/hub/home")).status == 200
    assert stays is not at_once
    if stays:
        page = await ada.post("/hub/session/restart", "/hub/logout")
        assert (await ada.get("/hub/home")).status == 302
    assert "You are logged out" in page.text
    assert "your files are kept" in page.text


def _message(page):
    return page.partition('id="mistake"')[2].partition("</p>")[0]


#: Codes of names that several tests share, learnt by who logged in first.
_CODES: dict[str, str] = {}


async def _code(visit, name):
    """The code of a name; the first time, somebody takes it."""
    if name not in _CODES:
        first = await visit(name)
        await first.enter()
        _CODES[name] = await first.code()
    return _CODES[name]
