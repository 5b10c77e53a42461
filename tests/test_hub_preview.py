"""`python -m hub.preview`: what it says when it cannot start, and what it starts with."""

import os
import socket
import subprocess
import sys

import pytest

from hub.preview import preview_environ
from tests.ports import free_port
from tests.product import ROOT


def start(**environ):
    """What a preview that fails says: its status, and its lines."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", "hub.preview"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stderr.splitlines()


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        pytest.param({"PORT": "eighty"}, "PORT is 'eighty'", id="port"),
        pytest.param({"WORKSHOP": "/nowhere"}, "There is no workshop folder", id="folder"),
        pytest.param({"TERMINAL_VIEW": "vt100"}, "TERMINAL_VIEW is 'vt100'", id="view"),
        pytest.param({"WORKSHOP_VARS": "[]"}, "WORKSHOP_VARS is '[]'", id="variables"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, environ, words):
    """A setting that cannot be used is told once, by the name that the author typed."""
    status, lines = start(**{"PORT": str(free_port()), "STATE": str(tmp_path)} | environ)

    assert status == 1
    assert len(lines) == 1
    assert lines[0].startswith(words)


def test_a_taken_port_is_one_sentence(tmp_path):
    """A port that somebody listens on is named, with the way out."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        status, lines = start(PORT=str(port), STATE=str(tmp_path))

    assert status == 1
    assert len(lines) == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in lines[0]


def test_without_settings_the_sample_is_shown(tmp_path, monkeypatch):
    """The settings' defaults are those of `make run`; it never leaves loopback."""
    monkeypatch.chdir(ROOT)
    port = str(free_port())

    given = preview_environ({"STATE": str(tmp_path), "PORT": port, "BIND": "0.0.0.0"})

    assert given["WORKSHOP_DIR"] == str(ROOT / "content" / "guide")
    assert given["JUPYTERHUB_SERVICE_URL"] == f"http://127.0.0.1:{port}/"
    assert (given["WORKSHOP_PREVIEW"], given["JUPYTERHUB_SERVICE_PREFIX"]) == ("1", "/")
