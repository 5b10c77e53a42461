"""Fifty sessions at once, each with a terminal that prints a line a second."""

import asyncio
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass

from tests.attendee import Attendee, TerminalClient
from tests.processes import cpu_seconds, pss_mb
from tests.product import Product
from tests.session import session_of

SEATS = 50
LINES = 60
TICK = f"for i in $(seq 1 {LINES}); do echo tick-$i.; sleep 1; done; echo all-$((1+1))-done\r"


@dataclass(frozen=True)
class Fifty:
    """Lines that were lost, and what a gateway cost at the median: CPU share (%) and PSS (MB)."""

    lost: int
    gateway_cpu: float
    gateway_pss: float
    session_pss: float


async def _sit(product: Product, stack: AsyncExitStack, name: str) -> TerminalClient:
    person = await stack.enter_async_context(Attendee(product, name))
    await person.sit_down(limit=180)
    terminal = await person.terminal()
    await terminal.open()
    return terminal


async def _lines(terminal: TerminalClient) -> int:
    await terminal.type(TICK)
    text = await terminal.read_until("all-2-done", limit=LINES + 120)
    return len(set(re.findall(r"\btick-(\d+)\.", text)))


async def fifty(product: Product) -> Fifty:
    """Seat fifty people four at a time, let all terminals print, count what arrived."""
    names = [f"seat{number}" for number in range(SEATS)]
    async with AsyncExitStack() as stack:
        arrivals = asyncio.Semaphore(4)

        async def arrive(name: str) -> TerminalClient:
            async with arrivals:
                return await _sit(product, stack, name)

        terminals = await asyncio.gather(*(arrive(name) for name in names))
        sessions = [session_of(product, name) for name in names]
        before = [cpu_seconds([session.dashboard]) for session in sessions]
        clock = asyncio.get_running_loop().time()
        counts = await asyncio.gather(*(_lines(terminal) for terminal in terminals))
        passed = asyncio.get_running_loop().time() - clock
        shares = sorted(
            100 * (cpu_seconds([session.dashboard]) - spent) / passed
            for session, spent in zip(sessions, before, strict=True)
        )
        gateways = sorted(pss_mb([session.dashboard]) for session in sessions)
        whole = sorted(pss_mb(session.everything) for session in sessions)
    return Fifty(
        lost=SEATS * LINES - sum(counts),
        gateway_cpu=shares[SEATS // 2],
        gateway_pss=gateways[SEATS // 2],
        session_pss=whole[SEATS // 2],
    )
