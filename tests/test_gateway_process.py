"""`python -m dashboard` as a process: what it hides, how it starts, how it stops."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway_fixtures import environ
from tests.ports import free_port
from tests.waiting import until

SECRET = "hidden" * 5
ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


def _without_capabilities() -> list[str]:
    """What makes root an ordinary user: nobody else's memory may be read then."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


def _workshop(folder: Path) -> Path:
    (folder / "chapters").mkdir()
    (folder / "workshop.yaml").write_text("title: A small workshop\n")
    (folder / "chapters" / "01-first.md").write_text("# First\n\nRead on.\n")
    return folder


@contextlib.contextmanager
def _dashboard(
    folder: Path, *before: str, **changes: str
) -> Iterator[tuple[subprocess.Popen, int]]:
    port = free_port()
    values = environ(folder, JUPYTERHUB_SERVICE_URL=f"http://127.0.0.1:{port}/user/ada/", **changes)
    process = subprocess.Popen(
        [*before, sys.executable, "-m", "dashboard"],
        env={"PATH": os.environ["PATH"], **values},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: _is_listening(port) or process.poll() is not None, what="the dashboard")
        yield process, port
    finally:
        process.kill()
        process.communicate()


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _environment_of(pid: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_without_capabilities(), "cat", f"/proc/{pid}/environ"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_token_cannot_be_read_by_the_same_user(tmp_path):
    """A shell of the same user reads no token in /proc, while it reads other processes there."""
    before = _without_capabilities()
    open_one = subprocess.Popen(
        [*before, "sleep", "60"], env={"PATH": os.environ["PATH"], "S": "s"}
    )
    with _dashboard(_workshop(tmp_path), *before, JUPYTERHUB_API_TOKEN=SECRET) as (process, _):
        hidden = _environment_of(process.pid)
        shown = _environment_of(open_one.pid)
    open_one.kill()
    open_one.wait()

    assert "S=s" in shown.stdout
    assert hidden.returncode != 0
    assert SECRET not in hidden.stdout


def _get(port: int, path: str, host: str = "workshop.test:8000") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host, "Connection": "close"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_it_starts_soon_and_small(tmp_path):
    """A dashboard with its workshop loaded answers soon and takes little memory."""
    began = time.monotonic()
    with _dashboard(_workshop(tmp_path)) as (process, port):
        alive = _get(port, "/user/ada/health/live")
        took = time.monotonic() - began
        status = Path(f"/proc/{process.pid}/status").read_text()

    resident = int(re.search(r"VmRSS:\s+(\d+)", status)[1])
    assert alive.status == 200
    assert took < 3  # half a second on an idle machine; tests share theirs
    assert resident < 52_000


def test_a_home_that_cannot_be_written_keeps_nothing_from_starting(tmp_path):
    """The dashboard writes nothing at its start, a full disk does not matter (5.4 row 7)."""
    workshop = _workshop(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in workshop.rglob("*")}
    with _dashboard(workshop, HOME="/nonexistent") as (_, port):
        assert _get(port, "/user/ada/health/live").status == 200

    assert {path: path.stat().st_mtime_ns for path in workshop.rglob("*")} == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told(tmp_path, number):
    """SIGTERM and Ctrl-C end it within a few seconds, without an error."""
    with _dashboard(_workshop(tmp_path)) as (process, _):
        process.send_signal(number)

        assert process.wait(5) == 0
        assert "Traceback" not in process.stderr.read()


def test_a_port_that_is_taken_is_named(tmp_path):
    """When it cannot listen it says so in a line."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        values = environ(
            _workshop(tmp_path), JUPYTERHUB_SERVICE_URL=f"http://127.0.0.1:{port}/user/ada/"
        )
        ended = subprocess.run(
            [sys.executable, "-m", "dashboard"],
            env={"PATH": os.environ["PATH"], **values},
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith(f"dashboard: cannot listen on port {port}: ")


def test_a_preview_prints_its_link(tmp_path):
    """Without a hub it prints one link, which logs its author in once."""
    changes = {"WORKSHOP_PREVIEW": "1", "JUPYTERHUB_SERVICE_PREFIX": "/"}
    with _dashboard(_workshop(tmp_path), **changes) as (process, port):
        line = process.stdout.readline()
        path = re.fullmatch(rf"Open http://127\.0\.0\.1:{port}(/\?key=\S+)\n", line)[1]

        first = _get(port, path, f"127.0.0.1:{port}")
        second = _get(port, path, f"127.0.0.1:{port}")

    assert (first.status, second.status) == (302, 403)
