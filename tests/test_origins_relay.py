"""Programs at origins of their own, through the gateway: login by ticket, and rows 42 to 59."""

import asyncio
import contextlib
import json
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httputil import HTTPHeaders
from tornado.websocket import WebSocketClientConnection, websocket_connect

from dashboard.settings import Limits
from tests.gateway_fixtures import PREFIX, Answer, Door
from tests.openshift.authority import Authority
from tests.ports import free_port
from tests.terminal_fixtures import Server, running_server
from tests.test_ports_relay import opened, started

pytestmark = pytest.mark.slow

HOME = "http://ada.workshop.test:8000"
OWN = {
    "JUPYTERHUB_PUBLIC_URL": f"{HOME}{PREFIX}",
    "JUPYTERHUB_PUBLIC_HUB_URL": "http://workshop.test:8000/hub/",
    "WORKSHOP_OWN_HOSTS": "1",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


@pytest.fixture(scope="module")
def program(server: Server) -> Iterator[int]:
    with started(server) as port:
        yield port


@pytest.fixture
async def door(server: Server, tmp_path: Path) -> AsyncIterator[Door]:
    async with opened(server, tmp_path, **OWN) as door:
        yield door


@dataclass
class Shop:
    """A browser of sorts at the program's origin; without a port at the console's."""

    door: Door
    port: int = 0
    cookie: str = ""
    tls: bool = False

    @property
    def host(self) -> str:
        label = f"{'s' if self.tls else 'p'}{self.port}" if self.port else "console"
        return f"{label}--ada.workshop.test:8000"

    @property
    def place(self) -> str:
        """Where the dashboard has it, below the session's prefix."""
        return f"port/{'https-' if self.tls else ''}{self.port}/" if self.port else "console/"

    async def ask(self, path: str = "/", method: str = "GET", **headers: str | None) -> Answer:
        """Ask as the program's own page does."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Host": self.host, "Cookie": self.cookie or None, **given}
        return await self.door.ask(path, method, sent, anonymous=True)

    async def show(
        self,
        ticket: str,
        origin: str | None = HOME,
        host: str = "",
        cookie: str | None = None,
        fragment: str = "",
    ) -> Answer:
        """Show a ticket as the dashboard's page does."""
        body = urlencode({"ticket": ticket, "fragment": fragment}).encode()
        headers = {"Host": host or self.host, "Origin": origin, "Cookie": cookie}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return await self.door.ask("/.workshop/enter", "POST", headers, body, anonymous=True)

    async def enter(self, path: str = "") -> Answer:
        """Come from the dashboard."""
        answer = await self.show(await ticket(self.door, self.place + path))
        self.cookie = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
        return answer

    async def socket(
        self, path: str = "ws", protocols: list[str] | None = None, **changes: str | None
    ) -> WebSocketClientConnection:
        """A WebSocket of the program's page."""
        headers = {"Host": self.host, "Origin": f"http://{self.host}", "Cookie": self.cookie}
        sent = {n: v for n, v in {**headers, **changes}.items() if v is not None}
        address = f"ws://127.0.0.1:{self.door.port}/{path}"
        request = HTTPRequest(address, headers=HTTPHeaders(sent))
        return await websocket_connect(request, subprotocols=protocols)


async def ticket(door: Door, path: str) -> str:
    """The ticket in the page that the dashboard answers with."""
    answer = await door.visit(PREFIX + path)
    assert answer.status == 200, answer.text
    return re.findall(r'name="ticket" value="([^"]+)"', answer.text)[0]


@pytest.fixture
async def shop(door: Door, program: int) -> Shop:
    shop = Shop(door, program)
    await shop.enter()
    return shop


async def test_why_a_program_has_no_host_is_told(door: Door, program: int) -> None:
    """In the hub's own words, with a way to try again; there is no ticket."""
    assert door.hub is not None
    door.hub.no_host = "The cluster gives this program no address: <b> has it."

    refused = await door.visit(f"{PREFIX}port/{program}/")

    assert refused.status == 502
    assert "gives this program no address: &lt;b&gt; has it." in refused.text
    assert "Try again" in refused.text
    assert "ticket" not in refused.text
    door.hub.no_host = ""
    assert await ticket(door, f"port/{program}/")


async def test_a_ticket_becomes_a_cookie_of_the_program_s_own_host(
    door: Door, program: int
) -> None:
    """The hub is asked for the host; the ticket is in no address; the page goes on by itself."""
    shop = Shop(door, program)
    page = await door.visit(f"{PREFIX}port/{program}/a/b?x=%2F")
    entered = await shop.enter("a/b?x=%2F")

    assert door.hub is not None
    assert door.hub.hosts == [f"p{program}"] * 2
    policy = page.headers["Content-Security-Policy"]
    assert f"frame-src http://{shop.host}; form-action http://{shop.host};" in policy
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert entered.status == 200
    assert f'content="0;url=http://{shop.host}/a/b?x=%2F"' in entered.text
    [cookie] = entered.headers.get_list("Set-Cookie")
    assert cookie.endswith("-login=" + cookie.partition("=")[2])
    assert "; Path=/; HttpOnly; SameSite=Lax" in cookie
    assert "Domain" not in cookie

    seen = (await shop.ask("/a/b?x=%2F", Cookie=f"{shop.cookie}; mine=1")).json()
    assert seen["path"] == "/a/b?x=%2F"
    assert seen["Host"] == f"localhost:{program}"
    assert seen["X-Forwarded-Host"] == shop.host
    assert "X-Forwarded-Prefix" not in seen
    assert seen["Cookie"] == "mine=1"


async def test_a_cookie_is_bound_to_its_host_where_browsers_come_by_https(
    server: Server, tmp_path: Path, program: int
) -> None:
    """`__Host-` keeps every sibling from setting it."""
    https = {
        "JUPYTERHUB_PUBLIC_URL": f"https://ada.workshop.test:8000{PREFIX}",
        "JUPYTERHUB_PUBLIC_HUB_URL": "https://workshop.test:8000/hub/",
    }
    async with opened(server, tmp_path, **OWN | https) as door:
        shop = Shop(door, program)
        given = await shop.show(
            await ticket(door, f"port/{program}/"), "https://ada.workshop.test:8000"
        )
    [cookie] = given.headers.get_list("Set-Cookie")
    assert cookie.startswith("__Host-workshop-")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")


async def test_a_ticket_is_refused_when_it_is_used_or_foreign(door: Door, program: int) -> None:
    """Used, for another program, sent by another page, or made up: 403, and no cookie."""
    shop = Shop(door, program)
    used = await ticket(door, f"port/{program}/")
    assert (await shop.show(used)).status == 200
    other = await ticket(door, "port/1/")

    refused = [
        await shop.show(used),
        await shop.show(other),
        await shop.show("made-up"),
        await shop.show(""),
        *[
            await shop.show(await ticket(door, f"port/{program}/"), origin)
            for origin in (None, "null", f"http://{shop.host}", "http://quin.workshop.test:8000")
        ],
    ]
    assert [answer.status for answer in refused] == [403] * len(refused)
    assert not any(answer.headers.get_list("Set-Cookie") for answer in refused)
    wrong = await shop.show(used, host=f"p{program}--quin.workshop.test:8000")
    assert wrong.status in {404, 405, 421}
    assert (await shop.ask("/.workshop/enter")).status == 404


@pytest.mark.parametrize(
    ("fragment", "passed"),
    [
        ("#/cart?a=%20&b", "#/cart?a=%20&amp;b"),
        ("", ""),
        ("/elsewhere", ""),
        (".evil.example", ""),
        ("# a", ""),
        ("#\n", ""),
    ],
)
async def test_the_part_of_a_page_goes_along(
    door: Door, program: int, fragment: str, passed: str
) -> None:
    """No server hears what stands behind the # of an address: the page that has it sends it."""
    shop = Shop(door, program)
    entered = await shop.show(await ticket(door, f"port/{program}/a?b"), fragment=fragment)

    assert f'content="0;url=http://{shop.host}/a?b{passed}"' in entered.text


async def test_a_refusal_in_a_tab_has_links_that_work(shop: Shop) -> None:
    """Nothing may take away what is around the tab: what leads elsewhere opens in a window."""
    (framed, window) = [
        (await shop.ask("/.workshop/enter", **asked)).text for asked in (FRAMED, WINDOW)
    ]
    home = f'href="{HOME}{PREFIX}" target='

    assert f'{home}"_blank"' in framed
    assert f'{home}"_top"' in window


async def test_a_program_that_has_ended_is_asked_again_for_the_same(door: Door) -> None:
    """By a link that keeps to the tab, with the query that the program goes by."""
    shop = Shop(door, free_port())
    await shop.enter()
    refused = await shop.ask("/a?b=%2F&c=<", **FRAMED)

    assert refused.status == 502
    assert 'href="/a?b=%2F&amp;c=&lt;" target="_self"' in refused.text


async def test_a_ticket_is_good_in_its_own_browser(door: Door, program: int) -> None:
    """What a worker of the program's takes out of the form is worth nothing elsewhere."""
    door.cookies["jupyterhub-session-id"] = "abc"
    shop = Shop(door, program)

    elsewhere = await shop.show(await ticket(door, f"port/{program}/"))
    here = await shop.show(
        await ticket(door, f"port/{program}/"), cookie="jupyterhub-session-id=abc"
    )

    assert (elsewhere.status, here.status) == (403, 200)


async def test_without_the_cookie_a_visitor_is_sent_over_the_dashboard(
    door: Door, program: int
) -> None:
    """A person's own visit; anything else is refused before the program hears of it."""
    shop = Shop(door, program)
    browser = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Site": "none", "Accept": "text/html"}
    sent = await shop.ask("/a?b=c", Sec_Fetch_Dest="document", **browser)
    framed = await shop.ask("/a", Sec_Fetch_Dest="iframe", **browser)

    assert sent.status == 302
    assert sent.headers["Location"] == f"{HOME}{PREFIX}port/{program}/a?b=c"
    assert framed.status == 401
    assert f"frame-ancestors 'self' {HOME}" in framed.headers["Content-Security-Policy"]
    assert "/.workshop/gateway.css" in framed.text
    assert (await shop.ask("/.workshop/gateway.css")).status == 200
    assert (await shop.ask("/a")).status == 401
    dashboards = await shop.ask("/a", Cookie=door.cookie)
    assert dashboards.status == 401


async def test_only_the_program_and_the_dashboard_may_frame_it(shop: Shop) -> None:
    """What the program says of frames is replaced, the rest of it kept."""
    headers = (await shop.ask("/framing")).headers

    policies = headers.get_list("Content-Security-Policy")
    assert policies == ["script-src 'self'", f"frame-ancestors 'self' {HOME}"]
    assert "X-Frame-Options" not in headers


#: As a browser asks for what a frame shows, and for what a window shows.
FRAMED = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Site": "same-origin", "Sec_Fetch_Dest": "iframe"}
WINDOW = FRAMED | {"Sec_Fetch_Dest": "document"}
TAG = f'<script src="/.workshop/inside.js" data-home="{HOME}"></script>'
PAGE = "<!doctype html><html><head><title>Shop</title>"


def given(body: str = PAGE, **headers: str) -> str:
    """The address at which the program answers with a body and headers."""
    told = {"Content-Type": "text/html", **{n.replace("_", "-"): v for n, v in headers.items()}}
    return "/given?" + urlencode({"body": body, **told})


async def test_a_framed_page_has_our_script(shop: Shop) -> None:
    """First in its head, whatever the status, and for a form's answer too; the script is there."""
    answers = [
        await shop.ask(given(), **FRAMED),
        await shop.ask(given(status="500"), **FRAMED),
        await shop.ask(given(size="1"), **FRAMED),
        await shop.ask(given(), "POST", Origin=f"http://{shop.host}", Content_Length="0", **FRAMED),
    ]
    script = await shop.ask("/.workshop/inside.js")

    assert [answer.text for answer in answers] == [PAGE.replace("<head>", f"<head>{TAG}")] * 4
    assert [answer.status for answer in answers] == [200, 500, 200, 200]
    assert {answer.headers["Vary"] for answer in answers} == {"Sec-Fetch-Dest"}
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "postMessage" in script.text


async def test_a_framed_page_s_headers_are_true(shop: Shop) -> None:
    """Its length is that of what comes, its tag weak; it is asked for whole and plain."""
    asked = {"Range": "bytes=1-2", "If_Range": "x", "Accept_Encoding": "gzip"}
    framed = await shop.ask(given(ETag='"a"', Accept_Ranges="bytes"), **FRAMED, **asked)
    window = await shop.ask(given(ETag='"a"', Accept_Ranges="bytes"), **WINDOW, **asked)

    assert framed.headers["ETag"] == 'W/"a"'
    assert framed.headers["Transfer-Encoding"] == "chunked"
    assert not {"Content-Length", "Accept-Ranges"} & set(framed.headers)
    assert (framed.headers["X-Range"], framed.headers["X-Encoding"]) == ("none", "none")
    assert (window.headers["X-Range"], window.headers["X-Encoding"]) == ("bytes=1-2", "gzip")
    assert (window.headers["ETag"], window.headers["Accept-Ranges"]) == ('"a"', "bytes")
    assert "Vary" not in window.headers


@pytest.mark.parametrize(
    ("asked", "path", "method"),
    [
        pytest.param(WINDOW, given(), "GET", id="window"),
        pytest.param({}, given(), "GET", id="script"),
        pytest.param(FRAMED | {"Sec_Fetch_Mode": "cors"}, given(), "GET", id="fetched"),
        pytest.param(FRAMED, given(), "HEAD", id="head"),
        pytest.param(FRAMED, given(Content_Type="application/json"), "GET", id="json"),
        pytest.param(FRAMED, given(Content_Type="text/plain"), "GET", id="text"),
        pytest.param(FRAMED, given(Content_Encoding="gzip"), "GET", id="compressed-all-the-same"),
        pytest.param(FRAMED, given(Content_Disposition="attachment"), "GET", id="download"),
        pytest.param(FRAMED, given(status="206"), "GET", id="part"),
    ],
)
async def test_everything_else_is_the_program_s_own(
    shop: Shop, asked: dict[str, str], path: str, method: str
) -> None:
    """Byte for byte, with its length and its tag."""
    answer = await shop.ask(path + "&size=9&ETag=%22a%22&Content-Length=46", method, **asked)

    assert answer.text == ("" if method == "HEAD" else PAGE)
    assert answer.headers["Content-Length"] == str(len(PAGE)) == "46"
    assert answer.headers["ETag"] == '"a"'


async def test_a_framed_page_that_was_kept(shop: Shop) -> None:
    """That it has not changed is passed on; an answer without a body stays without one."""
    kept = await shop.ask("/given?status=304&ETag=%22a%22", If_None_Match='W/"a"', **FRAMED)
    empty = await shop.ask(given(""), **FRAMED)

    assert (kept.status, kept.headers["ETag"], kept.body) == (304, '"a"', b"")
    assert (empty.status, empty.body) == (200, b"")


async def framed(shop: Shop, path: str) -> tuple[StreamReader, StreamWriter]:
    """The wire on which a frame's page comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.door.port)
    sent = {"Host": shop.host, "Cookie": shop.cookie, "Connection": "close", **FRAMED}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in sent.items())
    writer.write(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
    return reader, writer


async def test_a_framed_page_comes_as_it_is_sent(shop: Shop) -> None:
    """Only its first bytes are looked at: it goes on before its end, and is never held."""
    reader, writer = await framed(shop, "/events?type=text/html")
    async with asyncio.timeout(10):
        before = await reader.readuntil(b"data: 0\n\n")
        await reader.readuntil(b"data: 2\n\n")
    writer.close()
    assert TAG.encode() in before


async def test_a_framed_page_that_is_cut(shop: Shop) -> None:
    """Half a page is not taken for a whole one."""
    ends = []
    for path in (given(), given(Content_Length="1000")):
        reader, writer = await framed(shop, path)
        with contextlib.suppress(ConnectionError):
            ends.append((await reader.read(-1)).endswith(b"\r\n0\r\n\r\n"))
        writer.close()
    assert ends == [True, False]


async def test_cookies_and_redirects_stay_with_the_program(shop: Shop) -> None:
    """Cookies are the host's own; ours cannot be set; a redirect to localhost stays here."""
    ours = shop.cookie.partition("=")[0]
    set_cookies = await shop.ask(f"/cookies?name={ours}&name=jupyterhub-session-id&name=__Host-me")
    moved = await shop.ask("/away")

    assert sorted(set_cookies.headers.get_list("Set-Cookie")) == [
        "__Host-me=forged; Path=/",
        "mine=1; HttpOnly; Path=/",
        "wide=1; Path=/deep",
    ]
    assert moved.headers["Location"] == "/there?x=1"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Cookie": None}, 401),
        ({"Cookie": "workshop-00000000-login=x"}, 401),
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": HOME}, 403),
        ({"Origin": "http://quin.workshop.test:8000"}, 403),
        ({"Origin": "http://p1--ada.workshop.test:8000"}, 403),
        ({"Host": "evil.test", "Origin": "http://evil.test"}, 421),
    ],
)
async def test_a_socket_is_the_program_s_own_page_s(
    shop: Shop, changes: dict[str, str | None], status: int
) -> None:
    """Login, Origin and Host are asked before the program hears of it."""
    with pytest.raises(HTTPClientError) as refused:
        await shop.socket(**changes)
    assert refused.value.code == status


async def test_a_socket_carries_nothing_of_ours_and_ends_with_the_login(shop: Shop) -> None:
    """A logout at the dashboard closes it, and the cookie here is worth nothing any more."""
    socket = await shop.socket()
    await socket.write_message("open")
    seen = json.loads(await socket.read_message() or "")
    assert seen["Host"] == f"localhost:{shop.port}"
    assert "Cookie" not in seen

    xsrf = (await shop.door.ask()).json()["xsrf"]
    headers = {"X-XSRFToken": xsrf, "Origin": HOME}
    assert (await shop.door.ask(f"{PREFIX}logout", "POST", headers)).status == 200
    assert await socket.read_message() is None
    assert socket.close_code == 4401
    socket.close()
    assert (await shop.ask()).status == 401


async def test_a_program_that_speaks_tls_has_an_origin_too(
    server: Server, door: Door, tmp_path: Path
) -> None:
    """It is asked over TLS, as one of its own machine; a ticket for the plain one is not good
    there, and what asks it in plain gets nothing of it."""
    made = Authority.made(tmp_path / "tls")
    with started(server, "127.0.0.1", str(made.certificate), str(made.key)) as port:
        shop, plain = Shop(door, port, tls=True), Shop(door, port)
        entered = await shop.enter("a/b")
        await plain.enter()
        wrong = await shop.show(await ticket(door, f"port/{port}/"))
        seen = (await shop.ask("/a/b")).json()
        moved = await shop.ask("/away")
        socket = await shop.socket()
        await socket.write_message("open")
        told = json.loads(await socket.read_message() or "")
        socket.close()
        answers = [await plain.ask("/a/b"), await shop.ask("/a/b", Cookie=plain.cookie)]

    assert door.hub is not None
    assert door.hub.hosts[0] == f"s{port}"
    assert f'content="0;url=http://{shop.host}/a/b"' in entered.text
    assert wrong.status == 403
    assert (seen["path"], seen["Host"]) == ("/a/b", f"localhost:{port}")
    assert (seen["X-Forwarded-Host"], seen["X-Forwarded-Proto"]) == (shop.host, "http")
    assert moved.headers["Location"] == "/there?x=1"
    assert told["Origin"] == f"https://localhost:{port}"
    assert [answer.status for answer in answers] == [502, 401]


async def test_a_login_that_the_hub_ends_ends_sockets_too(
    server: Server, tmp_path: Path, program: int
) -> None:
    """They are looked at as the others are."""
    async with opened(server, tmp_path, Limits(drain=1, recheck=0.1), **OWN) as door:
        shop = Shop(door, program)
        await shop.enter()
        socket = await shop.socket()
        assert door.hub is not None
        door.hub.tokens.clear()
        assert await socket.read_message() is None
        assert socket.close_code == 4401
        socket.close()


async def test_changes_are_the_program_s_own_page_s(shop: Shop) -> None:
    """A sibling's form does nothing, the dashboard's neither; the program's own does."""
    sent = {"Content_Length": "0", "Sec_Fetch_Mode": "cors"}
    own = await shop.ask("/upload", "POST", Origin=f"http://{shop.host}", **sent)
    others = [
        await shop.ask("/upload", "POST", Origin=origin, Sec_Fetch_Site="same-site", **sent)
        for origin in (HOME, "http://quin.workshop.test:8000", "null")
    ]
    read = await shop.ask("/", Origin=HOME, Sec_Fetch_Site="same-site", Sec_Fetch_Mode="cors")

    assert own.status == 200
    assert {answer.status for answer in others} == {403}
    assert read.status == 403


async def test_a_program_s_page_gets_nothing_from_the_dashboard(shop: Shop) -> None:
    """The dashboard refuses what comes from there, and its cookie is not good there."""
    origin = f"http://{shop.host}"
    xsrf = (await shop.door.ask()).json()["xsrf"]
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-site", "X-XSRFToken": xsrf}
    posted = await shop.door.ask(f"{PREFIX}logout", "POST", headers)
    read = await shop.door.ask(f"{PREFIX}api/session", "GET", headers)
    with_its_cookie = await shop.door.ask(headers={"Cookie": shop.cookie})

    assert (posted.status, read.status, with_its_cookie.status) == (403, 403, 401)


async def test_while_the_hub_is_away(door: Door, program: int) -> None:
    """What was opened before can be opened again; what was not says that the hub is away."""
    shop = Shop(door, program)
    await shop.enter()
    assert door.hub is not None
    door.hub.break_down("gone")

    assert (await door.visit(f"{PREFIX}port/{program}/")).status == 200
    assert (await door.visit(f"{PREFIX}port/81/")).status == 503
    assert (await door.visit(f"{PREFIX}port/99999/")).status == 404
    assert (await door.visit(f"{PREFIX}port/{program}", headers={})).status == 404
