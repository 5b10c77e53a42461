"""`python -m hub.local`: what starts, what survives, what is left behind, and what it says."""

import json
import os
import signal
import socket

import pytest

from hub.settings import HubSettings
from hub.welcome import welcome
from tests.attendee import Attendee
from tests.hub_fixtures import family, start
from tests.ports import free_port
from tests.processes import alive, with_command
from tests.product import running_product
from tests.waiting import until


def test_a_taken_port_is_one_sentence(tmp_path):
    """A port that somebody listens on is named, with the way out."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        status, lines = start(PORT=str(port), STATE=str(tmp_path))

    assert status == 1
    assert lines == [
        f"Port {port} of 127.0.0.1 cannot be used (Address already in use): stop what uses it, or"
        f" take another one with PORT={port + 1}."
    ]


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        pytest.param({"PORT": "eighty"}, "PORT is 'eighty'", id="port"),
        pytest.param({"WORKSHOP": "/nowhere"}, "There is no workshop folder /nowhere", id="folder"),
        pytest.param({"PASSWORD": "short"}, "PASSWORD is too short", id="password"),
        pytest.param({"BIND": "nonsense"}, "BIND is 'nonsense', which is no address", id="name"),
        pytest.param({"BIND": "192.0.2.7"}, "BIND is '192.0.2.7', which is no", id="address"),
        pytest.param({"STATE": "/proc/x"}, "The state folder /proc/x cannot be used", id="state"),
        pytest.param({"WORKSHOP_VARS": '{"a": 1}'}, "WORKSHOP_VARS is '{", id="variables"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, environ, words):
    """A setting that cannot be used is told in a sentence, without a traceback."""
    status, lines = start(**{"PORT": str(free_port()), "STATE": str(tmp_path)} | environ)

    assert status == 1
    assert len(lines) == 1
    assert lines[0].startswith(words)


@pytest.mark.parametrize(
    ("environ", "said", "unsaid"),
    [
        pytest.param({}, ["Only this machine"], ["WARNING"], id="private"),
        pytest.param(
            {"SUBDOMAINS": "0"},
            ["WARNING: all sessions share", "Leave SUBDOMAINS=0"],
            [],
            id="paths",
        ),
        pytest.param(
            {"BIND": "192.0.2.7"},
            ["WARNING: local mode listens on 192.0.2.7", "WARNING: all sessions share"],
            ["Only this machine", "Leave SUBDOMAINS"],
            id="open-to-others",
        ),
    ],
)
def test_it_says_what_this_mode_is_for(environ, said, unsaid):
    """At start it says who can come in, and warns when others can or when origins are shared."""
    text = welcome(HubSettings.from_environ({"PASSWORD": "class-password"} | environ))

    assert len([line for line in text.splitlines() if line.startswith("Open http")]) == 1
    assert "class-password" in text
    assert [words for words in said if words not in text] == []
    assert [words for words in unsaid if words in text] == []


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        pytest.param({"PASSWORD": "class-password"}, "Class password  class-password", id="usual"),
        pytest.param({"LOGIN": "anonymous"}, "Attendees       whoever opens it", id="anonymous"),
        pytest.param({"LOGIN": "pam", "ALLOWED_USERS": "ada"}, "Login           pam", id="pam"),
        pytest.param(
            {
                "LOGIN": "github",
                "ALLOWED_USERS": "ada",
                "OAUTH_CLIENT_ID": "x",
                "OAUTH_CLIENT_SECRET": "y",
            },
            "which must know http://workshop.localhost:8000/hub/oauth_callback",
            id="github",
        ),
    ],
)
def test_it_says_what_people_log_in_with(environ, line):
    """At start it says how people get in, and what a provider must be told."""
    assert line in welcome(HubSettings.from_environ(environ))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "hang"),
    [
        pytest.param(signal.SIGINT, False, id="ctrl-c-after-the-hub-was-restarted"),
        pytest.param(signal.SIGTERM, True, id="terminated-while-the-hub-hangs"),
        pytest.param(signal.SIGKILL, False, id="killed"),
    ],
)
async def test_an_end_leaves_nothing(number, hang):
    """However it ends, no process is left: not the hub, not a session, not a detached program."""
    with running_product() as product:
        async with Attendee(product, "ada") as ada:
            await ada.sit_down()
            terminal = await ada.terminal()
            await terminal.open()
            await terminal.type("setsid nohup sleep 6543 >/dev/null 2>&1 & echo off-$((1+1))\r")
            await terminal.read_until("off-2")
        (hub,) = [p for p in family(product.state) if p in with_command("jupyterhub_config.py")]
        os.kill(hub, signal.SIGSTOP if hang else signal.SIGKILL)
        if not hang:
            until(lambda: not alive(hub), what="the hub's end")
        assert family(product.state)
        product.process.send_signal(number)
        product.process.wait(30)

        until(lambda: not family(product.state), what="the end of all", limit=20)
        until(lambda: not with_command("sleep 6543"), what="the end of the detached program")


@pytest.mark.slow
async def test_paths_on_one_host():
    """SUBDOMAINS=0 serves sessions below one origin, says so with a warning, and works."""
    with running_product(SUBDOMAINS="0") as product:
        async with Attendee(product, "ada") as ada:
            page = await ada.sit_down()
            async with ada.http.get(product.home("ada") + "api/session") as answer:
                session = json.loads(await answer.text())

        assert product.url == f"http://127.0.0.1:{product.port}"
        assert "WARNING: all sessions share one origin" in product.log.read_text()
        assert 'data-prefix="/user/ada/"' in page
        assert session == {"user": "ada", "admin": False}


@pytest.mark.slow
def test_an_authors_mistakes_are_told_at_start(tmp_path):
    """A workshop with mistakes is served, so that its author can mend it, and they are listed."""
    (tmp_path / "chapters").mkdir()
    (tmp_path / "workshop.yaml").write_text("titel: One\n")

    with running_product(WORKSHOP=str(tmp_path)) as product:
        said = product.log.read_text()

    assert "workshop.yaml:1: `titel` is not known here" in said
    assert "chapters:1: there is no chapter" in said
    assert said.index("titel") < said.index("Open http")
