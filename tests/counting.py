"""A terminal that counts while something breaks, and in the end must have lost nothing."""

import asyncio
import re
import secrets
from dataclasses import dataclass
from typing import Self

import aiohttp

from tests.attendee import Attendee, TerminalClient

NUMBERS = 150


@dataclass
class Counting:
    """One terminal of a person's, counting ten numbers a second."""

    person: Attendee
    name: str
    terminal: TerminalClient

    @classmethod
    async def begun(cls, person: Attendee) -> Self:
        """Counting, and a few numbers are seen."""
        name = f"count-{secrets.token_hex(3)}"
        terminal = await person.terminal(name)
        await terminal.open()
        loop = f"for i in $(seq 1 {NUMBERS}); do echo n$i.; sleep 0.1; done"
        await terminal.type(f"{loop}; echo all-''counted\r")
        await terminal.read_until("n3.")
        return cls(person, name, terminal)

    async def lost(self) -> None:
        """Return once the connection is closed."""
        try:
            await self.terminal.read_until("never", limit=60)
        except (ConnectionError, aiohttp.ClientError):
            return
        raise AssertionError("the connection was not lost")

    async def back(self, limit: float) -> None:
        """Connect the same client again, as the page does by itself."""
        end = asyncio.get_running_loop().time() + limit
        while True:
            try:
                self.terminal.socket = (await self.person.terminal(self.name)).socket
                await self.terminal.open()
                return
            except (aiohttp.ClientError, ConnectionError, TimeoutError):
                assert asyncio.get_running_loop().time() < end, "the terminal did not come back"
                await asyncio.sleep(0.3)

    async def finished(self) -> None:
        """Every number is there once and in its place."""
        text = await self.terminal.read_until("all-counted", limit=60)
        assert re.findall(r"\bn(\d+)\.", text) == [str(n) for n in range(1, NUMBERS + 1)]
