"""The door: hosts, paths, methods, senders, XSRF, framing, and the pages that say no."""

import asyncio
import logging

import pytest
from bs4 import BeautifulSoup

from dashboard.settings import Limits
from tests.gateway_fixtures import PREFIX, running_gateway, running_hub


@pytest.fixture
async def hub():
    async with running_hub() as running:
        yield running


@pytest.fixture
async def door(tmp_path, hub):
    async with running_gateway(tmp_path, hub) as running:
        await running.log_in()
        yield running


@pytest.mark.parametrize("host", ["evil", "127.0.0.1", "workshop.test", "workshop.test:8001"])
async def test_another_host_is_not_served(door, host):
    """Only the public host is served; the page names it (security row 75)."""
    answer = await door.visit(headers={"Host": host})

    assert answer.status == 421
    assert 'href="http://workshop.test:8000/user/ada/"' in answer.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Forwarded-Host", "evil"),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", "host=evil;proto=https"),
        ("X-Scheme", "https"),
        ("X-Forwarded-Prefix", "/evil"),
        ("X-Script-Name", "/evil"),
        ("X-Remote-User", "admin"),
        ("X-Forwarded-User", "admin"),
        ("X-JupyterHub-User", "admin"),
    ],
)
async def test_claims_in_headers_change_nothing(door, name, value):
    """Links, redirects, cookies and names come from settings and login (security rows 76, 77)."""
    page = (await door.ask(headers={name: value})).json()
    anonymous = await door.visit(anonymous=True, headers={name: value})

    assert page["user"] == "ada"
    assert page["url"] == "http://workshop.test:8000/user/ada/"
    assert name not in page["headers"]
    assert anonymous.headers["Location"].startswith("http://workshop.test:8000/hub/")
    assert all("Secure" not in one for one in anonymous.headers.get_list("Set-Cookie"))


@pytest.mark.parametrize(
    "path",
    [
        "/user/ada/../bob/",
        "/user/ada/%2e%2e/hub/",
        "//hub/",
        "/user/bob/",
        "/hub/",
        "/user/ada/%0d%0aSet-Cookie:%20x=1",
        "/user/ada/x\\..\\y",
    ],
)
async def test_nothing_outside_the_session_is_served(door, path):
    """Paths that climb or lie elsewhere are not found (security rows 40, 84)."""
    answer = await door.visit(path)

    assert answer.status in {400, 404}
    assert "x" not in answer.cookies


@pytest.mark.parametrize("path", ["/", "/user/ada"])
async def test_the_way_home(door, path):
    """The root and the prefix without its slash lead to the dashboard (security row 41)."""
    answer = await door.visit(path)

    assert answer.status == 302
    assert answer.headers["Location"] == PREFIX


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-XSRFToken": None}, id="no-token"),
        pytest.param({"X-XSRFToken": "0" * 64}, id="wrong-token"),
        pytest.param({"Origin": "https://evil"}, id="foreign-origin"),
        pytest.param({"Origin": "http://bob.workshop.test:8000"}, id="sibling-origin"),
        pytest.param({"Origin": "null"}, id="null-origin"),
        pytest.param({"Origin": None}, id="no-origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="cross-site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="same-site"),
    ],
)
@pytest.mark.parametrize("path", ["", "logout", "terminal/x"])
async def test_a_change_must_come_from_our_own_page(door, path, headers):
    """State changes need our token, our origin and no other site's hand (security row 73)."""
    xsrf = (await door.ask()).json()["xsrf"]
    good = {"X-XSRFToken": xsrf, "Origin": door.origin}

    answer = await door.ask(PREFIX + path, "POST", {**good, **headers}, b"a=b")

    assert answer.status == 403
    assert not answer.cookies


@pytest.mark.parametrize("how", ["header", "field"])
async def test_our_own_page_may_change_things(door, how):
    """A request from our own page passes, with the token as header or as field."""
    xsrf = (await door.ask()).json()["xsrf"]
    headers = {"Origin": door.origin, "Content-Type": "application/x-www-form-urlencoded"}
    if how == "header":
        headers["X-XSRFToken"] = xsrf

    answer = await door.ask(
        PREFIX, "POST", headers, f"_xsrf={xsrf if how == 'field' else ''}".encode()
    )

    assert answer.status == 200


async def test_another_login_s_token_is_refused(door):
    """A token of an earlier login is out of date, and the page says so (security row 73)."""
    old = (await door.ask()).json()["xsrf"]
    await door.log_in()

    answer = await door.ask(PREFIX, "POST", {"X-XSRFToken": old, "Origin": door.origin})

    assert answer.status == 403
    assert answer.json()["error"] == "xsrf"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
async def test_logout_is_a_post(door, method):
    """A link or a picture cannot log anybody out here (security row 74)."""
    xsrf = (await door.ask()).json()["xsrf"]
    headers = {"X-XSRFToken": xsrf, "Origin": door.origin}

    assert (await door.ask(f"{PREFIX}logout", method, headers)).status == 405


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_pages_are_read_or_posted_to(door, method):
    """Other methods are refused (security row 83)."""
    xsrf = (await door.ask()).json()["xsrf"]
    headers = {"X-XSRFToken": xsrf, "Origin": door.origin}

    assert (await door.ask(PREFIX, method, headers)).status == 405


async def test_connect_is_refused(door):
    """The gateway is no proxy for others (security row 83)."""
    answer = await door.send(
        b"CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\nConnection: close\r\n\r\n"
    )

    assert answer.status in {400, 405, 421}


@pytest.mark.parametrize(
    "framing",
    [
        pytest.param(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", id="cl-te"),
        pytest.param(b"Transfer-Encoding: xchunked\r\n", id="xchunked"),
        pytest.param(b"Transfer-Encoding: chunked, identity\r\n", id="two-codings"),
        pytest.param(b"Content-Length: 5\r\nContent-Length: 6\r\n", id="two-lengths"),
        pytest.param(b"Content-Length: 5\nX-Smuggled: 1\r\n", id="bare-lf"),
        pytest.param(b"X-Folded: a\r\n b\r\n", id="folded"),
        pytest.param(b"Content-Length : 5\r\n", id="space-before-colon"),
    ],
)
@pytest.mark.parametrize("path", ["", "terminal/x"])
async def test_unclear_framing_is_refused(door, framing, path):
    """What two servers might delimit differently is answered 400 and closed (row 81)."""
    request = (
        f"POST {PREFIX}{path} HTTP/1.1\r\nHost: {door.host}\r\nCookie: {door.cookie}\r\n".encode()
        + framing
        + b"\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    )

    assert (await door.send(request)).status == 400


@pytest.mark.parametrize(
    ("headers", "statuses"),
    [
        pytest.param({"X-Big": "a" * (40 << 10)}, {431}, id="40-KiB"),
        pytest.param({"X-Big": "a" * (1 << 20)}, {0, 400, 431}, id="1-MiB"),
        pytest.param({f"X-{n}": "1" for n in range(500)}, {431}, id="500"),
        pytest.param({f"X-{n}": "1" for n in range(10_000)}, {0, 400, 431}, id="10000"),
    ],
)
async def test_too_many_headers_are_refused(door, headers, statuses):
    """Headers beyond what a browser sends are refused, or cut off (security row 79)."""
    assert (await door.ask(headers=headers)).status in statuses


@pytest.mark.parametrize("path", ["notes/<script>alert(1)</script>", "x?<script>"])
@pytest.mark.parametrize("host", [None, "evil"])
async def test_pages_that_say_no_repeat_nothing_unescaped(tmp_path, path, host):
    """What was asked for is shown as text, with no trace of our insides (security row 82)."""
    async with running_gateway(tmp_path) as door:
        answer = await door.visit(
            PREFIX + path.replace("<", "%3C"), headers={"Host": host or door.host}
        )

    assert answer.status in {421, 503}
    assert "<script" not in answer.text
    assert "Traceback" not in answer.text


async def test_pages_that_say_no_are_safe_and_whole(door):
    """Such a page is one of ours: strict policy, style sheet, title, heading, a way on."""
    answer = await door.visit(headers={"Host": "evil"})
    page = BeautifulSoup(answer.text, "html.parser")
    style = await door.ask(page.find("link", rel="stylesheet")["href"], anonymous=True)

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Permissions-Policy" in answer.headers
    assert page.html["lang"] == "en"
    assert page.h1.text == page.title.text
    assert page.nav.a["href"]
    assert style.status == 200
    assert style.headers["Content-Type"].startswith("text/css")


async def test_scripts_are_told_in_json(door):
    """A script that is refused reads the reason."""
    answer = await door.ask(headers={"Host": "evil"})

    assert answer.json()["error"] == "wrong-host"


async def test_logs_hold_no_secret(door, caplog):
    """After logins, refusals and errors no token, code, state or cookie is in the log (row 117)."""
    caplog.set_level(logging.DEBUG)
    token = await door.log_in()
    await door.visit(f"{PREFIX}oauth_callback?code=SECRETCODE&state=SECRETSTATE")
    await door.visit(f"{PREFIX}x?token=SECRETTOKEN", headers={"Host": "evil"})
    await door.ask(headers={"Authorization": "token SECRETBEARER"})

    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "/user/ada/oauth_callback" in logged
    assert "SECRET" not in logged
    assert token not in logged
    assert door.cookie not in logged


async def test_slow_senders_hold_up_nobody(tmp_path, hub):
    """Connections that dribble are closed in time, and others are served meanwhile (row 80)."""
    limits = Limits(headers=0.5, drain=1)
    async with running_gateway(tmp_path, hub, limits) as door:
        await door.log_in()
        slow = [await asyncio.open_connection("127.0.0.1", door.port) for _ in range(200)]
        for _, writer in slow:
            writer.write(b"GET /")

        async with asyncio.timeout(1):
            assert (await door.ask()).status == 200
        async with asyncio.timeout(5):
            ended = await asyncio.gather(*(reader.read() for reader, _ in slow))

        assert ended == [b""] * 200
        for _, writer in slow:
            writer.close()


@pytest.mark.parametrize("path", ["", "terminal/x", "api/session", "x/../y", "health/live"])
@pytest.mark.parametrize("host", [None, "evil"])
async def test_a_refusal_leaves_the_connection_to_the_proxy(door, path, host):
    """The proxy keeps its connections: one that carried a refusal carries the next request too."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    request = f"GET {PREFIX}{path} HTTP/1.1\r\nHost: {host or door.host}\r\n\r\n".encode()

    for _ in range(3):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        assert b"Connection: close" not in head
        await asyncio.sleep(0)
    writer.close()


async def test_a_refusal_of_a_body_says_that_it_closes(door):
    """A connection whose request is not read to its end is closed, and the proxy is told."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(
        f"POST {PREFIX} HTTP/1.1\r\nHost: {door.host}\r\nContent-Length: 99999\r\n\r\n".encode()
    )

    answer = await reader.read()
    writer.close()

    assert b"\r\nConnection: close\r\n" in answer
