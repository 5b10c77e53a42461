"""Requests that no browser of ours sends, with a real hub behind its proxy."""

import asyncio
import contextlib
import re
import time
from pathlib import Path

import pytest

from tests.hub_fixtures import Visitor
from tests.processes import children, with_command
from tests.product import running_product

pytestmark = pytest.mark.slow

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def product():
    with running_product() as running:
        yield running


@pytest.fixture
async def visitor(product):
    """A browser that nobody knows yet."""
    person = Visitor.opened(product, "stranger")
    yield person
    await person.http.close()


def _peak_mb(product):
    """The most memory that the hub has ever held."""
    ours = children(product.process.pid)
    (hub,) = [pid for pid in with_command("-m hub -f") if pid in ours]
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{hub}/status").read_text())[1]) / 1024


async def _send(product, path, head, block, end):
    """Send sixty blocks of a body; the status of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", product.port)
    host = product.url.removeprefix("http://")
    writer.write(f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{head}\r\n\r\n".encode())
    try:
        for _ in range(60):
            writer.write(block)
            await writer.drain()
        writer.write(end)
        return (await reader.readline()).split()[1]
    finally:
        writer.close()


@pytest.mark.parametrize("path", ["/hub/login", "/hub/api/users", "/nothing"])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
async def test_bodies_of_strangers_cost_no_memory(product, visitor, path, chunked):
    """Sixty megabytes over each of four connections are a 413, and never held (security row 78)."""
    before = _peak_mb(product)
    block, head, end = b"a" * MEGABYTE, f"Content-Length: {60 * MEGABYTE}", b""
    if chunked:
        block, head = b"100000\r\n" + block + b"\r\n", "Transfer-Encoding: chunked"
        end = b"0\r\n\r\n"

    answers = await asyncio.gather(*(_send(product, path, head, block, end) for _ in range(4)))

    assert answers == [b"413"] * 4
    assert _peak_mb(product) < before + 30
    assert (await visitor.get("/hub/login")).status == 200


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "attendee"])
async def test_line_ends_in_next_are_refused(visitor, known):
    """An address to go on to that holds line ends adds no header, and is a 400 (row 84)."""
    if known:
        assert (await visitor.enter()).status == 302

    answer = await visitor.get("/hub/login?next=/hub/user/stranger/%0d%0aX-Evil:%20yes")

    assert answer.status == 400
    assert "X-Evil" not in answer.headers


async def test_slow_heads_are_let_go(product, visitor):
    """Heads that dribble in are closed within 60 s, others served meanwhile (security row 80)."""
    slow = [await asyncio.open_connection("127.0.0.1", product.port) for _ in range(500)]
    began = time.monotonic()

    async def dribble(reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nX-Slow: ")
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(b"a")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return time.monotonic() - began

    dribbling = [asyncio.create_task(dribble(*pair)) for pair in slow]
    asked = time.monotonic()
    assert (await visitor.get("/hub/login")).status == 200
    assert time.monotonic() - asked < 1

    assert max(await asyncio.gather(*dribbling)) < 60
