"""The gateway's rules as functions: paths, hosts, senders, scopes, cookies, headers."""

import itertools
import random
import warnings

import pytest
from jupyterhub.services.auth import check_scopes
from tornado.httputil import HTTPHeaders

from dashboard.gateway import framing, paths, xsrf
from dashboard.gateway.address import Address
from dashboard.gateway.cookies import Jar
from dashboard.gateway.fetches import Fetch
from dashboard.gateway.login.scopes import admits
from dashboard.gateway.logs import plain
from dashboard.gateway.relay.headers import for_backend, for_browser
from dashboard.gateway.relay.route import Route
from dashboard.gateway.relay.target import Target

ADDRESS = Address("https://ada.workshop.test", "/user/ada/")
JAR = Jar("jupyterhub-user-ada", "/user/ada/", secure=True, own_host=True)


@pytest.mark.parametrize(
    ("path", "served"),
    [
        ("/user/ada/", True),
        ("/user/ada/chapters/01-first%20step", True),
        ("/user/ada/notes/a..b", True),
        ("/user/ada/caf%C3%A9", True),
        ("/user/ada/../bob/", False),
        ("/user/ada/%2e%2e/hub/", False),
        ("/user/ada/.%2E/hub/", False),
        ("/user/ada/..%2fbob", False),
        ("/user/ada/..%5cbob", False),
        ("/user/ada/./x", False),
        ("//hub/", False),
        ("/user/ada//x", False),
        ("/user/ada/%2fx", False),
        ("/user/ada/%00", False),
        ("/user/ada/%0d%0aSet-Cookie:x=1", False),
        ("http://evil/user/ada/", False),
    ],
)
def test_only_plain_paths_are_served(path, served):
    """A path that climbs, hides or can be read in two ways is nobody's (security rows 40, 84)."""
    assert paths.is_plain(path) is served


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("ada.workshop.test", True),
        ("ADA.workshop.test:443", True),
        ("ada.workshop.test:80", False),
        ("ada.workshop.test:8000", False),
        ("evil", False),
        ("ada.workshop.test.evil.com", False),
        ("evilada.workshop.test", False),
        ("bob.workshop.test", False),
        ("", False),
    ],
)
def test_the_host_is_ours_as_a_whole(host, ours):
    """Only the public host is served (security rows 48, 75)."""
    assert ADDRESS.is_host(host) is ours


FOREIGN_ORIGINS = [
    "https://evil",
    "https://bob.workshop.test",
    "null",
    "https://ada.workshop.test.evil.com",
    "https://evilada.workshop.test",
    "http://ada.workshop.test",
    "https://ada.workshop.test:8443",
    "https://ada.workshop.test/",
]


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_foreign_origin_opens_no_socket_and_changes_nothing(origin):
    """The Origin header is compared as a whole (security rows 44 to 46, 49, 73)."""
    upgrade = Fetch.of("GET", HTTPHeaders({"Origin": origin, "Upgrade": "websocket"}))
    change = Fetch.of("POST", HTTPHeaders({"Origin": origin}))

    assert upgrade.is_foreign(ADDRESS)
    assert change.is_foreign(ADDRESS)


@pytest.mark.parametrize(
    ("method", "headers", "foreign"),
    [
        ("POST", {"Sec-Fetch-Site": "cross-site"}, True),
        ("POST", {"Sec-Fetch-Site": "same-site"}, True),
        ("POST", {"Sec-Fetch-Site": "same-origin"}, False),
        ("POST", {"Sec-Fetch-Site": "same-origin", "Origin": "null"}, False),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, True),
        ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, True),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, False),
        (
            "GET",
            {
                "Sec-Fetch-Site": "same-site",
                "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Dest": "iframe",
            },
            True,
        ),
        ("GET", {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, False),
        ("GET", {}, False),
    ],
)
def test_what_a_browser_says_about_the_sender_counts(method, headers, foreign):
    """Other sites may link here; they may not embed, fetch or post (security row 73)."""
    assert Fetch.of(method, HTTPHeaders(headers)).is_foreign(ADDRESS) is foreign


def _filters():
    owners, servers = ["ada", "bob"], ["ada/", "ada/x", "bob/"]
    yield ""
    yield from (f"!user={owner}" for owner in owners)
    yield from (f"!server={server}" for server in servers)
    yield "!group=class"


def test_scopes_mean_what_the_hub_means():
    """Whether scopes admit is decided as JupyterHub's own `check_scopes` does (security row 23)."""
    scopes = [f"{base}{one}" for base in ("access:servers", "users") for one in _filters()]
    some = random.Random(3)
    pairs = itertools.chain(
        itertools.product([[one] for one in scopes], [[one] for one in scopes]),
        ((some.sample(scopes, 2), some.sample(scopes, some.randint(0, 3))) for _ in range(3000)),
    )

    for required, held in pairs:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # groups cannot be looked up here, says the hub
            expected = bool(check_scopes(set(required), set(held)))
        assert admits(required, held) is expected, (required, held)


def test_cookies_are_bound_to_the_host_where_that_is_possible():
    """With https and an own host a sibling cannot set our cookie (security rows 21, 39)."""
    cookie = JAR.set(JAR.login, "v")

    assert cookie.startswith("__Host-workshop-")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")


def test_cookies_are_narrow_where_hosts_are_shared():
    """On a shared host a cookie is sent to its own session only (security row 21)."""
    jar = Jar("jupyterhub-user-ada", "/user/ada/", secure=True, own_host=False)

    assert jar.set(jar.login, "v").endswith("; Path=/user/ada/; HttpOnly; SameSite=Lax; Secure")


def test_every_value_of_a_cookie_is_seen():
    """A value tossed in by a sibling does not hide ours."""
    header = f"{JAR.login}=tossed; broken; a=b; {JAR.login}=ours"

    assert JAR.values(header, JAR.login) == ["tossed", "ours"]


def test_credentials_and_claims_stay_at_the_door():
    """A backend gets its own cookies and headers, and none of ours (security rows 58, 77)."""
    route = Route("/user/ada/apps/", Target(port=1))
    headers = HTTPHeaders(
        {
            "Cookie": f"{JAR.login}=secret; jupyterhub-session-id=s; theirs=1; _xsrf=2",
            "Authorization": "token secret",
            "X-Forwarded-User": "admin",
            "X-Forwarded-Host": "evil",
            "X-Remote-User": "admin",
            "X-JupyterHub-User": "admin",
            "Forwarded": "proto=http",
            "Connection": "keep-alive, X-Only-Here",
            "X-Only-Here": "1",
            "X-Xsrftoken": "t",
            "X-Custom": "kept",
            "Host": "ada.workshop.test",
        }
    )

    passed = for_backend(headers, JAR, route)

    assert dict(passed.get_all()) == {
        "Cookie": "theirs=1; _xsrf=2",
        "X-Custom": "kept",
        "Host": "ada.workshop.test",
    }


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ("a=1; Path=/; HttpOnly", "a=1; HttpOnly; Path=/user/ada/apps/"),
        ("a=1; Path=/deep; Secure", "a=1; Secure; Path=/user/ada/apps/deep"),
        ("a=1", "a=1; Path=/user/ada/apps/"),
        ("a=1; Domain=workshop.test", "a=1; Path=/user/ada/apps/"),
        (f"{JAR.login}=forged; Path=/", None),
        ("workshop-01234567-login=forged", None),
        ("jupyterhub-session-id=forged", None),
        ("__Host-b=1; Path=/; Secure", None),
    ],
)
def test_a_backends_cookie_reaches_its_route_only(given, passed):
    """Set-Cookie is narrowed and never takes our name (security row 106)."""
    route = Route("/user/ada/apps/", Target(port=1))
    kept = for_browser(HTTPHeaders({"Set-Cookie": given}), JAR, route)

    assert kept == ([("Set-Cookie", passed)] if passed else [])


def test_a_backend_does_not_rule_our_origin():
    """Headers that reach beyond a route do not pass; redirects lead back below it."""
    route = Route("/user/ada/apps/", Target(port=1))
    headers = HTTPHeaders(
        {"Clear-Site-Data": "*", "Service-Worker-Allowed": "/", "Location": "/x?y=1"}
    )

    assert for_browser(headers, JAR, route) == [("Location", "/user/ada/apps/x?y=1")]


@pytest.mark.parametrize(
    ("method", "headers", "clear"),
    [
        ("POST", {"Content-Length": "5"}, True),
        ("POST", {"Transfer-Encoding": "chunked"}, True),
        ("GET", {}, True),
        ("POST", {"Content-Length": "5", "Transfer-Encoding": "chunked"}, False),
        ("POST", {"Transfer-Encoding": "xchunked"}, False),
        ("POST", {"Transfer-Encoding": "gzip, chunked"}, False),
        ("DELETE", {"Transfer-Encoding": "chunked"}, False),
        ("POST", {"Content-Length": "5, 6"}, False),
        ("POST", {"Content-Length": "+5"}, False),
        ("POST", {"Content-Length": "1_0"}, False),
    ],
)
def test_a_body_ends_in_one_place_only(method, headers, clear):
    """What two servers could delimit differently is refused (security row 81)."""
    assert framing.is_clear(method, HTTPHeaders(headers)) is clear


def test_a_token_is_good_for_its_login_only():
    """XSRF tokens differ by login and by session (security row 73)."""
    token = xsrf.token(b"key", "login-1")

    assert xsrf.is_valid(token, xsrf.token(b"key", "login-1"))
    assert not xsrf.is_valid(token, xsrf.token(b"key", "login-2"))
    assert not xsrf.is_valid(token, xsrf.token(b"other", "login-1"))
    assert not xsrf.is_valid("", token)
    assert not xsrf.is_valid("é", token)


def test_a_log_line_cannot_be_forged():
    """Control characters are written out (security row 137)."""
    assert plain("a\r\nINFO forged\x1b[2J\u2028") == "a\\x0d\\x0aINFO forged\\x1b[2J\\x2028"
