"""Reports to the hub what a person did; an open tab is not activity."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from dashboard.gateway.login.visitor import HubAwayError, HubRefusedError

log = logging.getLogger("workshop.gateway.activity")


class Activity:
    """Remembers when a person last did something, and tells the hub once a minute at most."""

    def __init__(
        self,
        server_name: str,
        interval: float,
        report: Callable[[dict[str, Any]], Awaitable[None]] | None,
    ) -> None:
        self._server_name = server_name
        self._interval = interval
        self._report = report
        self._last: datetime | None = None
        self._told: datetime | None = None
        self._news = asyncio.Event()

    def note(self) -> None:
        """A person did something now."""
        self._last = datetime.now(UTC)
        self._news.set()

    async def run(self) -> None:
        """Report for ever; a hub that does not answer is told at the next turn."""
        if self._report is None:
            return
        while True:
            await self._news.wait()
            self._news.clear()
            last = self._last
            if last is not None and last != self._told and not await self._tell(last):
                self._news.set()
            # Spread, so that a class that began together does not report together.
            await asyncio.sleep(self._interval * random.uniform(1.0, 1.2))

    async def _tell(self, last: datetime) -> bool:
        """Whether the hub heard of it, or never will."""
        if self._report is None:
            return True
        moment = last.isoformat()
        body = {"servers": {self._server_name: {"last_activity": moment}}, "last_activity": moment}
        try:
            await self._report(body)
        except HubAwayError as error:
            log.warning("activity is reported later: %s", error)
            return False
        except HubRefusedError as error:
            log.warning("the hub does not take activity: %s", error)
        self._told = last
        return True
