"""What a shell starts with, and what its marks tell."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.terminal_fixtures import Server, running_server, serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    """One server with an extra variable and no dotfiles."""
    extra = ("--env", "WORKSHOP=a b=c", "--env", "TZ=Europe/Prague", "--env", "PATH=/opt/x:/bin")
    with running_server("--max-sessions", "100", *extra) as running:
        yield running


@pytest.fixture
async def server(shared: Server) -> AsyncIterator[Server]:
    """The shared server; the test's views are closed afterwards."""
    yield shared
    for view in shared.views:
        await view.finish()
    shared.views.clear()


async def test_environment_is_an_allowlist(server: Server) -> None:
    """The shell has these variables and no other, nothing of the server's own (row 93)."""
    view = await server.attach("vars")
    await view.prompt()
    await view.run("env -0 > vars; tr '\\0' '\\n' < /proc/$$/environ > first")
    found = dict(v.split("=", 1) for v in (server.home / "vars").read_text().split("\0") if v)
    assert found.pop("PATH").startswith("/opt/x:")
    assert {name: found.pop(name) for name in ("PWD", "SHLVL", "_")}
    assert found == {
        "HOME": str(server.home),
        "USER": found["USER"],
        "LOGNAME": found["USER"],
        "SHELL": "/bin/bash",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TZ": "Europe/Prague",
        "WORKSHOP": "a b=c",
        "WORKSHOP_TERMINAL": "vars",
    }
    assert "hunter2" not in (server.home / "first").read_text()


async def test_child_is_a_clean_process(server: Server) -> None:
    """The shell inherits no open file and no ignored signal; it starts at home, UTF-8 on."""
    await (await server.attach()).prompt()
    view = await server.attach()
    await view.prompt()
    await view.run("ls /proc/$$/fd > fds; grep SigIgn /proc/self/status > ignored; pwd > where")
    await view.run("stty -a | grep -o -e '-\\?iutf8' > utf8; yes | head -1; echo ${PIPESTATUS[0]}")
    assert (server.home / "fds").read_text().split() == ["0", "1", "2", "255"]
    assert int((server.home / "ignored").read_text().split()[1], 16) & 1 << 12 == 0
    assert (server.home / "where").read_text().strip() == str(server.home)
    assert (server.home / "utf8").read_text() == "iutf8\n"
    await view.expect("141\r\n")


async def test_marks_tell_status_and_time(server: Server) -> None:
    """Every command is told when it begins and ends, with status, seconds and its line."""
    view = await server.attach()
    await view.prompt()
    done = await view.run("sleep 0.3; (exit 42)")
    assert (done["n"], done["status"], done["line"]) == (1, 42, "sleep 0.3; (exit 42)")
    assert 0.25 < done["seconds"] < 5
    view.type("\r\r\x0c\x03\r")
    assert (await view.run("if true\rthen :\rfi"))["n"] == 2
    assert (await view.run(" echo kept out of history"))["line"] == ""
    states = [e["state"] for e in view.events if e["cmd"] == "command"]
    assert states == ["prompt"] + ["running", "done", "prompt"] * 2 + ["running", "done"]
    late = await server.attach(view.client)
    assert late.opened["command"] is None


async def test_marks_cannot_be_forged(server: Server) -> None:
    """Marks in a program's output are not ours, and ours are in nobody's environment."""
    view = await server.attach()
    await view.prompt()
    done = await view.run("printf '\\e]133;D;0\\a\\e]133;A\\a\\e]133;D;;0\\a'; false")
    assert done["status"] == 1
    assert b"\x1b]133" not in view.output
    assert [e["state"] for e in view.events if e["cmd"] == "command"][:3] == [
        "prompt",
        "running",
        "done",
    ]


DOTFILES = {
    "none": ("", "~\x1b[0m "),
    "own prompt": ("PS1='mine> '", "mine> "),
    "prompt command": ("PROMPT_COMMAND='PS1=\"[$((++n))]> \"'", "[2]> "),
    "list": ("PROMPT_COMMAND=('a=1' 'PS1=\"st$?> \"')", "st7> "),
    "trailing comment": ("PS1='c> '; PROMPT_COMMAND='x=1 # comment'", "c> "),
    "PS0 and trap": ("PS0='before\n'; trap 'x=1' DEBUG; PS1='t> '", "t> "),
    "no expansion": ("PS1='e> '; set -u", "e> "),
}


@pytest.mark.parametrize(("dotfile", "shown"), DOTFILES.values(), ids=DOTFILES)
@pytest.mark.parametrize("name", [".bashrc", ".bash_profile", ".profile"])
async def test_dotfiles_are_respected(server: Server, name: str, dotfile: str, shown: str) -> None:
    """The user's own prompt, hooks and traps work, and the marks with them."""
    for old in (".bashrc", ".bash_profile", ".profile"):
        (server.home / old).unlink(missing_ok=True)
    (server.home / name).write_text(dotfile + "\nMINE=1\n")
    view = await server.attach()
    await view.prompt()
    assert (await view.run("(exit 7)"))["status"] == 7
    await view.expect(shown)
    assert (await view.run('[[ $MINE == 1 ]] && [[ "$(trap -p DEBUG)" != *x=1* || $x == 1 ]]'))[
        "status"
    ] == 0
    (server.home / name).unlink()


async def test_marks_survive_changes_at_the_prompt(server: Server) -> None:
    """Setting PROMPT_COMMAND or PS1 at the prompt does not lose the marks."""
    view = await server.attach()
    await view.prompt()
    assert (await view.run("PROMPT_COMMAND='true'"))["status"] == 0
    assert (await view.run("PS1='new> '"))["status"] == 0
    assert (await view.run("false"))["status"] == 1
    await view.expect("new> ")


async def test_history_of_its_own(server: Server) -> None:
    """Each terminal has its own history file, written at every prompt."""
    one, two = await server.attach("h1"), await server.attach("h2")
    await one.run("echo first")
    await two.run("echo second")
    await one.event("command", state="prompt", n=1)
    await two.event("command", state="prompt", n=1)
    assert (server.home / ".bash_history-h1").read_text() == "echo first\n"
    assert (server.home / ".bash_history-h2").read_text() == "echo second\n"


async def test_completion_is_loaded_when_wanted(server: Server) -> None:
    """A TAB completes, and the terminal stays usable."""
    (server.home / "uncommon-file").touch()
    view = await server.attach()
    await view.prompt()
    view.type("ls -d uncom\t\r")
    await view.expect("uncommon-file\r\n")


async def test_title(server: Server) -> None:
    """A program's title is told, free of control characters, and to later views too."""
    view = await server.attach("title")
    await view.prompt()
    await view.run("printf '\\e]0;a \\x01title\\a'")
    assert (await view.event("title"))["title"] == "a title"
    assert (await server.attach("title")).opened["title"] == "a title"


@pytest.mark.skipif(shutil.which("python3") is None, reason="needs python3 in the shell")
async def test_questions_reach_one_view_and_no_replay(server: Server) -> None:
    """A raw program's query is asked of one view, live; a later view's replay has no query."""
    (server.home / "ask.py").write_text(
        "import sys, tty, os\ntty.setraw(0)\nos.write(1, b'\\x1b[6n')\n"
        "got = os.read(0, 100)\nos.system('stty sane')\nprint('got', got)\n"
    )
    one, two = await server.attach("ask"), await server.attach("ask")
    await one.prompt()
    one.type("PATH=/usr/local/bin:/usr/bin:/bin:$PATH python3 ask.py\r")
    await one.until(lambda: b"\x1b[6n" in one.output)
    one.type("\x1b[1;1R")
    await two.expect("got b'\\x1b[1;1R'")
    assert b"\x1b[6n" not in two.output
    late = await server.attach("ask")
    await late.expect("got b'\\x1b[1;1R'")
    assert b"\x1b[6n" not in late.output


async def test_hostile_file_types_nothing(server: Server) -> None:
    """`cat` of a file full of queries sends no view anything to answer (row 89)."""
    evil = "\x1b[c\x1b[>c\x1b[6n\x1b[5n\x1bZ\x05\x1b[21t\x1bP$qm\x1b\\\x1bP+q00\x1b\\\x1b]11;?\x07"
    (server.home / "evil").write_text(evil * 50)
    view = await server.attach()
    await view.prompt()
    await view.run("cat evil")
    for query in ("\x1b[c", "\x1b[6n", "\x1b[5n", "\x1bZ", "\x1bP", "11;?", "\x1b[21t"):
        assert query.encode() not in view.output


async def test_other_shell(tmp_path: Path) -> None:
    """A shell that is not bash runs as it is, without marks."""
    async with serving("--shell", "/bin/sh") as server:
        view = await server.attach()
        view.type("echo $SHELL $0 $WORKSHOP_MARK.\r")
        await view.expect("/bin/sh /bin/sh .\r\n")
        assert not any(e["cmd"] == "command" for e in view.events)


async def test_missing_shell() -> None:
    """A shell that is not there ends at once with its reason on the screen."""
    async with serving("--shell", "/bin/none") as server:
        view = await server.attach()
        assert (await view.event("exit"))["status"] == 127
        assert "/bin/none: No such file or directory" in view.text()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
async def test_arbitrary_user() -> None:
    """A user id without a passwd entry gets a name, a home and a working shell (row 98)."""
    prefix = ("setpriv", "--reuid", "1000680000", "--regid", "0", "--clear-groups")
    folder = Path("/tmp") / f"wt-any-{os.getpid()}"
    folder.mkdir()
    os.chown(folder, 1000680000, 0)
    try:
        async with serving(prefix=prefix, folder=folder) as server:
            view = await server.attach()
            await view.prompt()
            assert (await view.run("[[ $(whoami) == workshop && $USER == workshop ]]"))[
                "status"
            ] == 0
            assert (await view.run("touch ~/writable && [[ $(id -u) == 1000680000 ]]"))[
                "status"
            ] == 0
            assert "I have no name" not in view.text()
            await eventually((server.home / "writable").exists)
            assert server.log == ""
    finally:
        shutil.rmtree(folder)
