"""One product that runs throughout: what it says, and what survives when parts of it are killed."""

import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from tests.attendee import NAVIGATION
from tests.hub_fixtures import family, start
from tests.ports import free_port
from tests.processes import alive, children, with_command
from tests.product import PASSWORD
from tests.session import session_of
from tests.waiting import answers, until

pytestmark = pytest.mark.slow


def test_it_says_where_to_go(product):
    """One line begins with Open; password, instructor and the purpose of this mode follow."""
    said = product.log.read_text()

    assert said.count("\nOpen http://workshop.localhost") == 1
    assert PASSWORD in said
    assert "for people who trust each other" in said


def test_a_second_start_from_the_same_state_is_refused(product):
    """Two hubs never share a state folder."""
    status, lines = start(PORT=str(free_port()), STATE=str(product.state))

    assert status == 1
    assert lines[0].startswith("A workshop already runs from")


def test_state_is_private(product, ada):
    """Nobody else on the machine can look into the state folder."""
    assert product.state.stat().st_mode & 0o777 == 0o700
    assert (product.state / "keys.json").stat().st_mode & 0o777 == 0o600
    assert (product.state / "homes" / "ada").stat().st_mode & 0o777 == 0o700


async def test_the_terminal_knows_no_token(product, ada):
    """The terminal server's environment is an allowlist (security row 93)."""
    session = session_of(product, "ada")
    environ = Path(f"/proc/{session.terminal}/environ").read_bytes().split(b"\0")

    names = {entry.partition(b"=")[0].decode() for entry in environ if entry}
    assert names <= {"PATH", "LANG", "LC_ALL", "TZ", "HOME"}


async def test_hub_returns_and_finds_its_sessions(product, ada):
    """kill -9 of the hub: it is back within 10 s and knows the session that ran on."""
    session = session_of(product, "ada")
    (culler,) = until(lambda: _cullers(product), what="the culler")
    (hub,) = set(with_command("jupyterhub_config.py")) & set(family(product.state))

    os.kill(hub, signal.SIGKILL)
    until(lambda: not alive(hub), what="the hub's end")

    until(lambda: answers(f"http://127.0.0.1:{product.port}/hub/health"), what="the hub")
    assert session_of(product, "ada") == session
    async with ada.http.get(product.home("ada"), headers=NAVIGATION) as page:
        assert (page.status, str(page.url)) == (200, product.home("ada"))
    async with ada.http.get(f"{product.url}/hub/home", headers=NAVIGATION) as page:
        assert "Your session is running" in await page.text()
    until(lambda: not alive(culler), what="the end of the killed hub's culler")
    until(lambda: len(_cullers(product)) == 1, what="one culler")


def _cullers(product):
    return set(with_command("hub.culler")) & set(children(product.process.pid))


async def test_routes_return_after_the_proxy_died(product, ada):
    """kill -9 of the proxy: it is back, with all routes, within 10 s by itself."""
    (proxy,) = with_command("configurable-http-proxy", f"--port {product.port} ")
    started = time.monotonic()

    os.kill(proxy, signal.SIGKILL)
    until(lambda: not alive(proxy), what="the proxy's end")

    request = urllib.request.Request(
        f"http://127.0.0.1:{product.port}/user/ada/health/live",
        headers={"Host": f"ada.workshop.localhost:{product.port}"},
    )
    until(lambda: _ok(request), what="the route of ada", limit=10)
    assert time.monotonic() - started < 10


async def test_restart_page_makes_a_new_session(product, ada):
    """The restart page asks, then stops the session and starts another with the same home."""
    before = session_of(product, "ada")
    async with ada.http.get(f"{product.url}/hub/session/restart", headers=NAVIGATION) as page:
        token = (await page.text()).partition('name="_xsrf" value="')[2].partition('"')[0]

    url = f"{product.url}/hub/session/restart"
    async with ada.http.post(url, data={"_xsrf": token}, headers=NAVIGATION) as answer:
        assert answer.status == 200

    after = until(lambda: (s := session_of(product, "ada")) != before and s, what="a session")
    assert not any(map(alive, (before.supervisor, before.dashboard, before.terminal)))
    assert alive(after.supervisor)


def _ok(request):
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
