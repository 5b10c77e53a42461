"""The terminal server's door: addresses, messages, limits, start and end."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tornado.httpclient import HTTPClientError

from tests.terminal_fixtures import IMAGE, Server, nonce, running_server, serving
from tests.waiting import eventually, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    """One server for the tests that do not end it."""
    with running_server("--max-sessions", "100") as running:
        yield running


@pytest.fixture
async def server(shared: Server) -> AsyncIterator[Server]:
    """The shared server; the test's views are closed afterwards."""
    yield shared
    for view in shared.views:
        await view.finish()
    shared.views.clear()


@pytest.mark.parametrize(
    "path",
    ["/theme/%2Fetc/passwd", "/theme/%2Fproc%2Fself/environ", "/theme/x/style.css", "/local.js",
     "/themes/list.json", "/sessions/list.json", "/session/x%20onload=alert(1)", "/session/A",
     "/session/", "/session/" + "a" * 33, "/", "/ctl/session/a", "/ws/session/a_b",
     "/static/ext.min.js", "/static/../terminal.py", "/static/%2e%2e/terminal.py",
     "/static//etc/passwd", "/static/fonts/../main.css", "/session/a%0a"],
)  # fmt: skip
def test_nothing_else_is_routed(shared: Server, path: str) -> None:
    """Butterfly's unsafe addresses and odd names are 404 (security rows 85, 86, 87)."""
    status, headers, body = shared.request(path)
    assert (status, body) == (404, "404 Not Found\n")
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/health", "/session/a", "/static/main.css", "/ws/session/a"])
def test_get_only(shared: Server, method: str, path: str) -> None:
    """Any method but GET is 405."""
    assert shared.request(path, method)[0] == 405


def test_page(shared: Server) -> None:
    """Butterfly's page is our template, with a policy and without inline script (4.2, row 95)."""
    status, headers, body = shared.request("/session/my-name?user=root&path=/")
    assert status == 200
    assert 'data-session-token="my-name"' in body
    assert "root" not in body.replace("data-root-path", "")
    assert body.count("<script") == body.count("<script src=") + body.count("<script type=")
    policy = headers["Content-Security-Policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "form-action 'none'",
                 "base-uri 'none'", "frame-ancestors 'self'"):  # fmt: skip
        assert rule in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "geolocation=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("name", ["bridge.js", "main.min.js", "html-sanitizer.js", "main.css",
                                  "fonts/SourceCodePro-Regular.otf"])  # fmt: skip
def test_static(shared: Server, name: str) -> None:
    """The page's files are served, Butterfly's own unchanged."""
    status, headers, _ = shared.request(f"/static/{name}")
    assert status == 200
    assert headers["Content-Type"].split("/")[0] in ("text", "font")


def test_socket_is_private(shared: Server) -> None:
    """The socket lies in a folder of its owner's alone, and no port is open (row 96)."""
    assert stat.S_IMODE(os.stat(Path(shared.socket).parent).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(shared.socket).st_mode) == 0o600
    inodes = {os.readlink(f) for f in Path(f"/proc/{shared.process.pid}/fd").iterdir()}
    listening = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    assert not any(f"socket:[{f[9]}]" in inodes for f in listening)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        pytest.param("{", 1008, id="not JSON"),
        pytest.param("[" * 100000, 1008, id="deep JSON"),
        pytest.param("[]", 1008, id="not an object"),
        pytest.param('{"cmd":"shutdown"}', 1008, id="unknown cmd"),
        pytest.param('{"cmd":["open"]}', 1008, id="odd cmd"),
        pytest.param('{"cmd":"input","n":1,"data":"x"}', 1008, id="before open"),
        pytest.param('{"cmd":"open","client":"a b","cols":80,"rows":24}', 1008, id="odd client"),
        pytest.param('{"cmd":"open","client":"a","cols":"x","rows":24}', 1008, id="odd size"),
        pytest.param(b"\x00\x01", 1003, id="binary"),
        pytest.param("x" * (1024 * 1024 + 1), 1009, id="too big"),
    ],
)
async def test_malformed_closes_alone(server: Server, message: str | bytes, code: int) -> None:
    """A malformed message closes its own connection; others go on (security rows 52, 53)."""
    other = await server.attach()
    await other.prompt()
    view = await server.connect("bad")
    view.link.write_message(message, binary=isinstance(message, bytes))
    assert await view.closed() == code
    await other.run("true")
    assert server.log == ""


@pytest.mark.parametrize(
    "message",
    ['{"cmd":"input","n":0,"data":"x"}', '{"cmd":"input","n":true,"data":"x"}',
     '{"cmd":"input","n":1}', '{"cmd":"seen","offset":-1}', '{"cmd":"size","cols":1e3,"rows":1}',
     '{"cmd":"open","client":"a","cols":80,"rows":24}'],
)  # fmt: skip
async def test_malformed_after_open(server: Server, message: str) -> None:
    """Numbers that are none, and a second open, are refused too."""
    view = await server.attach()
    view.link.write_message(message)
    assert await view.closed() == 1008
    assert server.log == ""


async def test_no_compression(server: Server) -> None:
    """Compression is off, so that a small frame cannot become a big one (row 57)."""
    view = await server.connect("plain", compression_options={})
    headers = view.link.headers
    assert "Sec-Websocket-Extensions" not in headers
    assert headers["Sec-Websocket-Protocol"] == "workshop.terminal.v1"


async def test_bad_name_is_no_upgrade(server: Server) -> None:
    """A name that does not match gets 404 instead of a connection."""
    with pytest.raises(HTTPClientError) as refused:
        await server.connect("a%20b")
    assert refused.value.code == 404


async def test_sigterm_says_goodbye(tmp_path: Path) -> None:
    """SIGTERM closes views with 1001, hangs shells up, and ends at once with status 0."""
    async with serving() as server:
        view = await server.attach()
        view.type("trap '' HUP TERM; echo re''ady; while :; do read x; done\r")
        await view.expect("ready")
        (shell,) = server.children()
        server.process.send_signal(signal.SIGTERM)
        assert await view.closed() == 1001
        await eventually(lambda: server.process.poll() is not None, 3)
        assert server.process.returncode == 0
        until(lambda: not Path(f"/proc/{shell}").exists(), what="the shell's end", limit=5)


async def test_stale_socket_is_replaced() -> None:
    """After kill -9 a new server takes the socket's place; its epoch is another."""
    async with serving() as first:
        view = await first.attach("same")
        first.process.kill()
        first.process.wait()
        with running_server(folder=first.folder) as second:
            again = await second.attach("same", epoch=view.opened["epoch"], after=5)
            assert again.opened["resumed"] is False
            assert again.opened["epoch"] != view.opened["epoch"]
            await again.finish()


def test_silent_and_small() -> None:
    """An idle server starts in a moment, needs no more than 26 MB, and says nothing."""
    with running_server() as server:
        assert server.rss() <= 26 * 1024 * 1024
        assert server.log == ""
        maps = Path(f"/proc/{server.process.pid}/maps").read_text()
        assert "libcrypto" not in maps


def test_other_butterfly_is_refused(tmp_path: Path) -> None:
    """Any other version of Butterfly ends the start with one sentence: the parts are cut to fit."""
    fake = tmp_path / "butterfly"
    fake.mkdir()
    (fake / "__init__.py").write_text("__version__ = '3.2.6'")
    ended = subprocess.run(
        [sys.executable, str(IMAGE / "terminal.py"), "--socket", "x", "--home", "y"],
        env={"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert ended.stderr == "Butterfly 3.2.5 is needed; this is 3.2.6.\n"


async def test_nothing_typed_is_logged(server: Server) -> None:
    """What people type and name is in no log (row 137)."""
    view = await server.attach()
    secret = nonce()
    await view.run(f"echo {secret}")
    view.say(cmd=f"\x1b[31m{secret}")
    await view.closed()
    assert server.log == ""
