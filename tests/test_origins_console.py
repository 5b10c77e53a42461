"""The console at its own origin, through the gateway: rows 42 to 59 and 102 to 106 there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from tornado.httpclient import HTTPClientError

from dashboard.settings import Limits
from tests.console_standin.bridge import Console, running_console
from tests.console_standin.kube import EXEC, Kube
from tests.gateway_fixtures import PREFIX, Door
from tests.terminal_fixtures import running_server
from tests.test_console_relay import FRAME, Stuck, before, hanging, is_there, over, told
from tests.test_origins_relay import HOME, OWN, Shop, ticket
from tests.test_ports_relay import opened, started
from tests.waiting import eventually, holds

PODS = "/api/kubernetes/api/v1/namespaces/class-ada/pods"
WATCH = f"{PODS[1:]}?watch=true"
SHELL = f"{PODS[1:]}/web/exec"
PAGE = {name.replace("-", "_"): value for name, value in FRAME.items()}


class Greedy(Console):
    """One that sets cookies for others, by names that are not its own."""

    def _index(self) -> web.Response:
        answer = super()._index()
        for name in self.names:
            answer.headers.add("Set-Cookie", f"{name}=forged; Path=/")
        answer.headers.add("Set-Cookie", "wide=1; Path=/deep; Domain=workshop.test")
        return answer

    names: tuple[str, ...] = ("jupyterhub-session-id", "__Host-jupyterhub-hub-login")


@pytest.fixture
async def console() -> AsyncIterator[Greedy]:
    async with running_console(Greedy("/", Kube("class-ada"))) as running:
        yield running


@pytest.fixture
async def door(tmp_path: Path, console: Greedy) -> AsyncIterator[Door]:
    async with before(console, tmp_path, **OWN) as door:
        yield door


@pytest.fixture
async def there(door: Door) -> Shop:
    """A browser that has come to the console over the dashboard."""
    shop = Shop(door)
    await shop.enter()
    return shop


def pair(shop: Shop) -> tuple[str, str]:
    """Name and value of the cookie of the login there."""
    name, _, value = shop.cookie.partition("=")
    return name, value


async def test_who_came_over_the_dashboard_is_let_in(there: Shop, console: Greedy) -> None:
    """The hub is asked for the host; the console has the root of it, and acts as its account."""
    assert there.door.hub is not None
    assert there.door.hub.hosts == ["console"]
    pods = (await there.ask(PODS)).json()

    assert pods["items"][0]["metadata"]["name"] == "web"
    assert console.paths == [PODS]


async def test_a_stranger_is_not_heard_of(there: Shop, console: Greedy) -> None:
    """No login, the dashboard's, that of a program's origin, another attendee's: the console hears
    of none of them (rows 42, 43, 103)."""
    door = there.door
    assert door.hub is not None
    program = Shop(door, 8080)
    await program.enter()
    name, value = pair(there)
    bob = f"token {door.hub.new_token('bob', ['access:servers!server=bob/'])}"
    shown: list[dict[str, str | None]] = [
        {"Cookie": None},
        {"Cookie": door.cookie},
        {"Cookie": program.cookie},
        {"Cookie": f"{name}={pair(program)[1]}"},
        {"Cookie": f"{name}={value[:-4]}AAAA"},
        {"Cookie": None, "Authorization": bob},
        {"Cookie": "workshop-00000000-login=x", "Authorization": bob},
    ]

    assert [(await there.ask(PODS, **headers)).status for headers in shown] == [401] * len(shown)
    for headers in shown:
        for path in (WATCH, SHELL):
            with pytest.raises(HTTPClientError) as refused:
                await there.socket(path, [EXEC], **headers)
            assert refused.value.code == 401
    theirs = {"Authorization": bob}
    assert (await door.visit(f"{PREFIX}console/", headers=theirs, anonymous=True)).status == 403
    visit = {**PAGE, "Sec_Fetch_Dest": "document", "Sec_Fetch_Site": "none", "Cookie": None}
    sent = await there.ask("/k8s?a=b", **visit)
    assert (sent.status, sent.headers["Location"]) == (302, f"{HOME}{PREFIX}console/k8s?a=b")
    assert console.seen == []


async def test_a_ticket_leads_there_once_and_in_its_own_browser(door: Door) -> None:
    """Used, another's browser's, a program's, or shown by a page of others: no cookie (row 50)."""
    door.cookies["jupyterhub-session-id"] = "abc"
    shop, hubs = Shop(door), "jupyterhub-session-id=abc"
    used = await ticket(door, "console/")
    assert (await shop.show(used, cookie=hubs)).status == 200

    refused = [
        await shop.show(used, cookie=hubs),
        await shop.show(await ticket(door, "console/"), cookie="jupyterhub-session-id=bob"),
        await shop.show(await ticket(door, "port/8080/"), cookie=hubs),
        await Shop(door, 8080).show(await ticket(door, "console/"), cookie=hubs),
        *[
            await shop.show(await ticket(door, "console/"), origin, cookie=hubs)
            for origin in (None, "null", f"http://{shop.host}", "http://quin.workshop.test:8000")
        ],
    ]

    assert [answer.status for answer in refused] == [403] * len(refused)
    assert not any(answer.headers.get_list("Set-Cookie") for answer in refused)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://evil.example"}, id="evil"),
        pytest.param({"Origin": HOME}, id="dashboard"),
        pytest.param({"Origin": "http://p8080--ada.workshop.test:8000"}, id="program"),
        pytest.param({"Origin": "http://console--quin.workshop.test:8000"}, id="sibling"),
        pytest.param({"Origin": "http://console--ada.workshop.test:8000.evil.example"}, id="long"),
        pytest.param({"Origin": "https://console--ada.workshop.test:8000"}, id="scheme"),
        pytest.param({"Origin": "http://console--ada.workshop.test:8001"}, id="port"),
        pytest.param({"Origin": "null"}, id="null"),
        pytest.param({"Origin": None}, id="none"),
        pytest.param({"Host": "evil.example", "Origin": "http://evil.example"}, id="rebinding"),
    ],
)
async def test_others_open_no_socket_and_change_nothing(
    there: Shop, console: Greedy, headers: dict[str, str | None]
) -> None:
    """Watch, exec and changes need the console's exact Origin, which it never asks for itself
    (rows 44–49, 104)."""
    for path in (WATCH, SHELL):
        with pytest.raises(HTTPClientError) as refused:
            await there.socket(path, [EXEC], **headers)
        assert refused.value.code in {403, 421}
    change = await there.ask(PODS, "POST", Content_Length="0", **headers)

    assert change.status in {403, 421}
    assert console.seen == []


async def test_its_own_page_changes_what_it_may(there: Shop, console: Greedy) -> None:
    """From its own Origin a change is passed on, and the console's own token decides."""
    index = await there.ask("/k8s/ns/class-ada/pods", **PAGE)
    csrf = index.cookies["csrf-token"]
    sent: dict[str, str | None] = {
        "Origin": f"http://{there.host}",
        "Cookie": f"{there.cookie}; csrf-token={csrf}",
    }

    without = await there.ask(f"{PODS}/web", "DELETE", **sent)
    with_it = await there.ask(f"{PODS}/web", "DELETE", X_CSRFToken=csrf, **sent)

    assert (without.status, without.text) == (403, "invalid CSRFToken\n")
    assert with_it.status == 200
    assert console.kube.pods == []


async def test_only_the_dashboard_and_itself_may_frame_it(there: Shop) -> None:
    """What the console says of frames is replaced, the rest is kept (row 102)."""
    page, pods = await there.ask("/k8s", **PAGE), await there.ask(PODS)
    own = f"frame-ancestors 'self' {HOME}"

    assert page.headers.get_list("X-Frame-Options") == []
    assert page.headers.get_list("Content-Security-Policy") == [own]
    assert page.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src" in page.headers["Content-Security-Policy-Report-Only"]
    assert pods.headers.get_list("Content-Security-Policy") == ["sandbox", own]


async def test_cookies_stay_with_it(there: Shop, console: Greedy) -> None:
    """It sets none for other hosts and none of ours; no login, token or claim of ours reaches it,
    nor its sockets (rows 58, 106)."""
    name, _ = pair(there)
    console.names = (*Greedy.names, name, *there.door.cookies)
    page = await there.ask("/k8s", **PAGE)
    claims: dict[str, str | None] = {
        "X_Forwarded_User": "root",
        "X_Remote_User": "root",
        "Cookie": f"{there.cookie}; {there.door.cookie}; jupyterhub-session-id=s; its=1",
    }
    await there.ask(PODS, **claims)
    await over(await there.socket(SHELL, [EXEC], Cookie=str(claims["Cookie"])))

    csrf, *more = sorted(page.headers.get_list("Set-Cookie"))
    assert csrf.startswith("csrf-token=")
    assert csrf.endswith("; SameSite=Strict; Path=/")
    assert more == ["wide=1; Path=/deep"]
    assert len(console.seen) == 3
    for _, _, headers in console.seen:
        assert headers.get("Cookie") in {None, "its=1"}
        assert not {"Authorization", "X-Forwarded-User", "X-Remote-User"} & set(headers)
    assert console.seen[1][2]["Cookie"] == "its=1"


async def test_what_is_open_ends_with_the_login(there: Shop) -> None:
    """A logout at the dashboard closes its sockets, and its cookie is worth nothing (row 51)."""
    shell = await there.socket(SHELL, [EXEC])
    xsrf = (await there.door.ask()).json()["xsrf"]
    headers = {"Origin": HOME, "X-XSRFToken": xsrf}
    assert (await there.door.ask(f"{PREFIX}logout", "POST", headers)).status == 200

    await over(shell)
    assert shell.close_code == 4401
    assert (await there.ask(PODS)).status == 401


async def test_a_message_beyond_all_measure(there: Shop) -> None:
    """It ends its own socket with 1009; the gateway lives (row 52)."""
    shell, other = [await there.socket(SHELL, [EXEC]) for _ in range(2)]
    await shell.write_message("4" + "x" * (5 << 20))
    await over(shell)
    prompt = await other.read_message()
    await over(other)

    assert shell.close_code == 1009
    assert prompt is not None
    assert (await there.ask(PODS)).status == 200


async def test_too_many_sockets_leave_the_terminal_its_own(tmp_path: Path, console: Greedy) -> None:
    """Beyond the limit a socket is refused (row 54)."""
    async with before(console, tmp_path, Limits(sockets=3, drain=1), **OWN) as door:
        there = Shop(door)
        await there.enter()
        sockets = [await there.socket(WATCH) for _ in range(3)]
        with pytest.raises(HTTPClientError) as refused:
            await there.socket(WATCH)
        assert refused.value.code == 503
        await over(*sockets)


@pytest.mark.slow
async def test_a_console_that_hangs_takes_nobody_s_place(tmp_path: Path) -> None:
    """So many requests to it at once and no more, which are not those of programs at their own
    origins; whoever goes makes room."""
    limits, console = Limits(programs=2, drain=1), Stuck("/", Kube("class-ada"))
    with running_server() as server, started(server) as port:
        async with (
            running_console(console),
            opened(server, tmp_path, limits, WORKSHOP_CONSOLE=told(console), **OWN) as door,
        ):
            there, program = Shop(door), Shop(door, port)
            await there.enter()
            await program.enter()
            async with hanging(there, "/hang", "/half"):
                await eventually(lambda: console.hung == 2)
                full = await there.ask(PODS)
                other = await program.ask("/x")
            await holds(lambda: is_there(there, PODS))
            async with hanging(program, "/bytes/hang", "/bytes/hang"):
                await eventually(lambda: door.gateway._program_slots._taken == 2)
                assert await is_there(there, PODS)

    assert (full.status, full.json()["error"]) == (503, "full")
    assert other.status == 200
