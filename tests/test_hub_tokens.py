"""What a session's own token is good for at the hub, and how strict the hub's OAuth is."""

import datetime
import os
import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from tests.hub_fixtures import Visitor
from tests.session import session_of
from tests.waiting import holds

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root reads the token of a hidden process"),
]


@pytest.fixture
async def ada(product):
    """Ada's browser, logged in, with her session running."""
    person = Visitor.opened(product, "ada")
    jar = product.state.parent / "ada's cookies"
    if jar.exists():
        person.http.cookie_jar.load(jar)
    else:
        await person.enter()
        person.http.cookie_jar.save(jar)
    session_of(product, "ada")
    yield person
    await person.http.close()


@pytest.fixture
def environ(product, ada):
    """The environment of Ada's dashboard, as nobody but root can read it."""
    told = Path(f"/proc/{session_of(product, 'ada').dashboard}/environ").read_bytes()
    return dict(entry.split("=", 1) for entry in told.decode().split("\0") if "=" in entry)


@pytest.fixture
def as_server(ada, environ):
    """Asks the hub with the session's own token."""

    async def ask(method, path, **more):
        ada.http.cookie_jar.clear()
        headers = {"Authorization": f"token {environ['JUPYTERHUB_API_TOKEN']}"}
        return await ada.ask(method, path, headers=headers, **more)

    return ask


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/hub/api/user", 200),
        ("GET", "/hub/api/users/ada", 200),
        ("GET", "/hub/api/users", 403),
        ("GET", "/hub/api/users/instructor", 404),
        ("POST", "/hub/api/users/ada/tokens", 403),
        ("POST", "/hub/api/users/ada/server", 403),
        ("DELETE", "/hub/api/users/ada/server", 403),
        ("GET", "/hub/api/proxy", 403),
        ("GET", "/hub/api/session/console", 404),  # its own to ask, and processes have none
        ("POST", "/hub/api/shutdown", 403),
    ],
)
async def test_a_server_token_can_do_little(as_server, method, path, status):
    """A session's token tells who it is for and no more (security rows 107, 108)."""
    assert (await as_server(method, path)).status == status


@pytest.mark.parametrize("body", [{}, {"label": "p0"}, ["p8080"], "p8080", None])
async def test_a_host_is_asked_for_by_its_label(as_server, body):
    """Whatever else a session sends is answered as its mistake, once it counts as there."""

    async def status():
        return (await as_server("POST", "/hub/api/session/host", json=body)).status

    async def counts():
        return await status() != 409

    await holds(counts)
    assert await status() == 400


async def test_activity(as_server):
    """A session reports its own activity, not another's, and not far ahead (security row 109)."""
    now = datetime.datetime.now(datetime.UTC)

    async def report(name, when):
        body = {"servers": {"": {"last_activity": when.isoformat()}}}
        return (await as_server("POST", f"/hub/api/users/{name}/activity", json=body)).status

    assert await report("ada", now) == 200
    assert await report("ada", now + datetime.timedelta(hours=2)) == 400
    assert await report("instructor", now) == 404


@pytest.mark.parametrize("length", [65, 4000])
async def test_bogus_tokens(ada, length):
    """A token that cannot be one is refused (security row 110)."""
    ada.http.cookie_jar.clear()
    headers = {"Authorization": f"token {'f' * length}"}

    assert (await ada.ask("GET", "/hub/api/user", headers=headers)).status == 403


async def _authorize(ada, environ, **changed):
    fields = {
        "response_type": "code",
        "client_id": environ["JUPYTERHUB_CLIENT_ID"],
        "redirect_uri": environ["JUPYTERHUB_OAUTH_CALLBACK_URL"],
        "state": "s",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    } | changed
    query = urlencode({name: value for name, value in fields.items() if value})
    return await ada.get(f"/hub/api/oauth2/authorize?{query}")


async def test_authorize_for_oneself_asks_nothing(ada, environ):
    """The owner of a session is sent straight back to it, with a code (security row 21)."""
    answer = await _authorize(ada, environ)

    assert answer.status == 302
    assert answer.location.startswith(environ["JUPYTERHUB_OAUTH_CALLBACK_URL"] + "?code=")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"redirect_uri": "https://evil.example"}, "400", id="elsewhere"),
        pytest.param({"scope": "admin:users"}, "invalid_scope", id="more-scope"),
        pytest.param({"response_type": "token"}, "unsupported_response_type", id="implicit"),
        pytest.param(
            {"code_challenge": "", "code_challenge_method": ""}, "invalid_request", id="no-pkce"
        ),
    ],
)
async def test_authorize_is_strict(ada, environ, changed, told):
    """Another address, more scope, another flow or no PKCE is refused (security rows 30, 32)."""
    answer = await _authorize(ada, environ, **changed)

    error = parse_qs(urlsplit(answer.location).query).get("error", [str(answer.status)])
    assert error == [told]


@pytest.mark.parametrize(
    ("secret", "verifier", "status"),
    [
        pytest.param("wrong", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", 401, id="secret"),
        pytest.param("", "", 400, id="no-verifier"),
    ],
)
async def test_token_endpoint_is_strict(ada, environ, secret, verifier, status):
    """A code is worth nothing without the client's secret and the verifier (security row 31)."""
    code = re.search("code=([^&]+)", (await _authorize(ada, environ)).location)[1]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": environ["JUPYTERHUB_OAUTH_CALLBACK_URL"],
        "client_id": environ["JUPYTERHUB_CLIENT_ID"],
        "client_secret": secret or environ["JUPYTERHUB_API_TOKEN"],
        "code_verifier": verifier,
    }

    ada.http.cookie_jar.clear()
    answer = await ada.ask("POST", "/hub/api/oauth2/token", data=form)

    assert answer.status == status


async def test_a_classmate_is_refused(ada, product, environ):
    """Bob is told that Ada's session is not his (security row 22)."""
    bob = Visitor.opened(product, "bob")
    await bob.enter(next_=quote("/hub/"))

    answer = await _authorize(bob, environ)
    await bob.http.close()

    assert answer.status == 403
    assert "This is not yours to open" in answer.text


async def test_logs_hold_no_secret(product, ada, environ):
    """After all that, no log has a token, a cookie, a password or a code (security row 117)."""
    code = await ada.code()
    cookies = {cookie.value for cookie in ada.http.cookie_jar if len(cookie.value) > 8}
    secrets = cookies | {environ["JUPYTERHUB_API_TOKEN"], code, product.environ["PASSWORD"]}
    logs = [path for path in (product.state / "log").iterdir() if path.is_file()]

    assert len(logs) >= 3
    assert cookies
    for log in logs:
        text = log.read_text()
        assert [secret for secret in secrets if secret in text] == [], log.name
