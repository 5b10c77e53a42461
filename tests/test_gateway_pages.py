"""The Flask application behind the door: who it is told of, how much it takes, how it streams."""

import asyncio
import resource

import pytest

from dashboard.settings import Limits
from tests.gateway_fixtures import PREFIX, running_gateway, running_hub


@pytest.fixture
async def door(tmp_path):
    async with running_hub() as hub, running_gateway(tmp_path, hub) as running:
        await running.log_in()
        yield running


async def test_pages_know_the_visitor(door):
    """The application is told who asks and what their forms must carry, and sees no cookie."""
    page = (await door.ask(f"{PREFIX}chapters/01?x=%20y")).json()

    assert page["path"] == "user/ada/chapters/01"
    assert page["user"] == "ada"
    assert len(page["xsrf"]) == 64
    assert "Cookie" not in page["headers"]
    assert "Authorization" not in page["headers"]
    assert page["url"] == "http://workshop.test:8000/user/ada/chapters/01?x=%20y"


async def test_a_page_s_headers_stand_and_ours_fill_the_gaps(door):
    """The application's own headers are kept; the gateway's are there where it says nothing."""
    answer = await door.ask()

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in answer.headers


async def test_a_large_answer_comes_whole(door):
    """An answer of many blocks is streamed to its end."""
    answer = await door.ask(f"{PREFIX}large")

    assert len(answer.body) == 64 * 65536


async def test_an_answer_may_be_empty(door):
    """A 204, which has no body at all, passes."""
    answer = await door.ask(f"{PREFIX}empty")

    assert (answer.status, answer.body) == (204, b"")


async def test_a_missing_page_is_the_application_s_matter(door):
    """Statuses of the application pass."""
    assert (await door.ask(f"{PREFIX}missing")).status == 404


async def test_a_head_has_no_body(door):
    """HEAD is answered like GET, without the body."""
    answer = await door.ask(method="HEAD")

    assert answer.status == 200
    assert answer.body == b""


async def _post(door, body, headers, size):
    xsrf = (await door.ask()).json()["xsrf"]
    head = {"Host": door.host, "Cookie": door.cookie, "Origin": door.origin, "X-XSRFToken": xsrf}
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**head, **headers}.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    sent = 0
    try:
        writer.write(f"POST {PREFIX} HTTP/1.1\r\n{lines}\r\n".encode())
        while sent < size:
            writer.write(body)
            await writer.drain()
            sent += len(body)
    except ConnectionError:
        pass
    try:
        answer = await reader.read(4096)
    except ConnectionError:
        answer = b""
    writer.close()
    return answer, sent


BLOCK = b"x" * 65536


@pytest.mark.parametrize(
    ("headers", "block"),
    [
        pytest.param({"Content-Length": str(1 << 30)}, BLOCK, id="length"),
        pytest.param(
            {"Transfer-Encoding": "chunked"}, b"10000\r\n" + BLOCK + b"\r\n", id="chunked"
        ),
    ],
)
async def test_a_gigabyte_is_refused_before_it_is_taken(door, headers, block):
    """A body above the limit ends in 413 or a closed connection, and is not held (row 78)."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    answer, sent = await _post(door, block, headers, 1 << 30)

    assert answer.startswith(b"HTTP/1.1 413") or not answer
    assert sent < 64 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 << 10


async def test_a_stranger_s_body_is_not_taken_at_all(door):
    """Without a login nothing of a body is read (security row 78)."""
    door.cookies.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(
        f"POST {PREFIX} HTTP/1.1\r\nHost: {door.host}\r\nContent-Length: 500000\r\n\r\n".encode()
    )

    answer = await reader.read(4096)
    writer.close()

    assert answer.startswith(b"HTTP/1.1 401")


async def test_a_body_within_the_limit_is_taken(door):
    """Half a MiB is a form like any other."""
    xsrf = (await door.ask()).json()["xsrf"]
    headers = {"Origin": door.origin, "X-XSRFToken": xsrf}

    answer = await door.ask(PREFIX, "POST", headers, b"y" * (1 << 19))

    assert answer.json()["length"] == 1 << 19


async def test_a_body_that_dribbles_is_cut_off(tmp_path):
    """A body that does not come in its time is not waited for (security row 80)."""
    limits = Limits(body=0.3, drain=1)
    async with running_hub() as hub, running_gateway(tmp_path, hub, limits) as door:
        await door.log_in()
        answer, _ = await _post(door, b"", {"Content-Length": "100"}, 0)

    assert answer == b""
