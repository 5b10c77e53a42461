"""The gateway before a real JupyterHub: logins, neighbours, instructors, outages, restarts."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from tests.gateway_hub import SERVICE, hub_api, person, running_real_hub
from tests.gateway_session import IMPATIENT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with running_real_hub(tmp_path_factory.mktemp("hub"), subdomains=True) as running:
        yield running


@pytest.fixture(scope="module")
def path_hub(tmp_path_factory):
    with running_real_hub(tmp_path_factory.mktemp("hub"), subdomains=False) as running:
        yield running


async def _start(hub, name):
    """Somebody's session, running."""
    await hub_api(hub, "POST", f"users/{name}")
    status, _ = await hub_api(hub, "POST", f"users/{name}/server")
    async with asyncio.timeout(30):
        while status == 202:
            _, text = await hub_api(hub, "GET", f"users/{name}?include_stopped_servers")
            if json.loads(text)["servers"].get("", {}).get("ready"):
                return
            await asyncio.sleep(0.05)


async def _ends(socket, limit=10):
    async with asyncio.timeout(limit):
        message = await socket.receive()
        while message.type not in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}:
            message = await socket.receive()
    return socket.close_code


@pytest.mark.parametrize("mode", ["hub", "path_hub"])
async def test_an_attendee_comes_in(request, mode):
    """From a link through the hub's login to one's own page and terminal (rows 1, 21, 32)."""
    hub = request.getfixturevalue(mode)
    await _start(hub, "ada")
    async with person(hub, "ada") as ada:
        status, address, text = await ada.visit(f"{hub.home('ada')}chapters/02?x=1")
        socket = await ada.socket("ada")
        await socket.send_str("hi")
        answer = await socket.receive_str()
        await socket.close()
        cookies = ada.cookies_at(hub.home("ada"))
        elsewhere = ada.cookies_at(f"{hub.origin('ada')}/user/bob/")

    assert status == 200
    assert address == f"{hub.home('ada')}chapters/02?x=1"
    assert json.loads(text)["user"] == "ada"
    assert answer == "hi"
    ours = {name for name in cookies if name.startswith("workshop-")}
    assert len(ours) == 1
    assert not ours & set(elsewhere)


async def test_the_hub_is_content_with_our_readiness(hub):
    """The hub waits for the session and has nothing to warn about."""
    await _start(hub, "ada")

    assert "no version header" not in hub.log
    assert "versions" not in [line for line in hub.log.splitlines() if "singleuser" in line]


@pytest.mark.parametrize("mode", ["hub", "path_hub"])
async def test_a_neighbour_does_not(request, mode):
    """bob's browser, cookies and token open nothing of ada's (rows 22, 23, 43)."""
    hub = request.getfixturevalue(mode)
    await _start(hub, "ada")
    await _start(hub, "bob")
    _, made = await hub_api(hub, "POST", "users/bob/tokens", json={"note": "n"})
    bobs = {"Authorization": f"token {json.loads(made)['token']}"}
    async with person(hub, "bob") as bob:
        own = await bob.visit(hub.home("bob"))
        page = await bob.visit(hub.home("ada"))
        cookies = "; ".join(f"{n}={v}" for n, v in bob.cookies_at(hub.home("bob")).items())
        async with bob.http.get(hub.home("ada"), headers=bobs, allow_redirects=False) as by_token:
            token_status = by_token.status
        sockets = []
        for headers in ({"Cookie": cookies}, bobs, {}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await bob.socket("ada", **headers)
            sockets.append(refused.value.status)

    assert own[0] == 200
    assert page[0] == 403
    assert "/hub/" in page[1]
    assert token_status == 403
    assert set(sockets) <= {401, 403}


async def test_an_instructor_is_asked_first(hub):
    """An instructor of the class comes in after the hub asked whether they mean it (row 24)."""
    await _start(hub, "ada")
    async with person(hub, "ina") as ina:
        status, address, text = await ina.visit(hub.home("ada"))
        token = text.split('name="_xsrf" value="')[1].split('"')[0]
        fields = {"_xsrf": token, "scopes": "access:servers!server=ada/"}
        answer = await ina.http.post(address, data=fields, headers={"Referer": address})
        page = json.loads(await answer.text())

    assert (status, answer.status) == (200, 200)
    assert "oauth2/authorize" in address
    assert page["user"] == "ina"


async def test_tokens_of_programs(hub):
    """A service with access comes in; our own token and bogus ones do not (25, 110, 111)."""
    await _start(hub, "ada")
    expected = {SERVICE: 200, hub.token("ada"): 403, "x" * 32: 403, "x" * 65: 403, "x" * 4000: 403}
    async with person(hub, "ada") as ada:
        found = {}
        for token in expected:
            headers = {"Authorization": f"token {token}"}
            async with ada.http.get(
                hub.home("ada"), headers=headers, allow_redirects=False
            ) as answer:
                found[token] = answer.status

    assert found == expected


async def test_a_code_is_good_once(hub):
    """A code that was used is refused by the hub, and our page offers another try (row 29)."""
    await _start(hub, "ada")
    async with person(hub, "ada") as ada:
        quiet = {"allow_redirects": False, "headers": {"Sec-Fetch-Mode": "navigate"}}

        async def begin():
            async with ada.http.get(hub.home("ada"), **quiet) as first:
                return first.headers["Location"]

        one, two = await begin(), await begin()
        async with ada.http.get(one, **quiet) as authorized:
            callback = authorized.headers["Location"]
        async with ada.http.get(callback, **quiet) as entered:
            assert entered.status == 302
        states = [parse_qs(urlsplit(url).query)["state"][0] for url in (one, two)]
        again = await ada.visit(callback.replace(*states))

    assert again[0] == 403
    assert "did not work" in again[2]


async def test_what_the_session_s_token_may_do(hub):
    """The token of a session knows its owner and their activity, nothing more (rows 107 to 109)."""
    await _start(hub, "ada")
    await _start(hub, "bob")
    token = hub.token("ada")
    now = datetime.now(UTC)

    async def ask(method, path, **more):
        return (await hub_api(hub, method, path, token, **more))[0]

    def moment(when):
        return {"last_activity": when.isoformat()}

    assert await ask("GET", "user") == 200
    assert await ask("GET", "users") == 403
    assert await ask("GET", "users/bob") == 404
    assert await ask("POST", "users/ada/tokens") == 403
    assert await ask("POST", "users/ada/server") == 403
    assert await ask("DELETE", "users/ada/server") == 403
    assert await ask("GET", "proxy") == 403
    assert await ask("POST", "shutdown") == 403
    assert await ask("POST", "users/ada/activity", json=moment(now)) == 200
    late = moment(now + timedelta(hours=2))
    assert await ask("POST", "users/ada/activity", json=late) == 400
    assert await ask("POST", "users/bob/activity", json=moment(now)) == 404


async def test_activity_reaches_the_hub(hub):
    """A key typed becomes the user's last activity at the hub (row 109)."""
    await _start(hub, "ada")
    async with person(hub, "ada") as ada:
        await ada.visit(hub.home("ada"))
        socket = await ada.socket("ada")
        began = datetime.now(UTC)
        await socket.send_str('{"cmd":"input","n":1,"data":"l"}')

        async with asyncio.timeout(10):
            while True:
                _, text = await hub_api(hub, "GET", "users/ada")
                last = json.loads(text)["servers"][""]["last_activity"]
                if last and datetime.fromisoformat(last) >= began:
                    break
                await asyncio.sleep(0.05)
        await socket.close()


@pytest.mark.parametrize("how", ["logout", "token-revoked"])
async def test_a_login_ends_everywhere(hub, how):
    """After a logout at the hub pages ask again and sockets close with 4401 (51, 112, 113)."""
    await _start(hub, "ada")
    async with person(hub, "ada") as ada:
        await ada.visit(hub.home("ada"))
        stolen = "; ".join(f"{n}={v}" for n, v in ada.cookies_at(hub.home("ada")).items())
        socket = await ada.socket("ada")
        if how == "logout":
            await ada.visit(f"{hub.url}logout")
        else:
            await _revoke_all(hub, "ada")

        code = await _ends(socket)
        async with (
            aiohttp.ClientSession(
                connector=ada.http.connector,
                connector_owner=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            ) as thief,
            thief.get(hub.home("ada"), headers={"Cookie": stolen}, allow_redirects=False) as answer,
        ):
            replayed = answer.status
        _, address, _ = await ada.visit(hub.home("ada"))

    assert code == 4401
    assert replayed in {302, 401}
    if how == "logout":
        assert "/hub/login" in address


async def _revoke_all(hub, name):
    _, text = await hub_api(hub, "GET", f"users/{name}/tokens")
    for token in json.loads(text)["api_tokens"]:
        if token.get("oauth_client") and "Server at" in token["oauth_client"]:
            await hub_api(hub, "DELETE", f"users/{name}/tokens/{token['id']}")


async def test_a_session_started_anew(hub):
    """Stopping ends its sockets; started again, the old login is worth nothing, and the new one
    comes without a question (rows 51, 116)."""
    await _start(hub, "cyd")
    async with person(hub, "cyd") as cyd:
        await cyd.visit(hub.home("cyd"))
        old = cyd.cookies_at(hub.home("cyd"))
        socket = await cyd.socket("cyd")
        await hub_api(hub, "DELETE", "users/cyd/server")
        code = await _ends(socket)
        await _start(hub, "cyd")
        async with cyd.http.get(hub.home("cyd"), allow_redirects=False) as script:
            without = script.status
        status, address, _ = await cyd.visit(hub.home("cyd"))
        new = cyd.cookies_at(hub.home("cyd"))

    assert code in {1001, 1006}
    assert without == 401
    assert (status, address) == (200, hub.home("cyd"))
    [name] = [name for name in old if name.endswith("-login")]
    assert new[name] != old[name]


async def test_the_hub_goes_and_comes(hub):
    """With the hub killed sockets and logins live on, newcomers are told, and all is well when it
    is back (row 35; 5.4 rows 1, 11)."""
    await _start(hub, "ada")
    async with person(hub, "ada") as ada:
        await ada.visit(hub.home("ada"))
        socket = await ada.socket("ada")
        hub.kill()
        try:
            began = time.monotonic()
            kept = await ada.visit(hub.home("ada"))
            newcomer = 0, ""
            while "out for a moment" not in newcomer[1] and time.monotonic() - began < 5:
                # In the hub's last second the proxy's own 503 page may come first.
                newcomer = await _as_a_newcomer(ada, hub.home("ada"))
                assert newcomer[0] == 503
            took = time.monotonic() - began
            said = set()
            looks_over = time.monotonic() + 2.4 * IMPATIENT.recheck
            while time.monotonic() < looks_over:  # two of the session's looks at its logins
                await socket.send_str("still here")
                said.add(await socket.receive_str())
        finally:
            hub.start()
        after = await ada.visit(hub.home("ada"))
        await socket.close()

    assert kept[0] == 200
    assert newcomer[0] == 503
    assert "out for a moment" in newcomer[1]
    assert took < 5
    assert said == {"still here"}
    assert after[0] == 200


async def _as_a_newcomer(ada, url):
    fresh = aiohttp.ClientSession(connector=ada.http.connector, connector_owner=False)
    async with fresh, fresh.get(url, headers={"Sec-Fetch-Mode": "navigate"}) as answer:
        return answer.status, await answer.text()


async def test_the_logs_hold_no_secret(hub):
    """After all this no token, cookie or code is in what hub, proxy and sessions log (row 117)."""
    async with person(hub, "ada") as ada:
        await ada.visit(hub.home("ada"))
        found = ada.cookies_at(hub.home("ada"))
        cookies = [value for name, value in found.items() if name.startswith("workshop-")]
    sessions = [line for line in hub.log.splitlines() if " workshop." in line]

    assert len(sessions) > 20
    for secret in (hub.token("ada"), SERVICE, *cookies):
        assert secret not in hub.log
    assert not [line for line in sessions if "code=" in line or "state=" in line]
