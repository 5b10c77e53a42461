"""An author's preview: no hub, one link, one browser."""

import pytest

from tests.gateway_fixtures import running_backend, running_gateway


@pytest.fixture
async def door(tmp_path):
    settings = {"WORKSHOP_PREVIEW": "1", "WORKSHOP_PUBLIC_URL": None}
    settings |= {"JUPYTERHUB_SERVICE_PREFIX": None, "JUPYTERHUB_SERVICE_URL": None}
    async with (
        running_backend(tmp_path / "terminal.sock"),
        running_gateway(tmp_path, **settings) as running,
    ):
        yield running


def _path(link):
    return "/" + link.split("/", 3)[3]


async def test_the_link_lets_one_browser_in(door):
    """The printed link becomes a cookie and an address without the key, and is dead then."""
    link = _path(door.gateway.link)
    entered = await door.visit(link)
    again = await door.visit(link)
    door.take(entered)
    page = await door.visit("/")
    back = await door.visit(link)

    assert door.gateway.link.startswith(f"http://127.0.0.1:{door.port}/?key=")
    assert (entered.status, entered.headers["Location"]) == (302, "/")
    assert again.status == 403
    assert "used already" in again.text
    assert page.json()["user"] == "ada"
    assert (back.status, back.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("path", ["/", "/?key=", "/?key=guess", "/terminal/x"])
async def test_without_the_link_nobody_is_in(door, path):
    """Another program or page of the same machine sees nothing, and a guess costs no link."""
    answer = await door.visit(path)
    good = await door.visit(_path(door.gateway.link))

    assert answer.status in {401, 403}
    assert "Log in" not in answer.text
    assert good.status == 302


async def test_who_has_no_link_is_told_where_it_stands(door):
    """The page says which link to open, and offers no login that would lead nowhere."""
    answer = await door.visit("/")

    assert answer.status == 401
    assert "Open the link that make preview printed" in answer.text
    assert "log in" not in answer.text.lower()


async def test_the_same_door_stands_before_the_terminal(door):
    """Origins, hosts and tokens are checked as at a hub."""
    door.take(await door.visit(_path(door.gateway.link)))

    socket = await door.socket()
    await socket.write_message("hi")
    assert await socket.read_message() == "hi"
    socket.close()
    assert (await door.visit("/", headers={"Host": "evil"})).status == 421


async def test_logging_out_of_a_preview(door):
    """After the logout the cookie is worth nothing."""
    door.take(await door.visit(_path(door.gateway.link)))
    xsrf = (await door.ask("/x")).json()["xsrf"]

    answer = await door.ask("/logout", "POST", {"X-XSRFToken": xsrf, "Origin": door.origin})

    assert answer.json() == {"next": "/"}
    assert (await door.visit("/")).status == 401
