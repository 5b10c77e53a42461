"""Logging in: states, cookies, tokens, and a hub that fails in every way."""

import asyncio
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.settings import Limits
from tests.gateway_fixtures import (
    ACCESS,
    PREFIX,
    TOKEN,
    running_backend,
    running_gateway,
    running_hub,
)

QUICK = Limits(hub=1, hub_pause=0.2, login_fresh=0, drain=1)


@pytest.fixture
async def hub():
    async with running_hub() as running:
        yield running


@pytest.fixture
async def door(tmp_path, hub):
    async with running_gateway(tmp_path, hub) as running:
        yield running


def _state(answer):
    return parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]


async def test_a_person_is_sent_to_the_hub(door):
    """A page asked for without a login leads to the hub, with PKCE (security row 1)."""
    answer = await door.visit(f"{PREFIX}chapters/02?x=1")

    asked = urlsplit(answer.headers["Location"])
    query = {name: value for name, [value] in parse_qs(asked.query).items()}
    assert answer.status == 302
    assert asked._replace(query="").geturl() == (
        "http://workshop.test:8000/hub/api/oauth2/authorize"
    )
    assert query["code_challenge_method"] == "S256"
    assert query["response_type"] == "code"
    assert query["client_id"] == "jupyterhub-user-ada"
    assert query["redirect_uri"] == f"{PREFIX}oauth_callback"


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        pytest.param("GET", {}, id="script"),
        pytest.param("GET", {"Sec-Fetch-Mode": "cors", "Accept": "text/html"}, id="fetch"),
        pytest.param("GET", {"Accept": "image/png", "Sec-Fetch-Mode": "no-cors"}, id="asset"),
        pytest.param("GET", {"Accept": "*/*", "X-Requested-With": "XMLHttpRequest"}, id="xhr"),
        pytest.param("POST", {"Accept": "text/html"}, id="form"),
        pytest.param("GET", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, id="frame"),
    ],
)
async def test_only_a_person_is_redirected(door, method, headers):
    """Everything but a navigation is answered 401 without a login, never redirected."""
    answer = await door.ask(method=method, headers=headers)

    assert answer.status == 401
    assert "Location" not in answer.headers


async def test_a_login_leads_where_it_began(door):
    """After the hub's answer the browser is where it wanted to go, with its query, logged in."""
    first = await door.visit(f"{PREFIX}chapters/02?x=1")
    token = door.hub.new_token()
    code = door.hub.new_code(token, first.headers["Location"])
    door.take(first)

    back = await door.visit(f"{PREFIX}oauth_callback?code={code}&state={_state(first)}")
    door.take(back)
    page = await door.visit(back.headers["Location"])

    assert back.headers["Location"] == f"{PREFIX}chapters/02?x=1"
    assert page.json()["user"] == "ada"
    assert len(door.cookies) == 1


async def test_cookies_are_narrow(door):
    """Our cookies go to this session only and are hidden from scripts (security row 21)."""
    first = await door.visit()
    [state] = first.headers.get_list("Set-Cookie")
    await door.log_in()

    assert f"; Path={PREFIX}; Max-Age=600; HttpOnly; SameSite=Lax" in state


async def test_several_tabs_log_in_at_once(door):
    """Tabs that all began to log in before one of them ended all succeed."""
    firsts = [await door.visit(f"{PREFIX}chapters/{n}", anonymous=True) for n in range(4)]
    for first in firsts:
        door.take(first)

    for number, first in reversed(list(enumerate(firsts))):
        code = door.hub.new_code(door.hub.new_token(), first.headers["Location"])
        back = await door.visit(f"{PREFIX}oauth_callback?code={code}&state={_state(first)}")
        door.take(back)
        assert back.headers["Location"] == f"{PREFIX}chapters/{number}"


async def test_logins_under_way_do_not_pile_up(door):
    """A browser holds a few logins under way at most, and the gateway none (security row 37)."""
    for _ in range(30):
        door.take(await door.visit())

    assert len(door.cookies) == 6
    assert len(door.cookie) < 4000


async def test_strangers_cost_the_hub_next_to_nothing(door):
    """However many strangers come, the hub is asked about once a second (security row 37)."""
    began = time.monotonic()
    answers = await asyncio.gather(*(door.visit(f"{PREFIX}{n}") for n in range(150)))

    assert {answer.status for answer in answers} == {302}
    assert len(door.hub.calls) <= 2 + time.monotonic() - began


@pytest.mark.parametrize("how", ["unknown", "no-cookie", "other-browser", "replayed", "no-code"])
async def test_a_code_is_used_only_for_the_browser_that_began(door, how):
    """A callback that does not belong here is refused before its code is used (row 28)."""
    first = await door.visit()
    code = door.hub.new_code(door.hub.new_token(), first.headers["Location"])
    state = _state(first)
    kept = dict(first.cookies)
    if how not in {"no-cookie", "other-browser"}:
        door.take(first)
    if how == "other-browser":
        door.take(await door.visit())
    if how == "unknown":
        state = "made-up"
    if how == "replayed":
        await door.visit(f"{PREFIX}oauth_callback?code={code}&state={state}")
        door.cookies = kept
    callback = f"{PREFIX}oauth_callback?state={state}"
    door.hub.calls.clear()

    answer = await door.visit(callback if how == "no-code" else f"{callback}&code={code}")

    assert answer.status == 403
    assert "did not work" in answer.text
    assert "oauth2/token" not in door.hub.calls
    assert not answer.cookies


async def test_a_used_code_gets_a_page_with_a_way_on(door):
    """A code the hub no longer takes ends in a friendly page, not a traceback (row 29)."""
    first = await door.visit()
    door.take(first)

    answer = await door.visit(f"{PREFIX}oauth_callback?code=used-up&state={_state(first)}")

    assert answer.status == 403
    assert 'href="http://workshop.test:8000/user/ada/"' in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("cookie", ["random", "e30.e30.e30", "", "é", "x" * 3000])
async def test_a_forged_cookie_is_no_login(door, cookie):
    """Forged, random and broken cookies lead to the login, not to an error (security row 27)."""
    name = door.gateway.gate.jar.login

    page = await door.visit(headers={"Cookie": f"{name}={cookie}"})
    script = await door.ask(headers={"Cookie": f"{name}={cookie}"})

    assert page.status == 302
    assert script.status == 401
    assert "user" not in door.hub.calls


async def test_a_cookie_of_another_session_is_no_login(door, tmp_path):
    """A session started anew, with a new token, knows no login of the old one (row 116)."""
    await door.log_in()
    async with running_gateway(tmp_path, door.hub, JUPYTERHUB_API_TOKEN="u" * 32) as renewed:
        renewed.cookies = door.cookies

        answer = await renewed.visit()

    assert answer.status == 302


async def test_a_login_survives_a_restart_of_the_dashboard(door, tmp_path):
    """The dashboard started again knows the logins it made (contrast: security row 116)."""
    await door.log_in()
    async with running_gateway(tmp_path, door.hub) as again:
        again.cookies = door.cookies

        answer = await again.visit()

    assert answer.status == 200


async def test_a_tossed_cookie_locks_nobody_out(door):
    """Of several cookies of our name any valid one counts (security row 39)."""
    await door.log_in()
    name = door.gateway.gate.jar.login

    answer = await door.ask(headers={"Cookie": f"{name}=tossed; {door.cookie}; {name}=more"})

    assert answer.status == 200


@pytest.mark.parametrize(
    ("scopes", "status"),
    [
        (["access:servers!server=ada/"], 200),
        (["access:servers!user=ada"], 200),
        (["access:servers"], 200),
        (["access:servers!server=bob/"], 403),
        (["access:servers!user=bob"], 403),
        (["access:servers!group=class"], 403),
        (["users", "admin:servers"], 403),
        ([], 403),
    ],
)
async def test_only_access_scopes_admit(door, scopes, status):
    """A token of the hub is worth something here only with an access scope (security row 23)."""
    token = door.hub.new_token("bob", scopes)

    answer = await door.ask(headers={"Authorization": f"token {token}"})

    assert answer.status == status


async def test_the_sessions_own_token_is_not_taken(door):
    """Nobody browses with the server's token, and the hub is not even asked (row 25)."""
    door.hub.tokens[TOKEN] = {"name": "ada", "kind": "user", "scopes": ACCESS}

    answer = await door.ask(headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.status == 403
    assert door.hub.calls == []


async def test_a_token_in_the_address_is_ignored(door):
    """`?token=` logs nobody in (security row 26)."""
    answer = await door.visit(f"{PREFIX}?token={door.hub.new_token()}")

    assert answer.status == 302


@pytest.mark.parametrize("token", ["x", "t" * 65, "t" * 4000])
async def test_a_bad_token_is_refused(door, token):
    """Unknown and overlong tokens are refused; the long ones cost no question (row 110)."""
    answer = await door.ask(headers={"Authorization": f"token {token}"})

    assert answer.status == 403
    assert len(door.hub.calls) == (1 if len(token) <= 64 else 0)


async def test_the_first_requests_share_one_question(door):
    """Twenty requests at once to a fresh dashboard are all answered by one question (row 36)."""
    token = door.hub.new_token()

    answers = await asyncio.gather(
        *(door.ask(headers={"Authorization": f"token {token}"}) for _ in range(20))
    )

    assert [answer.status for answer in answers] == [200] * 20
    assert door.hub.calls == ["user"]


async def test_bogus_tokens_wear_out_neither_us_nor_the_hub(door):
    """A flood of unknown tokens is cut off early and remembered within bounds (row 38)."""
    answers = await asyncio.gather(
        *(door.ask(headers={"Authorization": f"token bogus{n}"}) for n in range(120))
    )

    statuses = {answer.status for answer in answers}
    assert statuses == {403, 429}
    assert len(door.hub.calls) < 60


async def test_a_refusal_is_remembered(door):
    """The same bogus token is asked about once (security row 38)."""
    for _ in range(5):
        await door.ask(headers={"Authorization": "token bogus"})

    assert door.hub.calls == ["user"]


FAULTS = ["hangs", "500", "html", "gone"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_login_made_goes_on_without_the_hub(tmp_path, fault):
    """While the hub is broken, those who are in stay in (security row 35, 5.4 row 11)."""
    async with running_hub() as hub, running_gateway(tmp_path, hub, QUICK) as door:
        await door.log_in()
        hub.break_down(fault)

        began = time.monotonic()
        answers = [await door.ask() for _ in range(5)]

        assert [answer.status for answer in answers] == [200] * 5
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_new_login_meets_a_page_that_says_so(tmp_path, fault):
    """While the hub is broken a newcomer gets a 503 page soon (security row 35, 5.4 row 11)."""
    async with running_hub() as hub, running_gateway(tmp_path, hub, QUICK) as door:
        hub.break_down(fault)

        began = time.monotonic()
        page = await door.visit()
        script = await door.ask(headers={"Authorization": f"token {hub.new_token()}"})

        assert (page.status, script.status) == (503, 503)
        assert "out for a moment" in page.text
        assert page.headers["Retry-After"] == "5"
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_login_under_way_meets_a_page_that_says_so(tmp_path, fault):
    """A hub that breaks in the middle of a login ends in a 503 page (5.4 row 11)."""
    async with running_hub() as hub, running_gateway(tmp_path, hub, QUICK) as door:
        first = await door.visit()
        door.take(first)
        code = hub.new_code(hub.new_token(), first.headers["Location"])
        hub.break_down(fault)

        answer = await door.visit(f"{PREFIX}oauth_callback?code={code}&state={_state(first)}")

        assert answer.status == 503
        assert 'href="http://workshop.test:8000/user/ada/"' in answer.text


async def test_a_login_does_not_outlive_the_hubs_word_for_ever(tmp_path):
    """Without the hub a login ends after half an hour; here after half a second."""
    limits = Limits(hub=2, hub_pause=0.05, login_fresh=0, login_stale=0.5, drain=1)
    async with running_hub() as hub, running_gateway(tmp_path, hub, limits) as door:
        await door.log_in()
        hub.fault = "500"
        assert (await door.ask()).status == 200

        async with asyncio.timeout(5):
            while (await door.ask()).status == 200:
                pass

        assert (await door.ask()).status == 503


async def test_a_logout_at_the_hub_is_noticed_at_once(door):
    """The hub's session ends, its cookie goes, and so does the login here (row 112)."""
    token = await door.log_in()
    door.cookies["jupyterhub-session-id"] = "s1"
    assert (await door.ask()).status == 200

    del door.hub.tokens[token]
    del door.cookies["jupyterhub-session-id"]
    door.cookies["jupyterhub-session-id"] = "s2"

    assert (await door.visit()).status == 302


async def test_a_stolen_login_is_good_for_a_minute_at_most(tmp_path):
    """A login replayed after the logout is refused when its minute is over (row 113)."""
    async with running_hub() as hub, running_gateway(tmp_path, hub, QUICK) as door:
        token = await door.log_in()
        del hub.tokens[token]

        assert (await door.visit()).status == 302


async def test_logging_out(door, tmp_path):
    """Logging out forgets the login, closes its sockets and goes on to the hub (112, 113)."""
    async with running_backend(tmp_path / "terminal.sock"):
        await door.log_in()
        xsrf = (await door.ask()).json()["xsrf"]
        socket = await door.socket()

        answer = await door.visit(
            f"{PREFIX}logout",
            method="POST",
            headers={
                "Origin": door.origin,
                "Sec-Fetch-Site": "same-origin",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            body=f"_xsrf={xsrf}".encode(),
        )

        assert answer.status == 303
        assert answer.headers["Location"] == "http://workshop.test:8000/hub/logout"
        assert await socket.read_message() is None
        assert socket.close_code == 4401
        socket.close()
        assert (await door.visit()).status == 302  # a copy of the cookie is worth nothing any more
        door.take(answer)
        assert (await door.visit()).status == 302


async def test_who_am_i(door):
    """A page's scripts can ask whose login they run under."""
    assert (await door.ask(f"{PREFIX}api/session")).status == 401
    await door.log_in()

    assert (await door.ask(f"{PREFIX}api/session")).json() == {"user": "ada", "admin": False}
