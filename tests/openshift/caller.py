"""A browser without a screen: it keeps cookies, follows redirects and fills in forms."""

import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urljoin, urlsplit

import aiohttp
from bs4 import BeautifulSoup
from yarl import URL

from tests.attendee import NAVIGATION, Loopback


@dataclass(frozen=True)
class Shown:
    """What came back from one address."""

    url: str
    status: int
    text: str
    headers: dict[str, str]

    @property
    def location(self) -> str:
        """Where it sends the browser, as a whole address; empty when it does not."""
        there = self.headers.get("Location", "")
        return urljoin(self.url, there) if there else ""

    @property
    def told(self) -> dict[str, str]:
        """The parameters of the address it sends the browser to."""
        query = parse_qs(urlsplit(self.location).query, keep_blank_values=True)
        return {name: values[0] for name, values in query.items()}

    def form(self) -> tuple[str, dict[str, list[str]]]:
        """Where the page's form goes, and what it sends when nothing is typed or clicked."""
        form = BeautifulSoup(self.text, "html.parser").find("form")
        assert form, (self.status, self.text)
        fields: dict[str, list[str]] = {}
        for one in form.find_all("input"):
            kind = one.get("type", "text")
            if (
                one.get("name")
                and kind != "submit"
                and (kind != "checkbox" or "checked" in one.attrs)
            ):
                fields.setdefault(str(one["name"]), []).append(str(one.get("value", "")))
        return urljoin(self.url, str(form.get("action") or self.url)), fields


class Caller:
    """One person's browser; every name is this machine."""

    def __init__(self, trust: ssl.SSLContext, http: aiohttp.ClientSession | None = None) -> None:
        self.http = http or aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=Loopback(), ssl=trust),
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=60),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connector = self.http.connector
        assert isinstance(connector, aiohttp.TCPConnector)
        await connector.close(abort_ssl=True)  # a goodbye in TLS would outlast the test
        await self.http.close()

    async def ask(self, method: str, url: str, **more: object) -> Shown:
        """One request; no redirect is followed."""
        where = URL(url, encoded=True)
        headers = NAVIGATION | dict(more.pop("headers", {}))  # type: ignore[call-overload]
        async with self.http.request(
            method, where, allow_redirects=False, headers=headers, **more
        ) as answer:
            return Shown(url, answer.status, await answer.text(), dict(answer.headers))

    async def get(self, url: str, **more: object) -> Shown:
        """Go to an address."""
        return await self.ask("GET", url, **more)

    async def follow(self, shown: Shown, to: str = "", limit: int = 20) -> Shown:
        """Follow redirects to the first page, or to the first one that would lead to `to`."""
        for _ in range(limit):
            if not shown.location or (to and shown.location.startswith(to)):
                return shown
            shown = await self.get(shown.location)
        raise AssertionError(f"still redirected after {limit}: {shown.location}")

    async def send(self, shown: Shown, button: str = "", **typed: str | list[str]) -> Shown:
        """Send the page's form as a browser does, with what was typed and the button's name."""
        where, fields = shown.form()
        for name, value in typed.items():
            fields[name] = value if isinstance(value, list) else [value]
        if button:
            fields[button] = ["1"]
        pairs = [(name, value) for name, values in fields.items() for value in values]
        return await self.ask("POST", where, data=aiohttp.FormData(pairs))
