"""Waiting for a condition, with a limit; never for a time."""

import asyncio
import time
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any


def until(
    condition: Callable[[], Any], *, what: str, limit: float = 20, every: float = 0.02
) -> Any:
    """The condition's first true value; AssertionError naming `what` after `limit` seconds."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit} s for {what}; last seen: {value!r}")
        time.sleep(every)


async def eventually(condition: Callable[[], Any], limit: float = 20.0) -> None:
    """Return when the condition holds, with the loop running meanwhile; TimeoutError otherwise."""
    async with asyncio.timeout(limit):
        while not condition():
            await asyncio.sleep(0.005)


async def holds(look: Callable[[], Awaitable[Any]], limit: float = 20.0) -> None:
    """Return once a look, which takes a request, shows that it holds; TimeoutError otherwise."""
    async with asyncio.timeout(limit):
        while not await look():
            await asyncio.sleep(0.2)


async def settled() -> None:
    """Cancel all other tasks of the loop, those too that begin meanwhile (a connection accepted
    just before its server closed), so that nothing is left half done when the loop ends."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in others:
            task.cancel()
        await asyncio.wait(others)


def answers(url: str) -> bool:
    """True when the address answers with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
