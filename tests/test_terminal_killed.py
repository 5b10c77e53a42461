"""Whoever lost a program or a terminal to the system is told so, and of the limit."""

from pathlib import Path

import pytest

from tests.terminal_fixtures import part, running_server, serving

killed = part("killed")


@pytest.mark.slow
async def test_a_terminal_that_was_cut_off_says_so() -> None:
    """The terminal that ran says it once, first of all; one that did not says nothing."""
    async with serving() as first:
        await first.attach("same")
        first.process.kill()
        first.process.wait()
        with running_server(folder=first.folder) as second:
            again = await second.attach("same")
            await again.expect("ended by the system")
            other = await second.attach("other")
            other.type("echo re''ady\r")
            await other.expect("ready")
            assert "ended by the system" not in other.text()
            await again.finish()
            await other.finish()


@pytest.mark.slow
async def test_a_server_that_was_stopped_says_nothing() -> None:
    """An ordinary end is no news."""
    async with serving() as first:
        view = await first.attach("same")
        await view.finish()
        first.process.terminate()
        first.process.wait()
        with running_server(folder=first.folder) as second:
            again = await second.attach("same")
            again.type("echo re''ady\r")
            await again.expect("ready")
            assert "ended by the system" not in again.text()
            await again.finish()


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        pytest.param({"memory.max": "536870912\n"}, 512 << 20, id="v2"),
        pytest.param({"memory.max": "max\n"}, 0, id="v2-none"),
        pytest.param({"limit_in_bytes": "9223372036854771712\n"}, 0, id="v1-none"),
        pytest.param({"limit_in_bytes": "268435456\n"}, 256 << 20, id="v1"),
        pytest.param({}, 0, id="no-files"),
    ],
)
def test_the_limit_is_the_container_s(tmp_path: Path, files: dict[str, str], limit: int) -> None:
    """The kernel tells it, in the form of either version of control groups."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    places = [str(tmp_path / name) for name in ("memory.max", "limit_in_bytes")]

    assert killed.memory_limit(places) == limit


def test_the_limit_is_told(tmp_path: Path) -> None:
    """The notice names the memory that may be used, and comes once."""
    (tmp_path / "running").write_text("1\nlogs")
    (tmp_path / "memory.max").write_text("536870912")
    running = killed.Running(str(tmp_path), [str(tmp_path / "memory.max")])

    assert "512 MiB" in running.notice("logs")
    assert running.notice("logs") == ""
    assert running.notice("2") == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("memory.events", "low 0\noom 7\noom_kill {}\n", id="v2"),
        pytest.param("oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill {}\n", id="v1"),
    ],
)
def test_a_program_out_of_memory_is_told(tmp_path: Path, name: str, text: str) -> None:
    """Once for what the kernel ended since the last look, in the form of either version."""
    counts, limit = tmp_path / name, tmp_path / "memory.max"
    counts.write_text(text.format(3))
    limit.write_text("536870912")
    running = killed.Running(str(tmp_path), [str(limit)], [str(tmp_path / "none"), str(counts)])

    assert running.out_of_memory() == ""
    counts.write_text(text.format(4))
    assert "512 MiB of memory together" in running.out_of_memory()
    assert running.out_of_memory() == ""


def test_where_there_is_no_limit_nothing_is_said_of_memory(tmp_path: Path) -> None:
    """What the kernel counts there is of the whole machine."""
    counts = tmp_path / "memory.events"
    counts.write_text("oom_kill 0")
    running = killed.Running(str(tmp_path), [], [str(counts)])

    counts.write_text("oom_kill 1")
    assert running.out_of_memory() == ""
