"""Which ports are the attendee's own: those that a program started in the terminals listens on."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from dashboard.gateway.ports.listeners import listeners, reached
from dashboard.gateway.relay.exchange import fetch_json
from dashboard.gateway.relay.target import Target

#: Seconds for which what the terminal server does not know as its own is not asked about again.
_PATIENCE = 0.5


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

    async def find(self, port: int) -> Found:
        """The attendee's program on the port; NotOwnError when all that may answer is not theirs.

        A socket's inode is nobody else's for as long as the socket is there, so that it need be
        asked about once.
        """
        address, inodes = reached(listeners(), port)
        strange = self._strange if time.monotonic() < self._until else frozenset()
        if not inodes <= self._own | strange:
            await self._ask()
            self._strange, self._until = inodes - self._own, time.monotonic() + _PATIENCE
        if not inodes or not inodes <= self._own:
            raise NotOwnError(f"nothing of the attendee's listens on port {port}")
        return Found(port, Target(port=port, host=address), inodes)

    def holds(self, found: Found) -> bool:
        """Whether a connection that was made since can only have gone to that program."""
        return reached(listeners(), found.port) == (found.target.host, found.inodes)

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
