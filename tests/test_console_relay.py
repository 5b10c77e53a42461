"""The console through the gateway, held against rows 42 to 59 and 102 to 106 of the threats."""

import asyncio
import base64
import contextlib
import gzip
import json

import pytest
from aiohttp import web
from tornado.httpclient import HTTPClientError

from dashboard.settings import Limits
from tests.console_standin.bridge import Console, running_console
from tests.console_standin.kube import EXEC, LOG, Kube
from tests.gateway_fixtures import PREFIX, running_gateway, running_hub
from tests.terminal_fixtures import running_server
from tests.test_ports_relay import opened, started
from tests.waiting import eventually, holds

BASE = f"{PREFIX}console/"
PODS = f"{BASE}api/kubernetes/api/v1/namespaces/class-ada/pods"
WATCH = "console/api/kubernetes/api/v1/namespaces/class-ada/pods?watch=true"
SHELL = "console/api/kubernetes/api/v1/namespaces/class-ada/pods/web/exec"


def told(console, **more):
    return json.dumps({"port": console.port, "page": "p", "health": "health", **more})


@pytest.fixture
async def console():
    async with running_console(Console(BASE, Kube("class-ada"))) as running:
        yield running


@contextlib.asynccontextmanager
async def before(console, folder, limits=None, more=None, **changes):
    """A gateway before the console, with a visitor of ada's who is logged in."""
    changes["WORKSHOP_CONSOLE"] = told(console, openshift=True, **(more or {}))
    async with running_hub() as hub, running_gateway(folder, hub, limits, **changes) as running:
        await running.log_in()
        yield running


@pytest.fixture
async def door(tmp_path, console):
    async with before(console, tmp_path) as running:
        yield running


async def over(*sockets):
    """Close them and wait until they are closed, whatever is still on its way."""
    for socket in sockets:
        socket.close()
    for socket in sockets:
        while await socket.read_message() is not None:
            """What was on its way."""
        await eventually(lambda socket=socket: socket.protocol is None)


async def index(door):
    """Open the console's page as its frame does, and keep the cookie that it sets."""
    answer = await door.ask(f"{BASE}k8s/ns/class-ada/pods", headers=FRAME)
    door.take(answer)
    return answer


FRAME = {
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "iframe",
    "Sec-Fetch-Site": "same-origin",
    "Accept": "text/html",
    "Accept-Encoding": "gzip",
}


async def test_our_word_on_frames_replaces_the_console_s(door):
    """No header forbids our frame, ours forbids everybody else's, the others are kept (row 102)."""
    page = await index(door)
    pods = await door.ask(PODS)

    assert page.headers.get_list("X-Frame-Options") == []
    assert page.headers.get_list("Content-Security-Policy") == ["frame-ancestors 'self'"]
    assert page.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src" in page.headers["Content-Security-Policy-Report-Only"]
    assert pods.headers.get_list("Content-Security-Policy") == ["sandbox", "frame-ancestors 'self'"]
    assert pods.json()["items"][0]["metadata"]["name"] == "web"


async def test_our_script_is_the_first_of_the_page(door):
    """The page comes plain with our script in it, and is otherwise as it was."""
    page = await index(door)
    script = await door.ask(f"{PREFIX}console.js")

    tag = f'<script src="{PREFIX}console.js" data-base="{BASE}"></script>'
    assert page.text.split("<head>")[1].strip().startswith(tag)
    assert page.text.replace(tag, "").endswith("</html>\n")
    assert "window.fetch" in script.text
    assert script.headers["Content-Type"].startswith("text/javascript")


async def test_static_files_pass_as_they_are(door):
    """Compressed and kept for good, as the console has them."""
    answer = await door.ask(f"{BASE}static/app.js", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b"api-discovery" in gzip.decompress(answer.body)


async def test_a_stranger_is_not_heard_of(door, console):
    """Without a login, or with another's, the console sees nothing (rows 42, 43, 103)."""
    assert (await door.ask(PODS, anonymous=True)).status == 401
    assert (await door.visit(BASE, anonymous=True)).status == 302
    bob = door.hub.new_token("bob", ["access:servers!server=bob/"])
    theirs = {"Authorization": f"token {bob}"}
    assert (await door.ask(PODS, headers=theirs, anonymous=True)).status == 403
    for path in (WATCH, SHELL):
        for headers in ({"Cookie": None}, {"Cookie": None, **theirs}):
            with pytest.raises(HTTPClientError) as refused:
                await door.socket(path, [EXEC], headers=headers)
            assert refused.value.code in {401, 403}

    assert console.seen == []


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://evil.example"}, id="evil"),
        pytest.param({"Origin": "http://bob.workshop.test:8000"}, id="sibling"),
        pytest.param({"Origin": "http://workshop.test:8000.evil.example"}, id="longer"),
        pytest.param({"Origin": "https://workshop.test:8000"}, id="scheme"),
        pytest.param({"Origin": "http://workshop.test:8001"}, id="port"),
        pytest.param({"Origin": "null"}, id="null"),
        pytest.param({"Origin": None}, id="none"),
        pytest.param({"Host": "evil.example", "Origin": "http://evil.example"}, id="rebinding"),
    ],
)
async def test_foreign_sockets_are_refused_by_us(door, console, headers):
    """Watch and exec need our exact Origin, which the console never asks (rows 44–49, 104)."""
    for path in (WATCH, SHELL):
        with pytest.raises(HTTPClientError) as refused:
            await door.socket(path, [EXEC], headers=headers)
        assert refused.value.code in {403, 421}

    assert console.seen == []


async def test_changes_need_our_origin_and_the_console_s_own_token(door, console):
    """A change from elsewhere stays at the door; from our page it passes with header and cookie."""
    await index(door)
    csrf = door.cookies["csrf-token"]
    body = json.dumps({"metadata": {"name": "made"}}).encode()
    ours = {"Origin": door.origin, "X-CSRFToken": csrf}

    foreign = await door.ask(PODS, "POST", {**ours, "Origin": "https://evil.example"}, body)
    unproven = await door.ask(PODS, "POST", {"X-CSRFToken": csrf}, body)
    assert (foreign.status, unproven.status) == (403, 403)
    assert [method for method, _, _ in console.seen] == ["GET"]
    without = await door.ask(PODS, "POST", {"Origin": door.origin}, body)
    assert (without.status, without.text) == (403, "invalid CSRFToken\n")
    assert (await door.ask(PODS, "POST", ours, body)).status == 201
    assert console.kube.pods == ["web", "made"]
    assert (await door.ask(f"{PODS}/made", "DELETE", ours)).status == 200


async def test_cookies_stay_apart(door, console):
    """Its cookie keeps to its path; none of ours, no token and no claim reaches it (58, 106)."""
    page = await index(door)
    [cookie] = page.headers.get_list("Set-Cookie")
    assert cookie.endswith(f"; SameSite=Strict; Path={BASE}")
    sent = {"X-Forwarded-User": "root", "X-Remote-User": "root"}
    await door.ask(PODS, headers={**sent, "Cookie": f"{door.cookie}; jupyterhub-session-id=s"})
    token = door.hub.new_token()
    await door.ask(PODS, headers={"Authorization": f"token {token}"}, anonymous=True)
    await over(await door.socket(SHELL, [EXEC]))

    for _, _, headers in console.seen:
        names = [part.split("=")[0].strip() for part in headers.get("Cookie", "").split(";")]
        assert set(names) <= {"csrf-token", ""}
        assert not {"Authorization", "X-Forwarded-User", "X-Remote-User"} & set(headers)


async def test_sockets_pass_with_their_protocols(door, console):
    """Watch, log and exec work through us, each with the subprotocol it needs."""
    watch = await door.socket(WATCH)
    await eventually(lambda: console.kube.watchers)
    await console.kube.tell("ADDED", "new")
    assert json.loads(await watch.read_message())["object"]["metadata"]["name"] == "new"
    log = await door.socket(SHELL.replace("exec", "log?follow=true"), [LOG])
    assert base64.b64decode(await log.read_message()) == b"web says hello\n"
    shell = await door.socket(SHELL, [EXEC])
    assert shell.selected_subprotocol == EXEC
    await shell.write_message("0" + base64.b64encode(b"id\n").decode())
    await eventually(lambda: console.kube.typed == ["id\n"])
    await over(watch, log, shell)


async def test_a_log_streams(door):
    """A log comes whole, and not in one piece."""
    answer = await door.ask(f"{PODS}/web/log")

    assert len(answer.text.splitlines()) == 1000
    assert answer.headers["Transfer-Encoding"] == "chunked"


async def test_dozens_at_once(door, console):
    """A page of the console opens a hundred requests and dozens of sockets at once; all pass."""
    sockets = await asyncio.gather(*(door.socket(WATCH) for _ in range(40)))
    answers = await asyncio.gather(*(door.ask(PODS) for _ in range(100)))

    assert {answer.status for answer in answers} == {200}
    await over(*sockets)


class Stuck(Console):
    """One that begins an answer, or none, and never ends it; or says too much before it."""

    hung = 0

    async def _inside(self, request, path):
        if path == "large":
            return web.Response(headers={"X-Large": "x" * int(request.query["size"])})
        if path not in {"hang", "half"}:
            return await super()._inside(request, path)
        self.hung += 1
        if path == "half":
            stream = web.StreamResponse()
            await stream.prepare(request)
            await stream.write(b"half")
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def hanging(door, *paths):
    """Requests that are not answered, or not to their end, until they are given up."""
    tasks = [asyncio.ensure_future(door.ask(path)) for path in paths]
    try:
        yield
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.slow
async def test_a_console_that_hangs_takes_nobody_s_place(tmp_path):
    """So many requests to it at once and no more, which are neither the terminal's nor the
    programs'; theirs are not the console's; whoever goes makes room."""
    limits, console = Limits(programs=2, drain=1), Stuck(BASE, Kube("class-ada"))
    with running_server() as server, started(server) as program:
        own = f"{PREFIX}port/{program}/"
        async with (
            running_console(console),
            opened(server, tmp_path, limits, WORKSHOP_CONSOLE=told(console)) as door,
        ):
            async with hanging(door, f"{BASE}hang", f"{BASE}half"):
                await eventually(lambda: console.hung == 2)
                full = await door.ask(PODS)
                others = [PREFIX, f"{PREFIX}terminal/health", f"{PREFIX}api/console", own]
                answers = [await door.ask(path) for path in others]
            await holds(lambda: is_there(door, PODS))
            async with hanging(door, f"{own}bytes/hang", f"{own}bytes/hang"):
                await eventually(lambda: door.gateway._program_slots._taken == 2)
                assert await is_there(door, PODS)

    assert (full.status, full.json()["error"]) == (503, "full")
    assert [answer.status for answer in answers] == [200] * len(others)
    assert answers[2].json() == {"state": "ready"}


async def is_there(door, path):
    """Whether a path is answered well."""
    return (await door.ask(path)).status == 200


async def test_what_a_console_has_begun_to_say(tmp_path):
    """It comes as it is sent, whether it ends or not; headers without measure are no answer."""
    async with (
        running_console(Stuck(BASE, Kube("class-ada"))) as console,
        before(console, tmp_path) as door,
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        head = f"GET {BASE}half HTTP/1.1\r\nHost: {door.host}\r\nCookie: {door.cookie}\r\n"
        writer.write(f"{head}\r\n".encode())
        async with asyncio.timeout(10):
            await reader.readuntil(b"half")
        writer.close()
        large = await door.ask(f"{BASE}large?size={32 << 10}")
        beyond = await door.ask(f"{BASE}large?size={1 << 20}")
        after = await door.ask(PODS)

    assert (large.status, len(large.headers["X-Large"])) == (200, 32 << 10)
    assert (beyond.status, after.status) == (502, 200)


async def test_too_many_sockets_leave_the_terminal_its_own(tmp_path, console):
    """Beyond the limit a socket is refused, and the terminals' places are not taken (row 54)."""
    async with before(console, tmp_path, Limits(sockets=3, drain=1)) as door:
        sockets = [await door.socket(WATCH) for _ in range(3)]
        with pytest.raises(HTTPClientError) as refused:
            await door.socket(WATCH)
        assert refused.value.code == 503
        assert len(door.gateway.gate.live) == 3
        await over(*sockets)


async def test_logging_out_ends_what_was_opened(door):
    """After a logout nothing is watched and no terminal left open (row 51)."""
    socket = await door.socket(SHELL, [EXEC])
    xsrf = (await door.ask()).json()["xsrf"]
    await door.ask(f"{PREFIX}logout", "POST", {"Origin": door.origin, "X-XSRFToken": xsrf})

    await over(socket)
    assert socket.close_code == 4401


async def test_a_message_beyond_all_measure(door):
    """It ends the socket with 1009; the gateway lives (row 52)."""
    socket = await door.socket(SHELL, [EXEC])
    await socket.write_message("4" + "x" * (5 << 20))
    await over(socket)

    assert socket.close_code == 1009
    assert (await door.ask(PODS)).status == 200


async def test_redirects_and_paths_stay_below_ours(door, console):
    """The base with its slash is asked as it is; no path climbs out (row 40)."""
    assert (await door.ask(BASE)).status == 200
    for path in ("../hub/", "%2e%2e/hub/", "a//b", "a%5Cb"):
        assert (await door.ask(BASE + path)).status == 404

    assert console.paths == [BASE]


async def test_a_console_at_the_root(tmp_path):
    """One that knows no base path sees none; its cookies and redirects are kept below ours."""
    async with (
        running_console(Console("/", Kube("class-ada"))) as console,
        before(console, tmp_path, more={"strip": True}) as door,
    ):
        answer = await door.ask(f"{BASE}k8s/ns/class-ada/pods?x=1")
        state = await door.ask(f"{PREFIX}api/console")

    assert console.paths == ["/k8s/ns/class-ada/pods?x=1", "/health"]
    assert answer.headers["Set-Cookie"].endswith(f"Path={BASE}")
    assert state.json() == {"state": "ready"}


@pytest.mark.parametrize(("local", "status"), [(True, 200), (False, 403)])
async def test_a_console_that_answers_to_localhost_only(tmp_path, local, status):
    """Asked as on its own machine, Headlamp on loopback answers; by browsers' name it does not."""
    console = Console(BASE, Kube("class-ada"), only_localhost=True)
    async with (
        running_console(console),
        before(console, tmp_path, more={"local": local}) as door,
    ):
        assert (await door.ask(PODS)).status == status
        if not local:
            return
        watch = await door.socket(WATCH)
        await eventually(lambda: console.kube.watchers)
        await over(watch)

    for _, _, headers in console.seen:
        assert headers["Host"] == f"localhost:{console.port}"
        assert headers.get("Origin") in {None, f"http://localhost:{console.port}"}
        assert headers["X-Forwarded-Host"] == "workshop.test:8000"
    assert "Origin" in console.seen[-1][2]


async def test_a_guest_stays_out_where_an_origin_is_shared(tmp_path, console):
    """Beside others' sessions the console is its owner's alone; on a host of its own it is not."""
    scopes = ["access:servers!server=ada/"]
    async with before(console, tmp_path) as door:
        await door.log_in(scopes, "instructor")
        shared = await door.ask(PODS)
    own = {"JUPYTERHUB_PUBLIC_URL": "https://ada.workshop.test/user/ada/"}
    own["JUPYTERHUB_PUBLIC_HUB_URL"] = "https://workshop.test/hub/"
    async with before(console, tmp_path, **own) as door:
        await door.log_in(scopes, "instructor")
        apart = await door.ask(PODS)

    assert (shared.status, shared.json()["error"]) == (403, "owner-only")
    assert apart.status == 200


async def test_a_console_that_is_started_again_is_waited_for(tmp_path):
    """While it has a new token put in, a request waits for a moment instead of failing."""
    console = Console(BASE, Kube("class-ada"))
    async with running_console(console):
        """Its port is known now, and it is gone again."""
    async with before(console, tmp_path) as door:
        asked = asyncio.ensure_future(door.ask(PODS))
        health = await door.ask(f"{PREFIX}health/console", anonymous=True)
        async with running_console(console):
            answer = await asked
            again = await door.ask(f"{PREFIX}health/console", anonymous=True)

    assert (health.status, answer.status, again.status) == (503, 200, 200)


@pytest.mark.parametrize(
    ("hub_says", "state"),
    [
        ("running", "starting"),
        ("starting", "starting"),
        ("memory", "memory"),
        ("image", "image"),
        ("ended", "ended"),
        ("nonsense", "starting"),
    ],
)
async def test_why_it_is_not_there(tmp_path, hub_says, state):
    """The page is told what the hub sees of its container; a visitor may ask, nobody else."""
    console = Console(BASE, Kube("class-ada"))
    async with running_console(console):
        """Its port is known now, and it is gone again."""
    async with before(console, tmp_path, Limits(backend=0.2, drain=1)) as door:
        door.hub.console = hub_says
        assert (await door.ask(f"{PREFIX}api/console")).json() == {"state": state}
        assert (await door.ask(f"{PREFIX}api/console", anonymous=True)).status == 401
        assert (await door.visit(f"{BASE}k8s")).status == 502
        door.hub.break_down("500")
        assert (await door.ask(f"{PREFIX}api/console")).json() == {"state": "starting"}


async def test_without_a_console(tmp_path):
    """Nothing is relayed and nothing is told where there is none, or only a link to one."""
    link = json.dumps({"url": "https://console.example/"})
    for given in ("", link):
        async with (
            running_hub() as hub,
            running_gateway(tmp_path, hub, WORKSHOP_CONSOLE=given) as door,
        ):
            await door.log_in()
            state = await door.ask(f"{PREFIX}api/console")
            health = await door.ask(f"{PREFIX}health/console")
        assert state.status == 404
        assert health.json()["path"].endswith("health/console")  # the pages' own, which is a 404


async def test_only_what_a_person_does_is_activity(tmp_path, console):
    """Changes and typing are told to the hub; watching, lists and reviews of rights are not."""
    async with running_hub() as hub:
        activity = f"{hub.url}/users/ada/activity"
        changes = {"JUPYTERHUB_ACTIVITY_URL": activity, "WORKSHOP_CONSOLE": told(console)}
        limits = Limits(activity=0.01, drain=1)
        async with running_gateway(tmp_path, hub, limits, **changes) as door:
            await door.log_in()
            await index(door)
            csrf = {"Origin": door.origin, "X-CSRFToken": door.cookies["csrf-token"]}
            watch = await door.socket(WATCH)
            await door.ask(PODS)
            await door.ask(f"{BASE}api/kubernetes/apis/x/selfsubjectaccessreviews", "POST", csrf)
            before_change = list(hub.activity)
            await door.ask(PODS, "POST", csrf, b'{"metadata": {"name": "x"}}')
            await eventually(lambda: len(hub.activity) == 1)
            shell = await door.socket(SHELL, [EXEC])
            await shell.write_message("0" + base64.b64encode(b"x").decode())
            await eventually(lambda: len(hub.activity) == 2)
            await over(watch, shell)

    assert before_change == []
