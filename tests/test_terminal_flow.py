"""Back-pressure: memory stays flat, nothing is lost, the slow hold nobody up."""

import hashlib
import socket
import struct
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.terminal_fixtures import Server, serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow
MEGABYTE = 1024 * 1024


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A fresh server."""
    async with serving() as running:
        yield running


def written(pid: int) -> int:
    """Bytes that a process has written so far."""
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("wchar"))


async def test_pauses_for_a_client_that_never_reads(server: Server) -> None:
    """With one view that reads nothing, `yes` is paused and memory stays flat (row 55)."""
    view = await server.attach("a")
    view.reports = False
    await view.prompt()
    before = server.rss()
    view.type("yes & echo pid $! end; wait\r")
    await view.until(lambda: b" end\r\n" in view.output)
    pid = int(view.text().split("pid ")[-1].split()[0])
    amount = -1

    def stands_still() -> bool:
        nonlocal amount
        last, amount = amount, written(pid)
        time.sleep(0.2)  # a paused program is one that writes nothing for a while
        return last == amount

    await eventually(stands_still)
    assert amount < 8 * MEGABYTE
    assert server.rss() - before < 20 * MEGABYTE
    # Reading again lets it go on.
    view.reports = True
    view.say(cmd="seen", offset=2**50)
    await view.until(lambda: view.offset > 8 * MEGABYTE)
    view.type("\x03")
    await view.event("command", state="prompt", n=1)


def frame(text: str) -> bytes:
    """A client's WebSocket text frame, masked with zeros."""
    data = text.encode()
    return struct.pack(">BBH", 0x81, 0x80 | 126, len(data)) + bytes(4) + data


async def test_pauses_for_a_dead_socket(server: Server) -> None:
    """A connection that is never read from fills its socket, and no memory beyond (row 55)."""
    before = server.rss()
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(server.socket)
        head = "GET /ws/session/dead HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        head += "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        link.sendall(f"{head}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode())
        start = '{"cmd":"open","client":"dead","cols":80,"rows":24}'
        link.sendall(frame(start) + frame('{"cmd":"input","n":1,"data":"yes & echo $! > pid\\r"}'))
        # It claims to have seen everything, so only its socket can hold the server back.
        pid = server.home / "pid"
        await eventually(lambda: pid.exists() and pid.read_text())
        last = -1

        def stands_still() -> bool:
            nonlocal last
            link.sendall(frame('{"cmd":"seen","offset":9007199254740992}'))
            before, last = last, written(int(pid.read_text()))
            time.sleep(0.2)  # a paused program is one that writes nothing for a while
            return before == last

        await eventually(stands_still)
        assert last < 8 * MEGABYTE
        assert server.rss() - before < 20 * MEGABYTE


async def test_memory_stays_flat_under_a_flood(server: Server) -> None:
    """Nobody attached, or one who keeps up: `yes` for hundreds of MB costs no memory (row 55)."""
    view = await server.attach("a")
    await view.prompt()
    before = server.rss()
    view.type("yes 'a line of output that somebody may want to read' | head -c 30M; echo e''nd\r")
    await view.until(lambda: view.offset > 8 * MEGABYTE, 60)
    view.output = b""
    assert server.rss() - before < 20 * MEGABYTE
    await view.finish()
    late = await server.attach("a")
    peak = 0

    def ended() -> bool:
        nonlocal peak
        peak = max(peak, server.rss())
        late.output = late.output[-100:]
        return b"end\r\n" in late.output

    await late.until(ended, 60)
    assert peak - before < 20 * MEGABYTE


async def test_runs_on_with_nobody_attached(server: Server) -> None:
    """With no view attached the output flows into the ring and the program ends."""
    view = await server.attach("a")
    await view.prompt()
    view.type("seq 1 500000; touch finished\r")
    await view.expect("100\r\n")
    await view.finish()
    await eventually((server.home / "finished").exists)


async def test_laggard_is_let_go(server: Server) -> None:
    """One slow view among several is let go with 1001 and holds nobody up; it gets a replay."""
    fast, slow = await server.attach("a"), await server.attach("a")
    slow.reports = False
    await fast.run("seq 1 700000")
    await fast.run("echo e''nd")
    await fast.expect("end\r\n")
    assert await slow.closed() == 1001
    again = await server.attach("a", epoch=slow.opened["epoch"], after=slow.offset)
    assert again.opened["resumed"] is False
    assert again.opened["lost"] is True
    await again.expect("end\r\n")


@pytest.mark.parametrize("mode", ["stty -icanon -echo", "stty raw -echo", "true"])
async def test_big_paste_into_a_busy_shell(server: Server, mode: str) -> None:
    """A paste of 1 MB into a shell that does not read yet arrives whole (row 56)."""
    view = await server.attach("a")
    await view.prompt()
    paste = "".join(f"{n:08} ünïcödé line of a big paste\n" for n in range(30000))
    assert len(paste.encode()) > MEGABYTE
    size = len(paste.encode())
    view.type(f"{mode}; echo re''ady; sleep 1; head -c {size} > got; stty sane; echo do''ne\r")
    await view.expect("ready")
    view.type(paste)
    await view.until(lambda: b"done\r\n" in view.output, 40)
    got = (server.home / "got").read_bytes()
    assert hashlib.sha256(got).digest() == hashlib.sha256(paste.encode()).digest()


async def test_endless_paste_is_held_back(server: Server) -> None:
    """More input than the queue may hold waits in the connection; output flows meanwhile."""
    view = await server.attach("a")
    await view.prompt()
    before = server.rss()
    size = 24 * MEGABYTE
    (server.home / "wait").write_text("until [ -e go ]; do sleep 0.1; done")
    view.type(f"stty -icanon -echo; echo re''ady; . ./wait; head -c {size} | wc -c\r")
    await view.expect("ready")
    view.type("x" * size)
    other = await server.attach("b")
    await other.run("true")
    assert server.rss() - before < 20 * MEGABYTE
    (server.home / "go").touch()
    await view.until(lambda: str(size).encode() in view.output, 60)


async def test_interrupt_overtakes_a_paste(server: Server) -> None:
    """Ctrl-C stops what runs, and what was pasted before it is not typed into the shell."""
    view = await server.attach("a")
    await view.prompt()
    view.type("sleep 1000\r")
    await view.event("command", state="running")
    view.type("touch pasted\r" * 100_000)
    await view.event("ack", n=view._sent)
    view.type("\x03")
    assert (await view.event("command", state="done"))["status"] == 130
    await view.run("echo e''nd")
    await view.expect("end\r\n")
    assert not (server.home / "pasted").exists()


async def test_flood_of_titles(server: Server) -> None:
    """Titles that nobody reads are not queued: only the last one counts."""
    view = await server.attach("a")
    await view.prompt()
    before = server.rss()
    # Below the megabyte at which the terminal would be paused.
    title = r"\e]0;t\a" * 2000
    (server.home / "titles").write_text(f"for i in {{1..70}}; do printf '{title}'; done")
    view.type(". ./titles; touch finished\r")
    await eventually(lambda: server.rss() - before > 20 * MEGABYTE or finished(server))
    assert server.rss() - before < 20 * MEGABYTE


def finished(server: Server) -> bool:
    """Whether a command has left its file."""
    return (server.home / "finished").exists()


async def test_characters_never_split(server: Server) -> None:
    """Every frame is whole UTF-8, whatever the reads cut (finding 25)."""
    view = await server.attach("a")
    await view.prompt()
    view.type("yes '漢字かな🙂é' | head -c 3000001; echo; echo e''nd\r")
    while b"end\r\n" not in view.output[-200:]:
        start = len(view.output)
        assert await view.receive()
        view.output[start:].decode("utf-8", "strict")


async def test_echo_is_immediate(server: Server) -> None:
    """A key's echo comes back within milliseconds: no timer lies on its way."""
    view = await server.attach("a")
    await view.prompt()
    times = []
    for _ in range(50):
        frames, start = view.frames, time.perf_counter()
        view.type("x")
        await view.until(lambda seen=frames: view.frames > seen)
        times.append(time.perf_counter() - start)
    assert sorted(times)[25] < 0.02


async def test_output_is_cheap(server: Server) -> None:
    """Plain output passes at 20 MB or more for a second of the server's CPU."""
    view = await server.attach("a")
    await view.prompt()
    stat = Path(f"/proc/{server.process.pid}/stat")

    def ticks() -> int:
        return sum(int(field) for field in stat.read_text().rsplit(")")[1].split()[11:13])

    before, start = ticks(), view.offset
    await view.run("seq 1 2000000")
    await view.run("echo e''nd")
    await view.expect("end\r\n")
    spent = (ticks() - before) / 100
    assert (view.offset - start) / 1e6 / spent > 20
