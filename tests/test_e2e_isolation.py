"""Two attendees on one machine cannot reach each other (security rows 1, 11, 12, 21–23, 42–49)."""

import pytest
from yarl import URL

from tests.attendee import NAVIGATION, Attendee

pytestmark = pytest.mark.slow


@pytest.fixture
async def bob(product):
    async with Attendee(product, "bob") as person:
        await person.sit_down()
        yield person


@pytest.fixture
async def nobody(product):
    async with Attendee(product, "nobody") as person:
        yield person


async def _upgrade(person: Attendee, owner: str, **headers: str) -> int:
    """The status that a WebSocket upgrade at the owner's terminal is answered with."""
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": "workshop.terminal.v1",
    }
    where = person.product.home(owner) + "terminal/ws/session/1"
    async with person.http.get(where, headers=upgrade | headers, allow_redirects=False) as answer:
        return answer.status


async def test_owner_gets_in(ada, product):
    """The owner's page and the owner's WebSocket are answered."""
    terminal = await ada.terminal()
    await terminal.open()
    assert await _upgrade(ada, "ada", Origin=product.host("ada")) == 101

    await terminal.type("echo $((6*7))-ok\r")

    assert "42-ok" in await terminal.read_until("42-ok")


async def test_classmate_is_refused_by_http(ada, bob, product):
    """Bob's login does not open Ada's dashboard (security row 22)."""
    async with bob.http.get(product.home("ada"), headers=NAVIGATION) as page:
        assert page.status == 403


@pytest.mark.parametrize(
    "path", ["", "chapters/1", "api/session", "terminals/1", "terminal/health"]
)
async def test_anonymous_request_is_sent_to_login_or_refused(ada, nobody, product, path):
    """Navigation leads to the login, every other request is refused (security row 1)."""
    where = product.home("ada") + path
    async with nobody.http.get(where, headers=NAVIGATION, allow_redirects=False) as page:
        assert page.status == 302
        assert "/hub/api/oauth2/authorize" in page.headers["Location"]
        assert "code_challenge_method=S256" in page.headers["Location"]
    headers = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    async with nobody.http.get(where, headers=headers, allow_redirects=False) as answer:
        assert answer.status in {401, 403}


async def test_websocket_of_a_classmate_or_of_nobody_is_refused(ada, bob, nobody, product):
    """An upgrade needs the owner's login, whatever else is right (security rows 42, 43)."""
    origin = product.host("ada")

    assert await _upgrade(nobody, "ada", Origin=origin) == 401
    assert await _upgrade(bob, "ada", Origin=origin) in {401, 403}


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param("https://evil.example", id="foreign"),
        pytest.param("http://bob.workshop.localhost:{port}", id="sibling"),
        pytest.param("http://workshop.localhost:{port}", id="hub"),
        pytest.param("http://ada.workshop.localhost:{port}.evil.example", id="suffix"),
        pytest.param("http://evilada.workshop.localhost:{port}", id="prefix"),
        pytest.param("https://ada.workshop.localhost:{port}", id="scheme"),
        pytest.param("http://ada.workshop.localhost:1", id="port"),
        pytest.param("null", id="null"),
        pytest.param("", id="none"),
    ],
)
async def test_websocket_from_another_origin_is_refused(ada, product, origin):
    """Ada's own login does not help a page that is not hers (security rows 44–47, 49)."""
    headers = {"Origin": origin.format(port=product.port)} if origin else {}

    assert await _upgrade(ada, "ada", **headers) == 403


async def test_rebound_host_is_refused(ada, product):
    """A Host that is not ours is refused even when the Origin agrees (security row 48)."""
    cookies = ada.http.cookie_jar.filter_cookies(URL(product.home("ada")))
    header = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    evil = f"http://evil.example:{product.port}"

    status = await _upgrade(
        ada, "ada", Origin=evil, Host=f"evil.example:{product.port}", Cookie=header
    )

    assert status in {302, 403, 421}  # 302: the proxy knows no such host, the hub shows its own


async def test_api_of_the_hub_hides_classmates(bob, product):
    """An attendee sees no list of users and cannot start a classmate's session (rows 11, 12)."""
    async with bob.http.get(f"{product.url}/hub/api/users", headers=NAVIGATION) as answer:
        assert answer.status == 403
    async with bob.http.get(f"{product.url}/hub/api/users/ada", headers=NAVIGATION) as answer:
        assert answer.status in {403, 404}
