"""A class in containers on a real engine: people apart, limits, deaths, ends that leave nothing."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import time
from urllib.request import urlopen

import aiohttp
import pytest
import pytest_asyncio

from hub.containers.seat import MADE, RELEASE, SESSION, USER
from tests.attendee import Attendee
from tests.counting import Counting
from tests.engine import MARKS, running_class, settings
from tests.hub_fixtures import family
from tests.processes import with_command
from tests.product import running_product
from tests.waiting import answers, until

pytestmark = MARKS
MIB = 1 << 20


@pytest.fixture(scope="module")
def room():
    with running_class(SESSION_MEMORY="256") as running:
        yield running


@pytest_asyncio.fixture
async def ada(room):
    async with Attendee(room.product, "ada") as person:
        await person.sit_down(limit=60)
        yield person


@pytest_asyncio.fixture
async def bob(room):
    async with Attendee(room.product, "bob") as person:
        await person.sit_down(limit=60)
        yield person


async def test_who_holds_what(room, ada):
    """The dashboard has the token and reads the home; the terminal has no token and no engine."""
    token = next(
        line.partition("=")[2]
        for line in room.inspect("ada", "dashboard")["Config"]["Env"]
        if line.startswith("JUPYTERHUB_API_TOKEN=")
    )

    text = await ada.said(
        "echo kept > ~/work;"
        " echo $(cat /proc/[0-9]*/environ 2> /dev/null | tr '\\0' '\\n' | \\grep -c HUB_) in all;"
        " ls -d /var/run/docker.sock /run/podman; touch /opt/x"
    )
    status, read = _in_dashboard(room, READS_HOME)

    assert token not in text
    assert re.search(r"\b0 in all", text)
    assert text.count("No such file") == 2
    assert "Read-only file system" in text
    assert (status, read.strip()) == (3, "kept")


def _in_dashboard(room, command):
    """What a command in ada's dashboard's container ends with, and says; again where a busy engine
    has lost what was said."""

    def run():
        made = room.client.exec_create(room.called("ada", "dashboard"), ["sh", "-c", command])
        said = room.client.exec_start(made).decode()
        return (room.client.exec_inspect(made)["ExitCode"], said) if said else None

    return until(run, what=f"an answer to {command}")


READS_HOME = "cat /home/workshop/work; touch /home/workshop/mine 2>/dev/null || exit 3"


@pytest.mark.parametrize(("part", "memory"), [("terminal", 256), ("dashboard", 256)])
async def test_limits_and_rights_are_set(room, ada, part, memory):
    """Each container has its limits and no rights on the machine."""
    found = room.inspect("ada", part)
    host = found["HostConfig"]

    assert (host["Memory"], host["MemorySwap"]) == (memory * MIB, memory * MIB)
    assert host["NanoCpus"] == 10**9 or host["CpuQuota"] == host["CpuPeriod"]
    assert 0 < host["PidsLimit"] <= 512
    assert host["ReadonlyRootfs"]
    assert not host["Privileged"]
    assert not host["PortBindings"]
    assert "no-new-privileges" in host["SecurityOpt"]
    assert found["Config"]["User"] == "1001:0"


async def test_no_capabilities_are_left(ada):
    """Nor can any be had: the kernel says so."""
    text = await ada.said("\\grep -E 'Cap(Eff|Bnd|Prm)|NoNewPrivs|Seccomp:' /proc/self/status")

    assert len(re.findall(r"Cap\w+:\s+0{16}\b", text)) == 3
    assert re.search(r"NoNewPrivs:\s+1\b", text)
    assert re.search(r"Seccomp:\s+2\b", text)


async def test_a_terminal_out_of_memory_says_so(room, ada):
    """What needs more than the limit is ended, the dashboard is not, and the limit is told."""
    before = room.inspect("ada", "dashboard")["State"]["StartedAt"]
    hungry = Counting(ada, "hungry", await ada.terminal("hungry"))
    await hungry.terminal.open()
    await hungry.terminal.type("python3 -c 'x = bytearray(b\"x\") * (900 << 20)'\r")
    told = "may use 256 MiB of memory"
    try:  # older kernels end only the program, newer ones the container with all its shells
        await hungry.terminal.read_until(told, limit=60)
    except (ConnectionError, aiohttp.ClientError):
        await hungry.back(limit=40)
        await hungry.terminal.read_until(told, limit=30)
    assert room.inspect("ada", "dashboard")["State"]["StartedAt"] == before


async def test_a_killed_terminal_server_says_so(room, ada):
    """The engine starts it again, and the attendee is told why the shell is gone."""
    counting = await Counting.begun(ada)
    os.kill(room.inspect("ada", "terminal")["State"]["Pid"], signal.SIGKILL)

    await counting.lost()
    await counting.back(limit=40)

    assert "256 MiB" in await counting.terminal.read_until("ended by the system", limit=30)


CURL = "curl -s -o /dev/null -m 4 -w 'answer %{{http_code}}.\\n' http://{}:8888/"


async def test_sessions_cannot_reach_each_other(room, ada, bob):
    """Bob's address answers this machine, and bob himself, but not ada."""
    address = room.address("bob")

    with urlopen(f"http://{address}:8888/user/bob/health/live", timeout=5) as answer:
        assert answer.status == 200
    assert re.search(r"answer [2-4]\d\d\.", await bob.said(CURL.format(address)))
    assert re.search(r"answer [2-4]\d\d\.", await ada.said(CURL.format(room.address("ada"))))
    assert "answer 000." in await ada.said(CURL.format(address))


async def test_the_hub_s_api_needs_a_token(room, ada):
    """A session reaches the hub, and is told nothing without the token that it has not."""
    api = next(
        line.partition("=")[2]
        for line in room.inspect("ada", "dashboard")["Config"]["Env"]
        if line.startswith("JUPYTERHUB_API_URL=")
    )

    text = await ada.said(f"curl -s -m 5 {api}/; curl -s -m 5 {api}/users")

    assert '"version"' in text
    assert '"status": 403' in text


async def test_the_hub_answers_nobody_else(room, ada):
    """It listens everywhere, because of the sessions, and shuts the door to all others."""
    api = room.inspect("ada", "dashboard")["Config"]["Env"]
    port = re.search(r"JUPYTERHUB_API_URL=http://[\d.]+:(\d+)/", "\n".join(api))[1]
    ours = _own_address()

    with socket.create_connection((ours, int(port)), timeout=5) as stranger:
        said = b""
        with contextlib.suppress(ConnectionError):
            stranger.sendall(b"GET /hub/api/ HTTP/1.1\r\nHost: x\r\n\r\n")
            said = stranger.recv(100)
        assert said == b""
    with urlopen(f"http://127.0.0.1:{port}/hub/api/", timeout=5) as answer:
        assert answer.status == 200


def _own_address():
    """An address of this machine that is not loopback's; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return probe.getsockname()[0]


async def test_a_dashboard_that_dies_loses_no_shell(room, ada):
    """The engine starts it again, and the shell has gone on meanwhile."""
    counting = await Counting.begun(ada)
    os.kill(room.inspect("ada", "dashboard")["State"]["Pid"], signal.SIGKILL)

    await counting.lost()
    await counting.back(limit=40)

    await counting.finished()


async def test_the_hub_dies_and_terminals_go_on(room, ada):
    """No terminal is dropped, the session is known again, and a newcomer gets in."""
    counting = await Counting.begun(ada)
    started = room.inspect("ada", "anchor")["State"]["StartedAt"]
    (hub,) = set(with_command("jupyterhub_config.py")) & set(family(room.product.state))

    os.kill(hub, signal.SIGKILL)

    await counting.finished()
    health = f"http://127.0.0.1:{room.product.port}/hub/health"
    await asyncio.to_thread(until, lambda: answers(health), what="the next hub", limit=60)
    async with Attendee(room.product, "newcomer") as newcomer:
        await newcomer.sit_down(limit=60)
    await ada.arrive()
    assert room.inspect("ada", "anchor")["State"]["StartedAt"] == started


async def test_a_session_s_end_leaves_its_home_alone(room):
    """When a session is stopped, all of it goes but the home, which the next one finds."""
    async with Attendee(room.product, "leaver") as leaver:
        await leaver.sit_down(limit=60)
        await leaver.said("echo my''work > ~/kept")
        await leaver.stop()
        home = [room.called("leaver", "home")]
        await asyncio.to_thread(until, lambda: _of(room, "leaver") == home, what="only the home")
        await leaver.arrive(limit=60)
        assert "mywork" in await leaver.said("cat ~/kept")


def _of(room, name):
    return [each for each in room.left() if f".{name}." in each]


async def test_what_a_dead_hub_left_is_removed(room):
    """Parts of a session that a hub left, when it died while it made it, go by themselves."""
    async with Attendee(room.product, "lost") as lost:
        await lost.sit_down(limit=60)
        await lost.stop()
        await asyncio.to_thread(until, lambda: len(_of(room, "lost")) == 1, what="the end")
    labels = {RELEASE: room.engine.release, SESSION: "lost", USER: "lost"}
    labels[MADE] = str(int(time.time()) - 200)
    room.client.create_network(room.called("lost", "network"), labels=labels)
    room.client.create_volume(room.called("lost", "sockets"), labels=labels)

    await asyncio.to_thread(
        until, lambda: len(_of(room, "lost")) == 1, what="the sweeper", limit=60
    )


async def test_ctrl_c_leaves_only_homes():
    """Ctrl-C ends hub, proxy and every session; homes stay."""
    with running_class() as room:
        async with Attendee(room.product, "ada") as ada:
            await ada.sit_down(limit=60)
        assert len(room.left()) > 5

        room.product.stop(signal.SIGINT)

        assert room.left() == [room.called("ada", "home")]


async def test_a_stopped_service_finds_its_sessions_again():
    """What is stopped by SIGTERM, as a service is, leaves sessions running for its next start."""
    with running_class() as room:
        async with Attendee(room.product, "ada") as ada:
            await ada.sit_down(limit=60)
        started = room.inspect("ada", "anchor")["State"]["StartedAt"]

        room.product.stop(signal.SIGTERM)

        assert room.inspect("ada", "anchor")["State"]["Running"]
        same = {"STATE": str(room.product.state), "PORT": str(room.product.port)}
        with running_product(**settings(**same)):
            async with Attendee(room.product, "ada") as ada:
                # Logged in anew at the session, so that its dashboard has to ask the hub.
                assert any(one["domain"].startswith("ada.") for one in ada.http.cookie_jar)
                ada.http.cookie_jar.clear_domain("ada.workshop.localhost")
                assert not any(one["domain"].startswith("ada.") for one in ada.http.cookie_jar)
                await ada.arrive(limit=60)
            assert room.inspect("ada", "anchor")["State"]["StartedAt"] == started
