"""WebSockets through the relay: who may open one, what passes, and how they end."""

import asyncio
import contextlib
import resource

import pytest
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from dashboard.settings import Limits
from tests.gateway_fixtures import ACCESS, PREFIX, running_backend, running_gateway, running_hub
from tests.test_gateway_rules import FOREIGN_ORIGINS
from tests.waiting import eventually


@pytest.fixture
async def backend(tmp_path):
    async with running_backend(tmp_path / "terminal.sock") as running:
        yield running


@pytest.fixture
async def hub():
    async with running_hub() as running:
        yield running


@pytest.fixture
async def door(tmp_path, backend, hub):
    async with running_gateway(tmp_path, hub) as running:
        await running.log_in()
        yield running


async def _refused(door, **how):
    with pytest.raises(HTTPClientError) as caught:
        await door.socket(**how)
    return caught.value.code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Cookie": None}, 401, id="anonymous"),
        pytest.param({"Cookie": "workshop-08d08934-login=forged"}, 401, id="forged"),
        pytest.param({"Cookie": None, "Authorization": "token no"}, 403, id="bad-token"),
        pytest.param({"Origin": None}, 403, id="no-origin"),
        pytest.param({"Host": "evil", "Origin": "https://evil"}, 421, id="rebinding"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="sibling"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="cross-site"),
        *[pytest.param({"Origin": one}, 403, id=f"origin-{one}") for one in FOREIGN_ORIGINS],
    ],
)
@pytest.mark.parametrize("path", ["terminal/ws/1", "", "elsewhere"])
async def test_a_refused_socket_never_reaches_the_backend(door, backend, headers, status, path):
    """Login, Host and Origin are checked before anything behind (rows 27, 42 to 49)."""
    code = await _refused(door, path=path, headers=headers)

    assert code == status
    assert backend.connections == 0


async def test_another_attendee_s_token_opens_no_socket(door, backend):
    """bob may not open ada's terminal (security row 43)."""
    token = door.hub.new_token("bob", ["access:servers!server=bob/"])

    code = await _refused(door, headers={"Cookie": None, "Authorization": f"token {token}"})

    assert code == 403
    assert backend.connections == 0


async def test_an_api_client_needs_no_origin(door):
    """A program with a token of its own has no origin to show (security row 47)."""
    token = door.hub.new_token("ada", ACCESS)
    headers = {"Cookie": None, "Origin": None, "Authorization": f"token {token}"}

    socket = await door.socket(headers=headers)
    await socket.write_message("hi")

    assert await socket.read_message() == "hi"
    socket.close()


async def test_messages_pass_both_ways(door):
    """Text stays text and bytes stay bytes, in order."""
    socket = await door.socket()
    sent = ["text é", b"\x00\xff bytes", "x" * (1 << 20), b"y" * (1 << 20)]
    for message in sent:
        await socket.write_message(message, binary=isinstance(message, bytes))

    assert [await socket.read_message() for _ in sent] == sent
    socket.close()


async def test_the_backend_chooses_the_protocol(door):
    """Subprotocols are offered to the backend and its choice comes back."""
    socket = await door.socket(protocols=["one", "workshop.terminal.v1"])

    assert socket.selected_subprotocol == "workshop.terminal.v1"
    socket.close()


async def test_the_backend_sees_no_credential(door, backend):
    """The handshake behind carries no cookie, no authorization, no claim (security row 58)."""
    socket = await door.socket(headers={"X-Forwarded-User": "admin", "X-Remote-User": "admin"})
    [(_, _, headers)] = backend.requests

    assert headers["Host"] == door.host
    for name in ("Cookie", "Authorization", "X-Forwarded-User", "X-Remote-User"):
        assert name not in headers
    assert "Sec-WebSocket-Extensions" not in headers
    socket.close()


async def test_nothing_is_compressed(door):
    """A browser's offer to compress is not taken, so that nothing inflates here (row 57)."""
    socket = await door.socket(compression_options={})

    assert "Sec-WebSocket-Extensions" not in socket.headers
    socket.close()


async def test_a_close_code_passes_to_the_page(door):
    """What the backend says when it closes, the page hears."""
    socket = await door.socket()
    await socket.write_message("bye")

    assert await socket.read_message() is None
    assert (socket.close_code, socket.close_reason) == (4002, "as asked")
    socket.close()


async def test_a_close_code_passes_to_the_backend(door, backend):
    """What the page says when it closes, the backend hears."""
    socket = await door.socket()
    socket.close(4003, "done")

    await eventually(lambda: backend.closed)
    assert backend.closed == [(4003, "done")]


async def test_a_backend_that_dies_is_gone_for_now(door, backend):
    """A backend killed in mid-air closes with 1001, so that the page comes back."""
    socket = await door.socket()
    await eventually(lambda: backend.open)
    for handler in backend.open:
        handler.ws_connection.stream.close()

    assert await socket.read_message() is None
    assert socket.close_code == 1001
    socket.close()


async def test_a_backend_that_is_away_is_told_by_a_code(tmp_path, hub):
    """Without the backend the socket closes with 1013 at once: a page can read that and retry."""
    async with running_gateway(tmp_path, hub) as door:
        await door.log_in()

        socket = await door.socket(protocols=["workshop.terminal.v1"])

        async with asyncio.timeout(2):
            assert await socket.read_message() is None
        assert socket.close_code == 1013
        socket.close()


async def test_what_the_backend_does_not_know_is_not_found(door):
    """The backend's refusal of an upgrade is the answer to it."""
    assert await _refused(door, path="terminal/ws/unknown") == 404


@pytest.mark.parametrize("size", [(1 << 20) + 1, 3 << 20, 11 << 20])
async def test_a_frame_too_big_ends_its_own_socket_only(door, size):
    """A frame above 1 MiB closes with 1009; others go on (security row 52)."""
    other = await door.socket()
    socket = await door.socket()
    with pytest.raises(WebSocketClosedError) if size > 4 << 20 else contextlib.nullcontext():
        await socket.write_message(b"x" * size, binary=True)

    assert await socket.read_message() is None
    if size < 4 << 20:
        assert socket.close_code == 1009
    socket.close()
    await other.write_message("still here")
    assert await other.read_message() == "still here"
    other.close()


async def test_a_frame_too_big_from_behind_ends_its_socket(door):
    """The limit holds for the backend too (security row 52)."""
    socket = await door.socket()
    await socket.write_message("huge")

    assert await socket.read_message() is None
    assert socket.close_code == 1009
    socket.close()


async def test_a_page_that_does_not_read_stops_the_backend(door, backend):
    """Output waits where it is made, not here (security row 55)."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    socket = await door.socket()
    await socket.write_message("flood")
    held = -1

    async with asyncio.timeout(10):
        while held != backend.written:
            held = backend.written
            await asyncio.sleep(0.2)

    assert 0 < backend.written < 24 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 << 10
    connection = socket.protocol
    socket.close()
    connection.on_connection_close()
    await eventually(lambda: not backend.open)


async def test_a_backend_that_does_not_read_stops_the_page(door, backend):
    """Input waits in the browser while the backend is busy, and none of it is lost (row 56)."""
    socket = await door.socket()
    await socket.write_message("wait")
    writes = [socket.write_message(b"i" * 65536, binary=True) for _ in range(400)]
    done, pending = await asyncio.wait(writes, timeout=0.5)

    assert pending
    backend.gate.set()
    for _ in range(400):
        assert await socket.read_message() == b"i" * 65536
    await asyncio.gather(*writes)
    socket.close()


async def test_so_many_sockets_and_no_more(tmp_path, backend, hub):
    """Upgrades beyond the limit are refused, and places are given back (security row 54)."""
    async with running_gateway(tmp_path, hub, Limits(sockets=5, drain=1)) as door:
        await door.log_in()
        results = await asyncio.gather(*(door.socket() for _ in range(40)), return_exceptions=True)

        opened = [one for one in results if not isinstance(one, BaseException)]
        assert len(opened) == 5
        assert {one.code for one in results if isinstance(one, HTTPClientError)} == {503}
        for socket in opened:
            socket.close()
        await eventually(lambda: not len(door.gateway.gate.live))
        again = await door.socket()
        again.close()


async def test_a_socket_ends_with_its_login(tmp_path, backend, hub):
    """A login the hub takes back closes its sockets with 4401 soon (security rows 51, 113)."""
    async with running_gateway(tmp_path, hub, Limits(recheck=0.1, drain=1)) as door:
        token = await door.log_in()
        socket = await door.socket()
        del hub.tokens[token]

        async with asyncio.timeout(3):
            assert await socket.read_message() is None
        assert socket.close_code == 4401
        socket.close()
        await eventually(lambda: not backend.open)


async def test_a_socket_goes_on_without_the_hub(tmp_path, backend, hub):
    """While the hub is away sockets stay open (security row 51 together with 35)."""
    limits = Limits(recheck=0.05, hub=2, hub_pause=0.05, drain=1)
    async with running_gateway(tmp_path, hub, limits) as door:
        await door.log_in()
        socket = await door.socket()
        hub.fault = "500"
        asked = len(hub.calls)

        await eventually(lambda: len(hub.calls) > asked + 3)
        await socket.write_message("still here")

        assert await socket.read_message() == "still here"
        socket.close()


async def test_a_socket_does_not_outlive_the_hubs_word_for_ever(tmp_path, backend, hub):
    """When the hub has been away too long the login has ended; here after half a second."""
    limits = Limits(recheck=0.05, hub=2, hub_pause=0.05, login_stale=0.5, drain=1)
    async with running_gateway(tmp_path, hub, limits) as door:
        await door.log_in()
        socket = await door.socket()
        hub.fault = "500"

        async with asyncio.timeout(5):
            assert await socket.read_message() is None
        assert socket.close_code == 4401
        socket.close()


async def test_an_idle_socket_is_pinged(tmp_path, backend, hub):
    """An idle socket carries a ping often enough for every proxy on the way (row 59)."""
    async with running_gateway(tmp_path, hub, Limits(ping=0.3, recheck=0.05, drain=1)) as door:
        await door.log_in()
        socket = await door.socket()
        pings = []
        socket.on_ping = pings.append

        await eventually(lambda: len(pings) > 3)
        await socket.write_message("still here")
        assert await socket.read_message() == "still here"
        socket.close()
    assert Limits().ping < 30


async def test_a_browser_that_fell_silent_is_let_go(tmp_path, backend, hub):
    """A socket whose browser answers no ping is closed, and the backend hears of it."""
    async with running_gateway(tmp_path, hub, Limits(ping=0.05, recheck=0.05, drain=1)) as door:
        await door.log_in()
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(
            f"GET {PREFIX}terminal/ws/1 HTTP/1.1\r\nHost: {door.host}\r\nOrigin: {door.origin}\r\n"
            f"Cookie: {door.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            "".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        await eventually(lambda: backend.open)

        await eventually(lambda: not backend.open)
        writer.close()


async def test_a_restart_is_announced(tmp_path, backend, hub):
    """When the dashboard stops, sockets close with 1001 and nothing new is let in."""
    async with running_gateway(tmp_path, hub) as door:
        await door.log_in()
        socket = await door.socket()

        async with asyncio.timeout(3):
            _, message = await asyncio.gather(door.gateway.stop(), socket.read_message())

        assert message is None
        assert socket.close_code == 1001
        socket.close()


async def test_a_browser_that_leaves_during_the_handshake_leaves_nothing(door, backend):
    """Upgrades given up half-way hold neither a place nor a connection behind."""
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(
            f"GET {PREFIX}terminal/ws/1 HTTP/1.1\r\nHost: {door.host}\r\nOrigin: {door.origin}\r\n"
            f"Cookie: {door.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            "".encode()
        )
        await writer.drain()
        writer.transport.abort()

    last = await door.socket()
    last.close()
    await eventually(lambda: not len(door.gateway.gate.live) and not backend.open)


async def test_compressed_frames_are_not_understood(door, backend):
    """A frame marked as compressed ends its socket, for nothing was agreed (row 57)."""
    socket = await door.socket()
    socket.protocol._write_frame(True, 0x2, b"bomb", flags=0x40)

    assert await socket.read_message() is None
    socket.close()
    await eventually(lambda: not backend.open)
    assert backend.messages == []
