"""What each kind of page tells the browser to refuse, through proxy, hub and session (row 72)."""

import re

import pytest

from tests.attendee import NAVIGATION, Attendee

pytestmark = pytest.mark.slow

PAGES = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self' {socket}",
    "font-src 'self'",
    "frame-src 'self'",
    "form-action 'self' {hub}",  # a logout goes on to the hub
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
#: xterm.js and Butterfly make style elements and stand in our own page only.
VIEW = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
}
DRAWING = {"default-src 'none'", "sandbox"}
HUB = {"frame-ancestors 'none'"}


async def _visit(person, url):
    async with person.http.get(url, headers=NAVIGATION, allow_redirects=False) as page:
        return page.status, page.headers, await page.text()


async def _drawing(person, home):
    """The address of a picture in one of the sample's chapters."""
    _, _, page = await _visit(person, home)
    for slug in sorted(set(re.findall(r'chapters/([\w-]+)"', page))):
        _, _, notes = await _visit(person, f"{home}notes/{slug}")
        if found := re.search(r'src="/user/ada/(assets/[^"]+\.svg)"', notes):
            return found[1]
    raise AssertionError("the sample workshop shows no drawing")


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        pytest.param("", 200, PAGES, id="dashboard"),
        pytest.param("chapters/run-commands", 200, PAGES, id="chapter"),
        pytest.param("notes/run-commands", 200, PAGES, id="notes"),
        pytest.param("finish", 200, PAGES, id="finish"),
        pytest.param("terminals/1", 200, VIEW, id="xterm"),
        pytest.param("terminal/session/1", 200, VIEW, id="butterfly"),
        pytest.param("drawing", 200, DRAWING, id="drawing"),
        pytest.param("nowhere", 404, PAGES, id="no-page"),
        pytest.param("chapters/nope", 404, PAGES, id="no-chapter"),
        pytest.param("terminal/nowhere", 404, VIEW, id="no-terminal-file"),
        pytest.param("terminal/theme/%2Fetc%2Fpasswd", 404, {"default-src 'none'"}, id="climbing"),
        pytest.param("/hub/login?next=", 302, HUB, id="login"),
        pytest.param("/hub/home", 200, HUB, id="hub-home"),
        pytest.param("/hub/session/restart", 200, HUB, id="restart"),
        pytest.param("/hub/admin", 403, HUB, id="hub-refusal"),
        pytest.param("/hub/nowhere", 404, HUB, id="hub-no-page"),
    ],
)
async def test_headers(ada, product, path, status, told):
    """Policy, referrer, sniffing, permissions and caching are right on every kind of page."""
    home = product.home("ada")
    if path == "drawing":
        path = await _drawing(ada, home)
    url = product.url + path if path.startswith("/") else home + path

    answer, headers, _ = await _visit(ada, url)

    assert answer == status
    [policy] = headers.getall("Content-Security-Policy")
    socket = product.host("ada").replace("http", "ws", 1)
    wanted = {part.format(socket=socket, hub=product.url) for part in told}
    given = set(policy.split("; "))
    assert wanted <= given
    assert told is not PAGES or given == wanted
    assert "'unsafe-inline'" not in "".join(p for p in given if p.startswith("script"))
    assert "'unsafe-eval'" not in policy
    assert headers.getall("X-Content-Type-Options") == ["nosniff"]
    assert headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
    for device in ("camera", "geolocation", "microphone"):
        assert f"{device}=()" in headers["Permissions-Policy"]
    [caching] = headers.getall("Cache-Control")
    assert caching == ("private, no-cache" if told is DRAWING else "no-store")


async def test_a_refusal_of_the_gateway_is_as_strict(ada, product):
    """The page for somebody who is not wanted, and for what is no page, allow nothing more."""
    async with Attendee(product, "nobody") as nobody:
        script = await nobody.http.get(product.home("ada") + "api/session")
    assert script.status == 401
    assert script.headers["Cache-Control"] == "no-store"
    assert script.headers["X-Content-Type-Options"] == "nosniff"
    _, headers, _ = await _visit(ada, product.home("ada") + "oauth_callback?state=x&code=y")
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert headers["Cache-Control"] == "no-store"
