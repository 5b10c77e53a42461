"""How the console is: whether it answers, and if not why, which only the hub can see."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tornado.iostream import IOStream

from dashboard.gateway.login.visitor import HubAwayError, HubRefusedError
from dashboard.gateway.relay.exchange import fetch_status
from dashboard.gateway.relay.target import Target
from dashboard.settings import Console

#: Seconds between two tries to connect to a console that is started again.
_PAUSE = 0.1


@dataclass(frozen=True)
class Patient:
    """A server that is started again at times: connected to as soon as it is there."""

    target: Target
    patience: float

    async def connect(self, seconds: float, buffer: int) -> IOStream:
        """A stream to the server; OSError or TimeoutError when it is not there in time."""
        end = time.monotonic() + self.patience
        while True:
            try:
                return await self.target.connect(seconds, buffer)
            except OSError:
                if time.monotonic() > end:
                    raise
            await asyncio.sleep(_PAUSE)


@dataclass(frozen=True)
class Look:
    """Looks at a console; `base` is the path that browsers have for it, `told`
    what the hub says of its container."""

    console: Console
    base: str
    seconds: float
    told: Callable[[], Awaitable[str]] | None

    @property
    def target(self) -> Target:
        """Where it listens."""
        return Target(port=self.console.port)

    async def answers(self) -> bool:
        """Whether it can be used."""
        path = ("/" if self.console.strip else self.base) + self.console.health
        try:
            async with asyncio.timeout(self.seconds):
                return await fetch_status(self.target, path) < 500
        except (OSError, TimeoutError):
            return False

    async def state(self) -> str:
        """One of ready, starting, memory, image, ended."""
        if await self.answers():
            return "ready"
        if self.told is None:
            return "starting"
        try:
            why = await self.told()
        except (HubAwayError, HubRefusedError):
            return "starting"
        return why if why in {"memory", "image", "ended"} else "starting"
