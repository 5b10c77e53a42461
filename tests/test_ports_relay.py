"""Programs of the attendee through the gateway: reached by their owner, and nothing else is."""

import asyncio
import contextlib
import hashlib
import json
import os
import resource
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tornado.httpclient import HTTPClientError

from dashboard.gateway.ports import kernel
from dashboard.gateway.ports import listeners as tables
from dashboard.gateway.ports.kernel import Listener
from dashboard.gateway.ports.listeners import parsed, reached
from dashboard.settings import Limits
from tests.gateway_fixtures import ACCESS, PREFIX, Door, running_gateway, running_hub
from tests.openshift.authority import Authority
from tests.ports import free_port
from tests.product import ROOT
from tests.terminal_fixtures import Server, running_server
from tests.test_tabs_terminal import begin
from tests.waiting import eventually, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The session's terminal server."""
    with running_server() as running:
        yield running


@pytest.fixture
async def door(server: Server, tmp_path: Path) -> AsyncIterator[Door]:
    """The gateway, with its attendee logged in."""
    async with opened(server, tmp_path) as door:
        yield door


@contextlib.asynccontextmanager
async def opened(
    server: Server, folder: Path, limits: Limits | None = None, **changes: str
) -> AsyncIterator[Door]:
    """A gateway before the terminal server, with its attendee logged in."""
    changes |= {"WORKSHOP_TERMINAL_SOCKET": server.socket}
    async with (
        running_hub() as hub,
        running_gateway(folder, hub, limits or Limits(drain=1), **changes) as door,
    ):
        await door.log_in()
        yield door


def command(*arguments: str) -> list[str]:
    """The program, started with these arguments."""
    return [sys.executable, "-m", "tests.program", *arguments]


def listens(port: int, address: str = "127.0.0.1") -> bool:
    """Whether something takes connections there."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        return probe.connect_ex((address, port)) == 0


@contextlib.contextmanager
def started(server: Server, *arguments: str) -> Iterator[int]:
    """A program in a terminal of the session; its port."""
    port = free_port()
    line = f"exec {shlex.join(command(str(port), *arguments))} 2>&1"
    assert begin(server, f"p{port}", command=line, directory=str(ROOT)) == 201
    address = arguments[0] if arguments else "127.0.0.1"
    until(lambda: listens(port, address), what="the program")
    try:
        yield port
    finally:
        for pid in pids(str(port)):
            os.kill(pid, signal.SIGKILL)


def pids(port: str) -> list[int]:
    """Processes of the program on a port."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit():
                words = (entry / "cmdline").read_bytes().decode().split("\0")
                if "tests.program" in words and port in words:
                    found.append(int(entry.name))
    return found


@pytest.fixture(scope="module")
def program(server: Server) -> Iterator[int]:
    """The attendee's program; its port."""
    with started(server) as port:
        yield port


async def test_a_program_sees_a_browser_beside_it(door: Door, program: int) -> None:
    """Path and query arrive below its root; its host is localhost, the public one is told."""
    answer = await door.ask(f"{PREFIX}port/{program}/a/b?x=%2F")
    seen = answer.json()

    assert answer.status == 200
    assert seen["path"] == "/a/b?x=%2F"
    assert seen["Host"] == f"localhost:{program}"
    assert seen["X-Forwarded-Host"] == "workshop.test:8000"
    assert seen["X-Forwarded-Proto"] == "http"
    assert seen["X-Forwarded-Prefix"] == f"{PREFIX}port/{program}"


async def test_a_program_sees_no_credential(door: Door, program: int) -> None:
    """Our cookies, authorization and claims of identity stay at the door (rows 58, 77)."""
    claims = {"X-Forwarded-User": "admin", "X-Remote-User": "admin", "X-Forwarded-For": "1.2.3.4"}
    cookie = {"Cookie": f"{door.cookie}; jupyterhub-session-id=s; its=1"}
    seen = (await door.ask(f"{PREFIX}port/{program}/x", headers={**claims, **cookie})).json()

    assert seen["Cookie"] == "its=1"
    assert not {"Authorization", *claims} & set(seen)


@pytest.mark.parametrize("path", ["", "ws"])
async def test_strangers_do_not_reach_it(door: Door, program: int, path: str) -> None:
    """Without a login there is a login or a refusal, never the program (rows 42, 103)."""
    page = await door.ask(f"{PREFIX}port/{program}/{path}", anonymous=True)
    with pytest.raises(HTTPClientError) as upgrade:
        await door.socket(f"port/{program}/ws", headers={"Cookie": None})

    assert page.status == 401
    assert upgrade.value.code in {401, 403}


async def test_another_attendee_does_not_reach_it(door: Door, program: int) -> None:
    """Who may enter another session may not look at this one's programs (rows 22, 43)."""
    token = door.hub.new_token("bob", ["access:servers!server=bob/"])
    headers = {"Authorization": f"token {token}", "Cookie": None}

    page = await door.ask(f"{PREFIX}port/{program}/", headers=headers)
    with pytest.raises(HTTPClientError) as upgrade:
        await door.socket(f"port/{program}/ws", headers=headers)

    assert (page.status, upgrade.value.code) == (403, 403)


async def test_which_ports_there_are_is_told_to_nobody_else(door: Door, program: int) -> None:
    """Not to who has not logged in, nor to who may enter another session (rows 22, 43)."""
    token = door.hub.new_token("bob", ["access:servers!server=bob/"])
    bob = {"Authorization": f"token {token}"}

    own = await door.ask(f"{PREFIX}api/ports")
    stranger = await door.ask(f"{PREFIX}api/ports", anonymous=True)
    other = await door.ask(f"{PREFIX}api/ports", headers=bob, anonymous=True)
    foreign = await door.ask(f"{PREFIX}api/ports", headers={"Origin": "https://evil.example"})

    assert program in own.json()["ports"]
    assert (stranger.status, other.status, foreign.status) == (401, 403, 403)
    for answer in (stranger, other, foreign):
        assert str(program) not in answer.text


async def test_a_login_that_ends_takes_its_sockets_along(door: Door, program: int) -> None:
    """Logging out closes what a program's page has open (row 51)."""
    link = await door.socket(f"port/{program}/ws")
    xsrf = (await door.ask()).json()["xsrf"]

    await door.ask(f"{PREFIX}logout", "POST", {"Origin": door.origin, "X-XSRFToken": xsrf})

    assert await link.read_message() is None
    assert link.close_code == 4401
    link.close()


async def test_a_message_that_is_too_big(door: Door, program: int) -> None:
    """Large messages pass; one beyond all measure ends its own connection only (row 52)."""
    link = await door.socket(f"port/{program}/ws", max_message_size=32 << 20)
    other = await door.socket(f"port/{program}/ws")
    await link.write_message(b"x" * (2 << 20), binary=True)
    assert len(await link.read_message()) == 2 << 20

    await link.write_message(b"x" * (5 << 20), binary=True)

    assert await link.read_message() is None
    assert link.close_code == 1009
    await other.write_message("still")
    assert await other.read_message() == "still"
    for one in (link, other):
        one.close()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"Origin": "https://evil.example"}, id="foreign"),
        pytest.param({"Origin": "http://bob.workshop.test:8000"}, id="sibling"),
        pytest.param({"Origin": "null"}, id="null"),
        pytest.param({"Origin": None}, id="none"),
        pytest.param({"Host": "evil", "Origin": "http://evil"}, id="rebinding"),
        pytest.param({"Origin": "http://workshop.test:8000.evil.example"}, id="longer"),
    ],
)
async def test_other_origins_do_not_reach_it(door: Door, program: int, changes: dict) -> None:
    """Upgrades and changes come from our own origin or not at all (rows 44–49, 73)."""
    with pytest.raises(HTTPClientError) as upgrade:
        await door.socket(f"port/{program}/ws", headers=changes)
    change = await door.ask(f"{PREFIX}port/{program}/upload", "POST", changes, b"x")

    assert upgrade.value.code in {403, 421}
    assert change.status in {403, 421}


async def test_a_websocket_passes(door: Door, program: int) -> None:
    """Text and bytes pass, with the protocol the program chose; it sees its own origin."""
    link = await door.socket(f"port/{program}/ws", ["a", "b"])
    await link.write_message("open")
    seen = json.loads(str(await link.read_message()))
    await link.write_message(b"\0\xff", binary=True)

    assert await link.read_message() == b"\0\xff"
    assert link.selected_subprotocol == "b"
    assert (seen["Host"], seen["Origin"]) == (f"localhost:{program}", f"http://localhost:{program}")
    assert "Cookie" not in seen
    link.close()


async def test_a_change_needs_no_token_of_ours(door: Door, program: int) -> None:
    """A form of the program's own page is passed on whole, and as one of its own."""
    body = os.urandom(3 << 20)
    headers = {"Origin": door.origin, "Sec-Fetch-Site": "same-origin"}

    answer = await door.ask(f"{PREFIX}port/{program}/upload", "POST", headers, body)

    assert answer.text == hashlib.sha256(body).hexdigest()


async def test_its_cookies_stay_with_it(door: Door, program: int) -> None:
    """A cookie reaches the program's own path only, and never takes a name of ours (row 106)."""
    ours = door.gateway.gate.jar.login
    names = f"name={ours}&name=jupyterhub-session-id&name=__Host-x"
    answer = await door.ask(f"{PREFIX}port/{program}/cookies?{names}")
    below = f"{PREFIX}port/{program}/"

    assert answer.headers.get_list("Set-Cookie") == [
        f"mine=1; HttpOnly; Path={below}",
        f"wide=1; Path={below}deep",
    ]


async def test_its_redirects_stay_with_it(door: Door, program: int) -> None:
    """An address of its own, as it knows it, becomes the one the browser has."""
    answer = await door.ask(f"{PREFIX}port/{program}/away")

    assert answer.headers["Location"] == f"{PREFIX}port/{program}/there?x=1"


async def test_it_may_be_framed_by_us_only(door: Door, program: int) -> None:
    """What it says about frames is replaced by our own word; the rest of its policy stays."""
    answer = await door.ask(f"{PREFIX}port/{program}/framing")

    assert "X-Frame-Options" not in answer.headers
    assert answer.headers.get_list("Content-Security-Policy") == [
        "script-src 'self'",
        "frame-ancestors 'self'",
    ]


async def test_events_come_as_they_are_sent(door: Door, program: int) -> None:
    """Server-sent events are not held back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    head = f"GET {PREFIX}port/{program}/events HTTP/1.1\r\nHost: {door.host}\r\n"
    writer.write(f"{head}Cookie: {door.cookie}\r\n\r\n".encode())
    async with asyncio.timeout(10):
        await reader.readuntil(b"data: 0\n\n")
        await reader.readuntil(b"data: 2\n\n")
    writer.close()


async def test_what_others_listen_on_is_not_reached(server: Server, door: Door) -> None:
    """A server on this machine that the session did not start is nobody's to see: another
    session's, the hub's, the gateway itself; and a port where nothing is."""
    other = free_port()
    process = subprocess.Popen(command(str(other)), cwd=ROOT)
    try:
        until(lambda: listens(other), what="the other program")
        for port in (other, door.port, free_port()):
            page = await door.ask(f"{PREFIX}port/{port}/")
            link = await door.socket(f"port/{port}/ws")

            assert (page.status, page.json()["error"]) == (502, "no-program")
            assert await link.read_message() is None
            assert link.close_code == 1013
            link.close()
    finally:
        process.kill()
        process.wait()


async def test_a_port_that_changed_hands_is_lost(server: Server, door: Door) -> None:
    """When another's program takes the port after ours has ended, it is not taken for ours."""
    with started(server) as port:
        assert (await door.ask(f"{PREFIX}port/{port}/x")).status == 200
    until(lambda: not listens(port), what="its end")
    process = subprocess.Popen(command(str(port)), cwd=ROOT)
    try:
        until(lambda: listens(port), what="the other program")
        assert (await door.ask(f"{PREFIX}port/{port}/x")).status == 502
    finally:
        process.kill()
        process.wait()


async def test_a_program_started_anew_is_found(server: Server, door: Door) -> None:
    """A program that was asked a moment ago, and has been started anew since, answers."""
    with started(server) as port:
        assert (await door.ask(f"{PREFIX}port/{port}/x")).status == 200
        before = pids(str(port))
        view = await server.attach(f"p{port}")
        view.type("\x03")
        until(lambda: not listens(port), what="its end")
        line = f"exec {shlex.join(command(str(port)))}"
        begin(server, f"again{port}", command=line, directory=str(ROOT))
        until(lambda: listens(port), what="its new start")

        assert (await door.ask(f"{PREFIX}port/{port}/x")).status == 200
        assert pids(str(port)) != before
        await view.finish()


async def test_a_program_in_the_background_stays_ours(server: Server, door: Door) -> None:
    """A program whose shell has ended, and that has left its process group, is still known."""
    port = free_port()
    line = f"(setsid {shlex.join(command(str(port)))} >/dev/null 2>&1 &); exit"
    begin(server, f"b{port}", command=line, directory=str(ROOT))
    until(lambda: listens(port), what="the program")

    assert (await door.ask(f"{PREFIX}port/{port}/x")).status == 200
    assert port in (await door.ask(f"{PREFIX}api/ports")).json()["ports"]
    for pid in pids(str(port)):
        os.kill(pid, signal.SIGKILL)


async def test_ipv6_and_https(server: Server, door: Door, tmp_path: Path) -> None:
    """A program that listens on IPv6 only is reached, and one that speaks TLS by its own way."""
    made = Authority.made(tmp_path / "tls")
    with started(server, "::1") as plain:
        assert (await door.ask(f"{PREFIX}port/{plain}/x")).status == 200
    with started(server, "127.0.0.1", str(made.certificate), str(made.key)) as secure:
        answer = await door.ask(f"{PREFIX}port/https-{secure}/away")
        link = await door.socket(f"port/https-{secure}/ws")
        await link.write_message("hello")

        assert answer.headers["Location"] == f"{PREFIX}port/https-{secure}/there?x=1"
        assert await link.read_message() == "hello"
        link.close()


@pytest.mark.parametrize("place", ["0", "65536", "080", "x", "https-", "-1"])
async def test_what_is_no_port(door: Door, place: str) -> None:
    """An address that names no port leads nowhere."""
    assert (await door.ask(f"{PREFIX}port/{place}/")).status == 404


async def test_a_guest_is_not_shown_it_on_a_shared_origin(
    server: Server, program: int, tmp_path: Path
) -> None:
    """Where all sessions have one origin, a program's page would act for its guest: it is the
    owner's only. With an origin of its own a guest sees it."""
    own = {
        "JUPYTERHUB_PUBLIC_URL": "http://ada.workshop.test:8000/user/ada/",
        "JUPYTERHUB_PUBLIC_HUB_URL": "http://workshop.test:8000/hub",
    }
    found = {}
    for name, changes in (("shared", {}), ("own", own)):
        async with opened(server, tmp_path, **changes) as door:
            await door.log_in(ACCESS[:1], name="instructor")
            found[name] = (await door.ask(f"{PREFIX}port/{program}/x")).status

    assert found == {"shared": 403, "own": 200}


async def test_programs_that_hang_take_nobody_s_place(
    server: Server, program: int, tmp_path: Path
) -> None:
    """So many requests to programs at once and no more; the terminal's are not among them."""
    async with opened(server, tmp_path, Limits(programs=3, drain=1)) as door:
        hang = f"{PREFIX}port/{program}/bytes/hang"
        hung = [asyncio.ensure_future(door.ask(hang)) for _ in range(3)]
        await eventually(lambda: door.gateway._program_slots._taken == 3)
        assert (await door.ask(f"{PREFIX}port/{program}/x")).status == 503
        assert (await door.ask(f"{PREFIX}terminal/health")).status == 200
        for one in hung:
            one.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
        await eventually(door.gateway._program_slots.idle.is_set)
        assert (await door.ask(f"{PREFIX}port/{program}/x")).status == 200


async def test_headers_without_measure(door: Door, program: int) -> None:
    """Many headers pass; more than a server may say is no answer, and harms nothing else."""
    large = await door.ask(f"{PREFIX}port/{program}/headers?size={32 << 10}")
    beyond = await door.ask(f"{PREFIX}port/{program}/headers?size={8 << 20}")
    after = await door.ask(f"{PREFIX}port/{program}/x")

    assert (large.status, len(large.headers["X-Large"])) == (200, 32 << 10)
    assert (beyond.status, after.status) == (502, 200)
    assert "X-Large" not in beyond.headers


async def test_much_is_never_held(door: Door, program: int) -> None:
    """A hundred megabytes pass and leave no mark on the gateway's memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    head = f"GET {PREFIX}port/{program}/bytes/{100 << 20} HTTP/1.1\r\nHost: {door.host}\r\n"
    writer.write(f"{head}Cookie: {door.cookie}\r\nConnection: close\r\n\r\n".encode())
    length = 0
    while block := await reader.read(1 << 16):
        length += len(block)
    writer.close()

    assert length > 100 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 << 10


def test_the_kernel_s_table() -> None:
    """Listeners are read with their address and inode, those of IPv4 inside IPv6 as well; the
    connections behind them are not."""
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid"
    row = "   0: {}:1F90 00000000:0000 {} 00000000:00000000 00:00000000 00000000  0  0 {} 1 x"
    rows = [
        row.format("0100007F", "0A", 7),
        row.format("00000000000000000000000001000000", "0A", 9),
        row.format("0000000000000000FFFF00000100007F", "0A", 10),
        row.format("00000000", "01", 8),
    ]

    assert list(parsed([head, *rows])) == [
        Listener("127.0.0.1", 8080, 7),
        Listener("::1", 8080, 9),
        Listener("::ffff:127.0.0.1", 8080, 10),
    ]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "0.0.0.0"])
def test_the_kernel_is_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's answer and its table say the same of a socket, and nothing of other ports."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as server:
        port = server.getsockname()[1]
        expected = [Listener(address, port, os.fstat(server.fileno()).st_ino)]

        assert kernel.ask(port) == expected

        def silent(port: int) -> list[Listener]:
            raise OSError

        monkeypatch.setattr(kernel, "ask", silent)  # as where a sandbox stands for the kernel
        assert tables.listeners(port) == expected


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        pytest.param([], ("::1", set()), id="nothing"),
        pytest.param(["127.0.0.1"], ("127.0.0.1", {0}), id="v4"),
        pytest.param(["0.0.0.0", "::"], ("127.0.0.1", {0, 1}), id="both"),
        pytest.param(["::"], ("::1", {0}), id="any-v6"),
        pytest.param(["::1", "10.0.0.7"], ("::1", {0}), id="not-loopback"),
        pytest.param(["127.0.0.1", "127.0.0.1"], ("127.0.0.1", {0, 1}), id="shared"),
        pytest.param(["127.0.0.2"], ("::1", set()), id="other-loopback"),
    ],
)
def test_who_may_answer(addresses: list[str], expected: tuple[str, set[int]]) -> None:
    """Everything that could answer at an address counts, not only what ought to."""
    found = [Listener(address, 80, inode) for inode, address in enumerate(addresses)]

    assert reached(found) == expected
