"""Named, shared, limited terminals: nothing lost, nothing leaked, nothing left behind."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.terminal_fixtures import Server, View, nonce, serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A fresh server."""
    async with serving("--linger", "0.2") as running:
        yield running


async def come_back(server: Server, view: View, name: str) -> View:
    """The same view after its connection was lost."""
    await view.finish()
    where = {"epoch": view.opened["epoch"], "after": view.offset}
    return await server.attach(name, client=view.client, **where)


async def test_resumes_exactly(server: Server) -> None:
    """A view that returns gets exactly what it missed, and no Ctrl-C stops the job (row 101)."""
    view = await server.attach("a")
    await view.prompt()
    view.type("for i in {1..2000}; do echo line $i; done; read x; echo do''ne\r")
    await view.expect("line 700\r\n")
    again = await come_back(server, view, "a")
    assert again.opened["resumed"] is True
    assert again.opened["from"] == view.offset
    again.type("\r")
    await again.expect("done\r\n")
    lines = re.findall(r"line (\d+)\r\n", (view.output + again.output).decode())
    assert lines == [str(i) for i in range(1, 2001)]
    assert b"^C" not in view.output + again.output


async def test_replay_is_clean(server: Server) -> None:
    """A view that cannot resume gets the ring from a safe point, marked when output was lost."""
    view = await server.attach("a")
    flood = "yes $'\\033[32m漢字\\033[0m' | head -n 250000"
    await view.run(f"printf '\\033[?1049h'; {flood}; printf '\\033[?1049l'")
    await view.run("echo e''nd")
    await view.expect("end\r\n")
    fresh = await server.attach("a")
    assert fresh.opened["resumed"] is False
    assert fresh.opened["lost"] is True
    await fresh.expect("end\r\n")
    assert 1_900_000 < len(fresh.output) <= 2 * 1024 * 1024 + 100
    text = fresh.text()
    assert "\x1b[?1049h" in text[:40], "the mode set by what was lost"
    first = text.partition("\x1b[?1049h")[2]
    assert re.match("(\x1b\\[32m)?漢?字?(\x1b\\[0m)?\r?\n\x1b\\[32m漢字", first)
    assert "�" not in text
    other = await server.attach("a", epoch="0123", after=10)
    assert other.opened["resumed"] is False


async def test_input_is_applied_once(server: Server) -> None:
    """Input sent again after a reconnect is acknowledged, not typed twice."""
    view = await server.attach("a")
    await view.prompt()
    view.say(cmd="input", n=1, data="echo o''nce\r")
    await view.event("ack", n=1)
    await view.expect("once\r\n")
    again = await come_back(server, view, "a")
    assert again.opened["acked"] == 1
    again.say(cmd="input", n=1, data="echo o''nce\r")
    await again.event("ack", n=1)
    await again.run("echo t''wice")
    assert (view.output + again.output).count(b"once\r\n") == 1


async def test_a_ping_is_answered(server: Server) -> None:
    """A view that asks whether anybody is there hears so; nothing is typed."""
    view = await server.attach("a")
    view.say(cmd="ping")
    assert await view.event("pong") == {"cmd": "pong"}


async def test_sessions_are_apart(server: Server) -> None:
    """A view gets the history of its own terminal only; others get nothing of it (row 92)."""
    one, two = await server.attach("one"), await server.attach("two")
    words = nonce(), nonce()
    await one.run(f"echo {words[0]}")
    await two.run(f"echo {words[1]}")
    late = await server.attach("one")
    await late.expect(words[0])
    assert words[1].encode() not in one.output + late.output
    assert words[0].encode() not in two.output


async def test_shared(server: Server) -> None:
    """Two views of a terminal see the same; the size follows whoever typed last."""
    one = await server.attach("a", cols=100, rows=30)
    await one.prompt()
    two = await server.attach("a", cols=60, rows=20)
    assert (two.opened["cols"], two.opened["rows"]) == (100, 30) or two.opened["cols"] == 60
    await one.run("stty size")
    await one.expect("30 100\r\n")
    await two.run("stty size")
    await two.expect("20 60\r\n")
    assert await one.event("size") == {"cmd": "size", "cols": 60, "rows": 20}
    one.say(cmd="size", cols=120, rows=40)
    two.say(cmd="size", cols=61, rows=21)
    await two.run("stty size")
    await one.expect("21 61\r\n")
    assert b"40 120" not in one.output
    await two.finish()
    await one.run("stty size")
    await one.expect("40 120\r\n")


async def test_too_many_sessions() -> None:
    """The limit is kept: one more is refused with a reason and 1013 (rows 54, 99)."""
    async with serving("--max-sessions", "3") as server:
        views = [await server.attach(f"n{i}") for i in range(3)]
        for view in views:
            await view.run("true")
            await view.finish()
        refused = await server.attach("n3")
        assert await refused.event("refused") == {"cmd": "refused", "reason": "too-many-sessions"}
        assert await refused.closed() == 1013
        assert len(server.children()) == 3
        assert (await server.attach("n1")).opened["epoch"] == views[1].opened["epoch"]


async def test_too_many_connections() -> None:
    """Connections are limited as well, whatever they ask (row 54)."""
    async with serving("--max-sessions", "2") as server:
        views = [await server.connect("a") for _ in range(9)]
        assert await views[8].closed() == 1013
        await views[0].open()
        await views[0].run("true")


async def test_many_quick_terminals(server: Server) -> None:
    """Two hundred opened and closed leave no zombie, no file open, and few shells (row 99)."""
    await (await server.attach("first")).finish()
    folder = Path(f"/proc/{server.process.pid}/fd")
    before = len(list(folder.iterdir()))
    for number in range(200):
        view = await server.attach(f"quick-{number}")
        assert view.opened, "refused"
        assert len(server.children()) <= 17
        await view.finish()
    shells = server.children()
    assert len(shells) <= 16
    states = [Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] for pid in shells]
    assert "Z" not in states
    await eventually(lambda: len(list(folder.iterdir())) <= before + 16 + 1)


async def test_exit_and_restart(server: Server) -> None:
    """A shell that exits says so, with its status; `restart` starts another in the same ring."""
    view = await server.attach("a")
    await view.run("echo be''fore")
    view.type("exit 7\r")
    assert await view.event("exit") == {"cmd": "exit", "status": 7, "signal": None}
    late = await server.attach("a")
    assert late.opened["exited"] == {"status": 7}
    await late.expect("before\r\n")
    view.say(cmd="restart")
    await late.event("restarted")
    await late.event("command", state="prompt", n=0)
    await late.run("echo af''ter")
    await view.expect("after\r\n")


async def test_killed_shell(server: Server) -> None:
    """kill -9 of a shell is told with its signal, although a job still holds the terminal."""
    view = await server.attach("a")
    await view.run("sleep 1000 & disown")
    (shell,) = server.children()
    os.kill(shell, 9)
    assert await view.event("exit") == {"cmd": "exit", "status": 137, "signal": 9}
    assert shell not in server.children()


async def test_ended_session_is_forgotten(server: Server) -> None:
    """Once a shell has ended and nobody looks for a while, its output is freed."""
    view = await server.attach("a")
    view.type("exit\r")
    await view.event("exit")
    await view.finish()
    await eventually(lambda: '"sessions": 0' in server.request("/health")[2])
    assert (await server.attach("a")).opened["epoch"] != view.opened["epoch"]


async def test_shell_that_ignores_hang_up(tmp_path: Path) -> None:
    """A shell that ignores HUP stalls nobody, and is killed after a grace (row 100)."""
    stubborn = tmp_path / "stubborn"
    stubborn.write_text("#!/bin/sh\ntrap '' HUP\necho ready\nwhile :; do sleep 1; done\n")
    stubborn.chmod(0o755)
    async with serving("--max-sessions", "2", "--shell", str(stubborn)) as server:
        view = await server.attach("a")
        await view.expect("ready")
        (shell,) = server.children()
        await view.finish()
        keeper = await server.attach("b")
        # The limit makes the server end the first, which nobody used.
        third = asyncio.ensure_future(server.attach("c"))
        keeper.type("still here")
        async with asyncio.timeout(1):
            await keeper.expect("still here")
        assert Path(f"/proc/{shell}").exists()
        assert (await third).opened
        assert not Path(f"/proc/{shell}").exists()


async def test_job_that_outlives_its_shell(server: Server) -> None:
    """A job that floods the terminal after its shell has ended holds nobody up."""
    view = await server.attach("a")
    await view.prompt()
    view.type("trap '' HUP; yes & disown; kill -9 $$\r")
    await view.event("exit")
    other = await server.attach("b")
    await other.run("true")
