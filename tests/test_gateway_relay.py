"""HTTP through the relay: what passes, what does not, and that nothing is ever held whole."""

import asyncio
import hashlib
import resource

import pytest

from dashboard.settings import Limits
from tests.gateway_fixtures import PREFIX, running_backend, running_gateway, running_hub
from tests.waiting import eventually

BASE = f"{PREFIX}terminal/"


@pytest.fixture
async def backend(tmp_path):
    async with running_backend(tmp_path / "terminal.sock") as running:
        yield running


@pytest.fixture
async def door(tmp_path, backend):
    async with running_hub() as hub, running_gateway(tmp_path, hub) as running:
        await running.log_in()
        yield running


async def test_a_request_passes(door, backend):
    """Path and query go to the backend below its own root; its headers come back."""
    answer = await door.ask(f"{BASE}a%20b?x=1&y=%2F")

    assert answer.text == "hello a b"
    assert answer.headers["X-Own"] == "kept"
    assert backend.requests[0][:2] == ("GET", "/a%20b?x=1&y=%2F")


async def test_a_stranger_does_not_reach_the_backend(door, backend):
    """Without a login the backend hears nothing (security row 42, for HTTP)."""
    for headers in ({}, {"Host": "evil"}, {"Authorization": "token no"}):
        await door.ask(f"{BASE}x", headers=headers, anonymous=True)
        await door.visit(f"{BASE}x", headers=headers, anonymous=True)

    assert backend.connections == 0


async def test_the_backend_sees_no_credential(door, backend):
    """Cookies, authorization and claims stay at the door (security rows 58, 77)."""
    token = door.hub.new_token()
    await door.ask(
        f"{BASE}x",
        headers={
            "Cookie": f"{door.cookie}; jupyterhub-session-id=s; other=1",
            "X-Forwarded-User": "admin",
            "X-Remote-User": "admin",
        },
    )
    await door.ask(f"{BASE}x", headers={"Authorization": f"token {token}"}, anonymous=True)

    for _, _, headers in backend.requests:
        assert set(headers) <= {"Host", "Accept", "Sec-Fetch-Mode"}


async def test_the_backend_s_cookies_stay_off_our_origin(door, backend):
    """The terminal needs no cookies, so that none of its shells' programs can set one."""
    backend.headers = [("Set-Cookie", f"{door.gateway.gate.jar.login}=forged; Path=/")]

    answer = await door.ask(f"{BASE}x")

    assert not answer.cookies


async def test_a_redirect_stays_below_the_route(door):
    """A path the backend redirects to is one of its own."""
    answer = await door.ask(f"{BASE}redirect")

    assert answer.status == 302
    assert answer.headers["Location"] == f"{BASE}elsewhere?x=1"


@pytest.mark.parametrize("how", ["length", "chunked"])
async def test_a_body_passes_whole(door, backend, how):
    """A body is handed on as it comes, byte for byte."""
    xsrf = (await door.ask()).json()["xsrf"]
    body = bytes(range(256)) * 3500
    headers = {"Origin": door.origin, "X-XSRFToken": xsrf}
    if how == "chunked":
        parts = [body[n : n + 30000] for n in range(0, len(body), 30000)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        headers |= {"Transfer-Encoding": "chunked", "Content-Length": None}
        answer = await door.ask(f"{BASE}x", "POST", headers, chunks + b"0\r\n\r\n")
    else:
        answer = await door.ask(f"{BASE}x", "POST", headers, body)

    assert answer.text == hashlib.sha256(body).hexdigest()
    assert backend.bodies == [len(body)]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_change_without_a_body_passes(door, backend, method):
    """A request without a body is one without a body for the backend too."""
    xsrf = (await door.ask()).json()["xsrf"]

    answer = await door.ask(f"{BASE}x", method, {"Origin": door.origin, "X-XSRFToken": xsrf})

    assert answer.status == 200
    assert backend.bodies == [0]


async def test_a_body_above_the_route_s_limit_is_refused(door, backend):
    """What is declared too large is refused before the backend hears of it (row 78)."""
    xsrf = (await door.ask()).json()["xsrf"]
    headers = {"Origin": door.origin, "X-XSRFToken": xsrf, "Content-Length": str(2 << 20)}

    answer = await door.ask(f"{BASE}x", "POST", headers)

    assert answer.status == 413
    assert backend.connections == 0


async def test_a_chunked_body_above_the_limit_is_cut_off(door, backend):
    """What turns out too large is refused when it does (security row 78)."""
    xsrf = (await door.ask()).json()["xsrf"]
    headers = {"Origin": door.origin, "X-XSRFToken": xsrf, "Transfer-Encoding": "chunked"}
    headers["Content-Length"] = None
    body = b"100000\r\n" + b"z" * (1 << 20) + b"\r\n" + b"10\r\n" + b"z" * 16 + b"\r\n0\r\n\r\n"

    answer = await door.ask(f"{BASE}x", "POST", headers, body)

    assert answer.status in {0, 413}
    assert backend.bodies == []


async def test_an_endless_answer_is_never_held(door, backend):
    """While the browser does not read, the backend is not read either."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    request = f"GET {BASE}endless HTTP/1.1\r\nHost: {door.host}\r\nCookie: {door.cookie}\r\n\r\n"
    writer.write(request.encode())
    await reader.read(1)
    held = -1

    async with asyncio.timeout(10):
        while held != backend.written:
            held = backend.written
            await asyncio.sleep(0.2)

    assert backend.written < 16 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 << 10
    writer.close()


async def test_an_answer_cut_short_is_not_taken_for_whole(door):
    """When the backend dies in the middle, so does the answer."""
    answer = await door.ask(f"{BASE}cut")

    assert answer.headers["Content-Length"] == "1000"
    assert answer.body == b"half"


async def test_a_browser_that_goes_takes_its_connection_along(door, backend):
    """The backend notices that nobody reads any more."""
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    request = f"GET {BASE}endless HTTP/1.1\r\nHost: {door.host}\r\nCookie: {door.cookie}\r\n\r\n"
    writer.write(request.encode())
    await eventually(lambda: backend.written)
    writer.close()

    await eventually(door.gateway._slots.idle.is_set)


async def test_a_backend_that_is_away_is_said_so(tmp_path):
    """Without the backend there is a page, or JSON, with a way on; quickly."""
    async with running_hub() as hub, running_gateway(tmp_path, hub) as door:
        await door.log_in()

        page = await door.visit(f"{BASE}x")
        script = await door.ask(f"{BASE}x")

    assert page.status == 502
    assert "starting again" in page.text
    assert script.json()["error"] == "backend-away"


async def test_so_many_at_once_and_no_more(tmp_path, backend):
    """Requests beyond the limit are told to come back, and places are given back."""
    limits = Limits(relays=3, drain=1)
    async with running_hub() as hub, running_gateway(tmp_path, hub, limits) as door:
        await door.log_in()
        request = (
            f"GET {BASE}endless HTTP/1.1\r\nHost: {door.host}\r\nCookie: {door.cookie}\r\n\r\n"
        )
        writers = []
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
            writer.write(request.encode())
            await reader.read(1)
            writers.append(writer)

        full = await door.ask(f"{BASE}x")
        for writer in writers:
            writer.close()
        await eventually(door.gateway._slots.idle.is_set)
        again = await door.ask(f"{BASE}x")

    assert (full.status, again.status) == (503, 200)
