"""A terminal that counts, so that what is lost of it shows: as a client, and as a real page."""

import asyncio
import contextlib
import functools
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, Self

import aiohttp
from playwright.async_api import Error, Frame, Page

from tests.attendee import Attendee, TerminalClient
from tests.browser import dropped
from tests.cluster import Release
from tests.product import PASSWORD

#: Counts twice a second until a line is entered; TAG is each round's own.
COUNT = "i=0; until read -rt 0.5; do i=$((i+1)); echo TAG-n$i.; done; echo TAG-all-''counted $i."
#: Seconds until a terminal that does not go on is given up.
LIMIT = 120.0


def numbers(text: str, tag: str) -> list[int]:
    """The numbers that came, in their order."""
    return [int(number) for number in re.findall(rf"{tag}-n(\d+)\.", text)]


def is_whole(text: str, tag: str) -> bool:
    """Whether every number up to the last came, once and in order."""
    last = re.search(rf"{tag}-all-counted (\d+)\.", text)
    return last is not None and numbers(text, tag) == list(range(1, int(last[1]) + 1))


class Terminal(Protocol):
    """What is watched while things die."""

    @property
    def name(self) -> str:
        """Whose it is."""

    async def type(self, text: str) -> None:
        """Type as a person does."""

    async def text(self) -> str:
        """All that is shown, the latest last."""


async def start(terminal: Terminal, tag: str) -> None:
    """Count from one; returns once it counts."""
    await terminal.type(COUNT.replace("TAG", tag) + "\r")
    await goes_on(terminal, tag)


async def goes_on(terminal: Terminal, tag: str) -> None:
    """Return when the terminal shows a higher number than now."""
    seen = len(numbers(await terminal.text(), tag))
    await _shown(terminal, lambda text: len(numbers(text, tag)) > seen)


async def ended(terminal: Terminal, tag: str) -> bool:
    """Stop counting, and tell whether nothing was lost."""
    await terminal.type("q\r")
    return is_whole(await _shown(terminal, lambda text: f"{tag}-all-counted" in text), tag)


async def _shown(terminal: Terminal, holds: Callable[[str], bool]) -> str:
    """The text once it is as it should be."""
    end = time.monotonic() + LIMIT
    while not holds(text := await terminal.text()):
        assert time.monotonic() < end, f"{terminal.name} did not go on: {text[-400:]!r}"
        await asyncio.sleep(0.05)
    return text


@dataclass
class Client:
    """A terminal without a page, which connects again when it must, as the page does."""

    person: Attendee
    terminal: TerminalClient
    #: How often the connection was lost.
    drops: int = 0

    @property
    def name(self) -> str:
        """Whose it is."""
        return self.person.name

    @classmethod
    @contextlib.asynccontextmanager
    async def of(cls, person: Attendee) -> AsyncIterator[Self]:
        """The person's terminal, read all the while."""
        terminal = await person.terminal()
        await terminal.open()
        client = cls(person, terminal)
        reading = asyncio.ensure_future(client._read())
        try:
            yield client
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading

    async def type(self, text: str) -> None:
        """Type as a person does."""
        await self.terminal.type(text)

    async def text(self) -> str:
        """All that came."""
        return self.terminal.output.decode(errors="replace")

    async def _read(self) -> None:
        while True:
            try:
                await self.terminal.receive(LIMIT)
            except (aiohttp.ClientError, ConnectionError):
                self.drops += 1
                await self._resume()

    async def _resume(self) -> None:
        async with asyncio.timeout(LIMIT):
            while True:
                with contextlib.suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
                    self.terminal.socket = (await self.person.terminal()).socket
                    await self.terminal.open()
                    return
                await asyncio.sleep(0.3)


@dataclass
class Shown:
    """A terminal in a real page, which nobody touches but to type."""

    name: str
    page: Page
    frame: Frame

    @classmethod
    async def seated(cls, release: Release, page: Page, name: str) -> Self:
        """Log in and wait for the terminal beside the notes."""
        await _going(page, release.url, lambda: page.goto(release.url))
        await page.fill("[name=username]", name)
        await page.fill("[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        home = release.home(name)
        await _going(page, home, lambda: page.wait_for_url(f"{home}**", timeout=90_000))
        element = await page.wait_for_selector("iframe[src*='/terminals/1']", timeout=60_000)
        frame = element and await element.content_frame()
        assert frame
        await frame.wait_for_function("() => document.querySelector('.screen')?.terminal")
        return cls(name, page, frame)

    async def type(self, text: str) -> None:
        """Type as a person does."""
        await self.frame.evaluate("() => document.querySelector('.screen').terminal.focus()")
        await self.page.keyboard.type(text)

    async def text(self) -> str:
        """All that is on screen and above it."""
        return str(await self.frame.evaluate(BUFFER))


async def _going(page: Page, url: str, way: Callable[[], Awaitable[object]]) -> None:
    """Go there; Chromium drops what is under way when its machine gets a network interface."""
    async with asyncio.timeout(90):
        while True:
            try:
                await way()
                return
            except Error as error:
                if not dropped(error):
                    raise
            way = functools.partial(page.goto, url)


BUFFER = """
() => {
  const buffer = document.querySelector(".screen").terminal.buffer.active;
  return Array.from({ length: buffer.length },
    (_, y) => buffer.getLine(y).translateToString(true)).join("\\n");
}
"""
