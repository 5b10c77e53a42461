"""Twenty-five sessions on a cluster at once, and what they notice when hub or proxy dies."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Self

import aiohttp
from playwright.async_api import async_playwright

from tests.attendee import Attendee
from tests.bench.figure import Figure
from tests.bench_cluster.asked import asked, logged_in
from tests.bench_cluster.counting import LIMIT, Client, Shown, ended, goes_on, start
from tests.browser import options
from tests.cluster import Release
from tests.waiting import until

SEATS = 25
ROUNDS = 5


async def seated(release: Release, people: Sequence[Attendee]) -> Figure:
    """All ask at once; whatever went wrong is a fault."""
    for person in people:
        await logged_in(person)
    answers = await asyncio.gather(
        *(asked(person, limit=300) for person in people), return_exceptions=True
    )
    times = [answer for answer in answers if isinstance(answer, float)]
    troubles = [f"{answer!r}"[:300] for answer in answers if not isinstance(answer, float)]
    troubles += _restarted(release)
    half, last = (statistics.median(times), max(times)) if times else (0, 0)
    note = "; ".join([f"half ready in {half:.1f} s, all in {last:.1f} s", *troubles])
    failed = len(people) - len(times)
    return Figure("twenty_five_pods", "failed", [failed], None, 0, note, faults=len(troubles))


def _restarted(release: Release) -> list[str]:
    """Containers that the cluster had to start again."""
    return [
        f"{pod['metadata']['name']}: {state['name']} started again"
        for pod in release.cluster.items("pods", "-n", release.sessions)
        for state in pod["status"]["containerStatuses"]
        if state["restartCount"]
    ]


@dataclass(frozen=True)
class Room:
    """People at their terminals, one of them at a real page."""

    release: Release
    clients: Sequence[Client]
    page: Shown

    @classmethod
    @asynccontextmanager
    async def opened(cls, release: Release, people: Sequence[Attendee]) -> AsyncIterator[Self]:
        """Everybody's terminal, with its WebSocket."""
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(Client.of(person)) for person in people]
            playwright = await stack.enter_async_context(async_playwright())
            browser = await playwright.chromium.launch(**options(whole=True))
            stack.push_async_callback(browser.close)
            context = await browser.new_context(ignore_https_errors=True)
            yield cls(
                release, clients, await Shown.seated(release, await context.new_page(), "page")
            )

    async def hub_killed(self) -> Figure:
        """Seconds until a newcomer's page; dropped terminals and lost output are faults."""
        times, lost = await self._rounds("hub", self._newcomer)
        dropped = sum(client.drops for client in self.clients)
        note = f"to a newcomer's page; {dropped} terminals dropped, {lost} with output lost"
        return Figure("hub_killed", "s", times, None, 30, note, faults=dropped + lost)

    async def proxy_killed(self) -> Figure:
        """Seconds until all terminals go on; lost output is a fault."""
        times, lost = await self._rounds("proxy", self._all_go_on)
        assert all(client.drops >= ROUNDS for client in self.clients), "the proxy was not killed"
        note = f"until {len(self.clients)} terminals and a page go on; {lost} with output lost"
        return Figure("proxy_killed", "s", times, None, 70, note, faults=lost)

    async def _rounds(
        self, part: str, waited_for: Callable[[str], Awaitable[None]]
    ) -> tuple[list[float], int]:
        """Kill the part while all count; the seconds each time, and how many lost something."""
        times, lost = [], 0
        terminals = [*self.clients, self.page]
        for number in range(ROUNDS):
            tag = f"{part}{number}"
            await asyncio.gather(*(start(terminal, tag) for terminal in terminals))
            clock = time.perf_counter()
            another = await asyncio.to_thread(self.release.kill, part)
            await asyncio.to_thread(until, another, what=f"another {part}", limit=LIMIT, every=0.3)
            await waited_for(tag)
            times.append(time.perf_counter() - clock)
            whole = await asyncio.gather(*(ended(terminal, tag) for terminal in terminals))
            lost += whole.count(False)
        return times, lost

    async def _newcomer(self, tag: str) -> None:
        """Somebody new logs in as soon as the hub lets them, and has a session."""
        async with Attendee(self.release, f"new{tag}") as newcomer:
            async with asyncio.timeout(LIMIT):
                while not await _let_in(newcomer):
                    await asyncio.sleep(0.1)
            await asked(newcomer)

    async def _all_go_on(self, tag: str) -> None:
        """Every terminal shows more than it did."""
        terminals = [*self.clients, self.page]
        await asyncio.gather(*(goes_on(terminal, tag) for terminal in terminals))


async def _let_in(newcomer: Attendee) -> bool:
    with contextlib.suppress(AssertionError, aiohttp.ClientError, TimeoutError):
        return (await newcomer.log_in()).status == 302
    return False
