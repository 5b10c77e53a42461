"""Guessing behind a router: each visitor's own address is slowed down, whatever they say it is."""

import io
import itertools
from urllib.parse import urlencode

import aiohttp
import pytest
from tornado.httputil import HTTPHeaders

from hub.login.form import visitor_address
from hub.login.throttle import ADDRESS
from tests.attendee import NAVIGATION
from tests.cluster import program
from tests.hub_fixtures import XSRF
from tests.product import PASSWORD, running_product
from tests.router import Certificate, running_router, when_routed


@pytest.mark.parametrize(
    ("seen", "routers", "address"),
    [
        pytest.param(["192.0.2.1"], 0, "192.0.2.1", id="no-router"),
        pytest.param(["said, 192.0.2.1"], 0, "192.0.2.1", id="no-router-and-a-liar"),
        pytest.param(["192.0.2.1, router"], 1, "192.0.2.1", id="router"),
        pytest.param(["said, 192.0.2.1, router"], 1, "192.0.2.1", id="router-and-a-liar"),
        pytest.param(["said", "192.0.2.1,router"], 1, "192.0.2.1", id="two-headers"),
        pytest.param(["192.0.2.1"], 1, "192.0.2.1", id="past-the-router"),
        pytest.param(["said, 192.0.2.1, edge, router"], 2, "192.0.2.1", id="two-routers"),
        pytest.param([], 1, "", id="nothing"),
    ],
)
def test_whom_the_outermost_router_saw(seen, routers, address):
    """Entries are counted from the end, where our own routers write them."""
    headers = HTTPHeaders()
    for value in seen:
        headers.add("X-Forwarded-For", value)

    assert visitor_address(headers, routers) == address


@pytest.fixture
def routed(tmp_path):
    """The address of a product behind one router with TLS."""
    certificate = Certificate.made(tmp_path, "localhost")
    with running_router(program("traefik"), tmp_path, certificate) as router:
        public = f"http://localhost:{router.port}"
        with running_product(SUBDOMAINS="0", PUBLIC_URL=public, ROUTERS="1") as product:
            router.serve("class", "PathPrefix(`/`)", f"http://127.0.0.1:{product.port}")
            when_routed(router.port, "localhost", "/hub/health")
            yield f"https://localhost:{router.port}"


async def enter(url, address, name, password, **headers):
    """The status that a login from an address of this machine gets."""
    there = aiohttp.TCPConnector(local_addr=(address, 0), ssl=False)
    async with aiohttp.ClientSession(connector=there, headers=NAVIGATION | headers) as http:
        async with http.get(f"{url}/hub/login") as page:
            token = XSRF.search(await page.text())[1]
        form = {"_xsrf": token, "username": name, "password": password}
        answer = await http.post(
            f"{url}/hub/login",
            data=io.BytesIO(urlencode(form).encode()),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            allow_redirects=False,
        )
        return answer.status


@pytest.mark.slow
async def test_a_guesser_is_slowed_down_and_no_classmate(routed):
    """New names and made-up addresses do not help who guesses; others log in meanwhile."""
    for number in itertools.count():
        lies = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-Ip": f"198.51.100.{number}"}
        if await enter(routed, "127.0.0.2", f"guess-{number}", "wrong", **lies) == 429:
            break
        assert number < 2 * ADDRESS.free, "nobody slowed the guesser down"

    assert number >= ADDRESS.free
    assert await enter(routed, "127.0.0.3", "ada", PASSWORD) == 302
