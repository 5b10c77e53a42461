"""What the relay to a program costs: the same program by ours, by the peer, and directly."""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
from playwright.sync_api import Page

from tests.attendee import Loopback
from tests.bench.figure import Figure
from tests.bench.pairs import Reading, Rig
from tests.ports import free_port
from tests.processes import pss_mb
from tests.product import ROOT
from tests.session import session_of
from tests.waiting import answers, until

T = TypeVar("T")
NAME = "relayed"  # whoever is timed at a first login was not here before
DOWNLOAD, STREAM = 50 << 20, 1 << 30
BURST = 100
#: Messages a second, and seconds.
PACE, DURATION = 1000, 5


@dataclass(frozen=True)
class Way:
    """An address of the program, and the cookies that lead to it."""

    url: str
    cookies: str = field(repr=False, default="")

    def client(self) -> aiohttp.ClientSession:
        """A client that opens as many connections as it is asked to."""
        parts = urlsplit(self.url)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=Loopback(), limit=0, force_close=True),
            headers={"Cookie": self.cookies, "Origin": f"{parts.scheme}://{parts.netloc}"},
            timeout=aiohttp.ClientTimeout(total=120),
        )


@dataclass(frozen=True)
class Ways:
    """The program through ours, through the peer, and directly; `gateway` is our process."""

    ours: Way
    theirs: Way
    direct: Way
    gateway: int


@contextmanager
def running_program(rig: Rig) -> Iterator[Ways]:
    """A program started in a terminal of ours, and every way to it."""
    port = free_port()
    with rig.ours(NAME) as ours, rig.theirs(NAME) as theirs:
        ours.focus()
        ours.page.keyboard.type(f"cd {ROOT}; exec {sys.executable} -m tests.program {port}\n")
        direct = Way(f"http://127.0.0.1:{port}/")
        until(lambda: answers(direct.url), what="the program")
        window = ours.page.context.new_page()
        window.goto(f"{rig.product.home(NAME)}port/{port}/")
        window.get_by_role("heading", name="Shop").wait_for()
        own = Way(window.url, _cookies(window, window.url))
        window.close()
        yield Ways(
            own,
            Way(f"{rig.lab.url}/user/{NAME}/proxy/{port}/", _cookies(theirs.page, theirs.page.url)),
            direct,
            session_of(rig.product, NAME).dashboard,
        )
        ours.page.keyboard.press("Control+c")


def _cookies(page: Page, url: str) -> str:
    return "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies(url))


def _run(work: Callable[[Way], Coroutine[Any, Any, T]], way: Way) -> T:
    """In a thread of its own: the browser's has a loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work(way))).result()


async def _download(way: Way, size: int = DOWNLOAD) -> float:
    start, length = time.perf_counter(), 0
    async with way.client() as client, client.get(f"{way.url}bytes/{size}") as answer:
        assert answer.status == 200, (way.url, answer.status)
        async for block in answer.content.iter_any():
            length += len(block)
    assert length == size
    return time.perf_counter() - start


async def _burst(way: Way) -> float:
    async def one(client: aiohttp.ClientSession) -> float:
        start = time.perf_counter()
        async with client.get(f"{way.url}small") as answer:
            assert answer.status == 200, (way.url, answer.status)
            await answer.read()
        return time.perf_counter() - start

    async with way.client() as client:
        times = await asyncio.gather(*(one(client) for _ in range(BURST)))
    return 1000 * statistics.quantiles(times, n=20)[18]


async def _talk(way: Way) -> tuple[int, float]:
    """Messages lost, and the milliseconds within which 95 % of the others came back."""
    times: list[float] = []
    count = PACE * DURATION

    async def hear(link: aiohttp.ClientWebSocketResponse) -> None:
        while len(times) < count:
            sent = json.loads((await link.receive(5)).data)
            times.append(time.perf_counter() - sent)

    async with way.client() as client, client.ws_connect(f"{way.url}ws") as link:
        hearing = asyncio.ensure_future(hear(link))
        begun = time.perf_counter()
        for number in range(count):
            await asyncio.sleep(max(0.0, begun + number / PACE - time.perf_counter()))
            await link.send_str(json.dumps(time.perf_counter()))
        await asyncio.wait({hearing}, timeout=10)
        hearing.cancel()
    return count - len(times), 1000 * statistics.quantiles(times, n=20)[18]


def downloads(rig: Rig, ways: Ways) -> tuple[list[Reading], float]:
    """Seconds for 50 MB, ours and the peer's in turn; and directly."""
    for way in (ways.ours, ways.theirs):
        _run(_download, way)
    readings = [
        (_run(_download, ways.ours), _run(_download, ways.theirs)) for _ in range(rig.pairs)
    ]
    return readings, _run(_download, ways.direct)


def bursts(rig: Rig, ways: Ways) -> tuple[list[Reading], float]:
    """Milliseconds within which 95 of 100 small requests at once were answered; and directly."""
    for way in (ways.ours, ways.theirs):
        _run(_burst, way)
    readings = [(_run(_burst, ways.ours), _run(_burst, ways.theirs)) for _ in range(rig.pairs)]
    return readings, _run(_burst, ways.direct)


def memory(ways: Ways) -> float:
    """MB that the gateway grows by at most while 1 GB passes."""
    before, most = pss_mb([ways.gateway]), 0.0
    with ThreadPoolExecutor(1) as thread:
        stream = thread.submit(lambda: asyncio.run(_download(ways.ours, STREAM)))
        while not stream.done():
            most = max(most, pss_mb([ways.gateway]))
            time.sleep(0.02)
        stream.result()
    return most - before


def talk(rig: Rig, ways: Ways) -> tuple[list[Reading], int]:
    """Milliseconds at p95 of 1,000 messages a second, ours and directly; and messages lost."""
    rounds = [(_run(_talk, ways.ours), _run(_talk, ways.direct)) for _ in range(rig.pairs)]
    return [(ours[1], direct[1]) for ours, direct in rounds], sum(ours[0] for ours, _ in rounds)


NAMES = ("relay_download", "relay_burst", "relay_memory", "relay_websocket")


def figures(rig: Rig) -> list[Figure]:
    """All figures of the relay."""
    with running_program(rig) as ways:
        download, direct_download = downloads(rig, ways)
        burst, direct_burst = bursts(rig, ways)
        grown = memory(ways)
        talked, lost = talk(rig, ways)
    added = [ours - direct for ours, direct in talked]
    directly = "directly {:.4g} {}".format
    return [
        _pairs("relay_download", "s", download, 1.0, directly(direct_download, "s")),
        _pairs("relay_burst", "ms", burst, 0.8, directly(direct_burst, "ms")),
        Figure("relay_memory", "MB", [grown], None, 20.0),
        Figure("relay_websocket", "ms", added, None, 10.0, "added at p95", faults=lost),
    ]


def _pairs(name: str, unit: str, readings: list[Reading], bar: float, note: str) -> Figure:
    ours, peer = zip(*readings, strict=True)
    return Figure(name, unit, ours, peer, bar, note)
