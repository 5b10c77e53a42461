"""Terminals that begin with what the workshop says: a command, a folder, a program kept running."""

import json
import socket
from collections.abc import AsyncIterator

import pytest

from tests.ports import free_port
from tests.terminal_fixtures import Server, serving

pytestmark = pytest.mark.slow


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


def begin(server: Server, name: str, **given: object) -> int:
    """Ask for a terminal as a page does; the status."""
    body = given.get("body", json.dumps(given))
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(server.socket)
        head = f"POST /begin/{name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        link.sendall(f"{head}Content-Length: {len(str(body))}\r\n\r\n{body}".encode())
        return int(link.recv(65536).split()[1])


async def test_a_terminal_begins_once(server: Server) -> None:
    """The command runs in its folder before the first prompt, stands in the history, and once."""
    (server.home / "shop").mkdir()

    statuses = [
        begin(server, "shop", command="echo in-$(pwd)-$((1+1)) $WORKSHOP_BEGIN.", directory="shop")
        for _ in range(2)
    ]
    view = await server.attach("shop")
    await view.expect(f"in-{server.home}/shop-2 .")
    await view.prompt()
    again = await view.run("fc -ln -1")

    assert statuses == [201, 200]
    assert again["status"] == 0
    assert view.text().count("-2 .") == 1
    assert view.text().count("echo in-$(pwd)") == 2


async def test_a_folder_that_is_not_there(server: Server) -> None:
    """A terminal whose folder is yet to be made begins at home."""
    begin(server, "t", command="echo in-$(pwd)", directory="~/not/yet")
    view = await server.attach("t")

    await view.expect(f"in-{server.home}\r\n")


async def test_ctrl_c_ends_the_command_only(server: Server) -> None:
    """What a terminal begins with can be stopped, and leaves a prompt that works."""
    # What says that it is on is itself what Ctrl-C is for: a shell between two commands misses it.
    begin(server, "t", command="sh -c 'echo on; sleep 600'")
    view = await server.attach("t")
    await view.expect("on\r\n")

    view.type("\x03")
    await view.prompt()

    assert (await view.run("echo still-$((2+2))"))["status"] == 0
    assert "still-4" in view.text()


async def test_a_program_is_kept_running(server: Server) -> None:
    """A kept program that ends, by itself or by Ctrl-C, is started again, and it is said."""
    begin(server, "app", command="echo run; sleep 600", keep=True)
    view = await server.attach("app")
    await view.expect("run\r\n")

    view.type("\x03")
    await view.until(lambda: view.text().count("run\r\n") == 2)

    assert "it has ended (exit 130) and is started again in 1 s" in view.text()


async def test_views_are_told_of_ports(server: Server) -> None:
    """Every view hears on which ports programs begin to listen, and when they end; one that comes
    later hears it at once. What listens elsewhere on this machine is no news."""
    port = free_port()
    view = await server.attach("a")
    await view.prompt()
    with socket.create_server(("127.0.0.1", 0)):
        view.type(f"exec python3 -m http.server {port} -b 127.0.0.1\r")
        await view.event("ports", ports=[port])
        later = await server.attach("b")
        await later.event("ports", ports=[port])

    view.type("\x03")

    await later.event("ports", ports=[])
    await view.event("ports", ports=[])


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="nothing"),
        pytest.param("[]", id="list"),
        pytest.param('{"command": 1}', id="number"),
        pytest.param('{"directory": "a\\u0000b"}', id="nul"),
        pytest.param(json.dumps({"command": "x" * 20000}), id="long"),
    ],
)
async def test_nonsense_begins_nothing(server: Server, body: str) -> None:
    """What is no beginning is refused, and no shell is started."""
    assert begin(server, "t", body=body) == 400
    assert server.children() == []
