"""The WebSockets that are open: how many there may be, and how they end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from dashboard.gateway.login.visitor import Visit

log = logging.getLogger("workshop.gateway.relay")

GOING_AWAY, LOGIN_ENDED = 1001, 4401


class Socket(Protocol):
    """An open WebSocket of a visitor."""

    visit: Visit

    def end(self, code: int, reason: str) -> None:
        """Close it with a code that its page understands."""

    def is_silent(self) -> bool:
        """Whether its browser has not answered for so long that it must be gone."""


class Live:
    """The open WebSockets, each looked at once in a while and closed when its login ended."""

    def __init__(self, limit: int, interval: float) -> None:
        self._limit = limit
        self._interval = interval
        self._sockets: set[Socket] = set()
        self.closed = False
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._sockets)

    def add(self, socket: Socket) -> bool:
        """Whether there was room for one more of its kind: none takes the others' places."""
        alike = sum(type(one) is type(socket) for one in self._sockets)
        if self.closed or alike >= self._limit:
            return False
        self._sockets.add(socket)
        self._empty.clear()
        return True

    def remove(self, socket: Socket) -> None:
        """It is closed."""
        self._sockets.discard(socket)
        if not self._sockets:
            self._empty.set()

    async def wait_until_empty(self) -> None:
        """Return when the last one is closed."""
        await self._empty.wait()

    def end_login(self, visit: Visit) -> None:
        """Close what was opened under a login that has ended."""
        for socket in [one for one in self._sockets if one.visit.credential == visit.credential]:
            socket.end(LOGIN_ENDED, "login ended")

    def end_all(self) -> None:
        """Close everything, because the dashboard goes; pages come back by themselves."""
        self.closed = True
        for socket in list(self._sockets):
            socket.end(GOING_AWAY, "restarting")

    async def watch(self, still_allowed: Callable[[Visit], Awaitable[bool]]) -> None:
        """Look at every socket's login once in an interval, for ever."""
        while True:
            await asyncio.sleep(self._interval)
            for socket in [one for one in self._sockets if one.is_silent()]:
                socket.end(GOING_AWAY, "no answer")
            visits = {one.visit.credential: one.visit for one in self._sockets}
            verdicts = [self._check(visit, still_allowed) for visit in visits.values()]
            await asyncio.gather(*verdicts)

    async def _check(self, visit: Visit, still_allowed: Callable[[Visit], Awaitable[bool]]) -> None:
        try:
            allowed = await still_allowed(visit)
        except Exception:
            # What cannot be checked is not allowed; and one login's trouble is not another's.
            log.exception("a login could not be checked")
            allowed = False
        if not allowed:
            log.info("the login of %s has ended", visit.visitor.name)
            self.end_login(visit)
