"""Which ports are the attendee's own: those that a program started in the terminals listens on."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from dashboard.gateway.ports.listeners import listeners, reached
from dashboard.gateway.relay.exchange import fetch_json
from dashboard.gateway.relay.target import Target

#: Seconds for which what was found out about a port is not asked again.
_PATIENCE = 0.5
_REMEMBERED = 32
T = TypeVar("T")


class NotOwnError(ConnectionRefusedError):
    """Nothing listens there, or nothing of the attendee's."""


@dataclass(frozen=True)
class Found:
    """A program of the attendee's: where it is, and the sockets by which it is known."""

    port: int
    target: Target
    inodes: frozenset[int]


class OwnPorts:
    """Asks the terminal server, whose processes are not to be seen from here, and remembers."""

    def __init__(self, terminal: Target, seconds: float) -> None:
        self._terminal = terminal
        self._seconds = seconds
        self._own: frozenset[int] = frozenset()
        #: What was asked about and is not the attendee's, and until when that is believed.
        self._strange: frozenset[int] = frozenset()
        self._until = 0.0
        self._asking: asyncio.Task[None] | None = None
        self._found: dict[int, tuple[Found, float]] = {}

    async def find(self, port: int) -> Found:
        """The attendee's program on the port; NotOwnError when all that may answer is not theirs.

        A socket's inode is nobody else's for as long as the socket is there, so that it need be
        asked about once.
        """
        known = self._found.get(port)
        if known and time.monotonic() < known[1]:
            return known[0]
        address, inodes = reached(listeners(port))
        strange = self._strange if time.monotonic() < self._until else frozenset()
        if not inodes <= self._own | strange:
            await self._ask()
            self._strange, self._until = inodes - self._own, time.monotonic() + _PATIENCE
        if not inodes or not inodes <= self._own:
            raise NotOwnError(f"nothing of the attendee's listens on port {port}")
        found = Found(port, Target(port=port, host=address), inodes)
        if len(self._found) > _REMEMBERED:
            self._found.clear()
        self._found[port] = (found, time.monotonic() + _PATIENCE)
        return found

    async def reach(
        self, port: int, connect: Callable[[Target], Awaitable[T]], close: Callable[[T], None]
    ) -> T:
        """A connection that can only have gone to the attendee's program; OSError otherwise.

        The sockets that listened before it was made are those that listen afterwards: nothing
        else can have taken it.
        """
        for _ in range(2):
            found = await self.find(port)
            made = await connect(found.target)
            if reached(listeners(port)) == (found.target.host, found.inodes):
                return made
            close(made)
            self._found.pop(port, None)  # it may have been started anew: once more
        raise NotOwnError(f"another program took port {port} meanwhile")

    async def ports(self) -> list[int]:
        """All ports of the attendee's programs, lowest first."""
        return sorted({int(one["port"]) for one in await self._owned()})

    async def _ask(self) -> None:
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._look())
            self._asking.add_done_callback(self._asked_now)
        # Shielded: a visitor who goes away does not take the others' answer along.
        await asyncio.shield(self._asking)

    def _asked_now(self, task: "asyncio.Task[None]") -> None:
        self._asking = None
        if not task.cancelled():
            task.exception()  # whoever waits for it has it; it is no news when nobody does

    async def _look(self) -> None:
        self._own = frozenset(int(one["inode"]) for one in await self._owned())

    async def _owned(self) -> list[dict[str, Any]]:
        async with asyncio.timeout(self._seconds):
            found: list[dict[str, Any]] = (await fetch_json(self._terminal, "/ports"))["ports"]
        return found
