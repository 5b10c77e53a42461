"""An attendee without a browser: real HTTP and WebSockets, cookies kept as a browser keeps them."""

import asyncio
import contextlib
import json
import re
import secrets
import socket
import struct
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tests.product import PASSWORD, Product


class Loopback(AbstractResolver):
    """Every name is this machine, as browsers have it for `*.localhost` (RFC 6761)."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """One address: loopback."""
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Nothing is held."""


NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}


@dataclass
class Attendee:
    """One person's browser, as far as HTTP goes."""

    product: Product
    name: str
    http: aiohttp.ClientSession = field(init=False)
    _sockets: list[aiohttp.ClientWebSocketResponse] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        jar = aiohttp.CookieJar(unsafe=True)
        if self._cookies.exists():
            jar.load(self._cookies)
        self.http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=Loopback(), ssl=self.product.tls),
            cookie_jar=jar,
            headers={"User-Agent": f"attendee {self.name}"},
            timeout=aiohttp.ClientTimeout(total=60),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.gather(*(socket.close() for socket in self._sockets))
        jar = self.http.cookie_jar
        assert isinstance(jar, aiohttp.CookieJar)
        jar.save(self._cookies)
        connector = self.http.connector
        assert isinstance(connector, aiohttp.TCPConnector)
        await connector.close(abort_ssl=True)  # a goodbye in TLS would outlast the test
        await self.http.close()

    @property
    def _cookies(self) -> Path:
        """The same name is the same browser for as long as the product runs."""
        return self.product.state.parent / f"browser of {self.name}"

    @property
    def origin(self) -> str:
        """Where this attendee's own pages come from."""
        return self.product.host(self.name)

    async def log_in(self, password: str = PASSWORD, code: str = "") -> aiohttp.ClientResponse:
        """Submit the login form and return the answer, redirects not followed."""
        async with self.http.get(f"{self.product.url}/hub/login", headers=NAVIGATION) as page:
            text = await page.text()
            where = page.url
        token = re.search(r'name="_xsrf"[^>]*value="([^"]+)"', text)
        assert token, text
        form = {"_xsrf": token[1], "username": self.name, "password": password}
        return await self.http.post(
            where.with_path("/hub/login"),
            data=form | ({"code": code} if code else {}),
            headers=NAVIGATION,
            allow_redirects=False,
        )

    async def hub_headers(self) -> dict[str, str]:
        """What the hub's own pages send to its API."""
        page = URL(f"{self.product.url}/hub/home")
        async with self.http.get(page, headers=NAVIGATION):
            pass
        cookies = self.http.cookie_jar.filter_cookies(page)
        (token,) = [cookie.value for name, cookie in cookies.items() if name.endswith("_xsrf")]
        return {"X-XSRFToken": token, "Referer": str(page)}

    @property
    def server(self) -> str:
        """The session's address in the hub's API."""
        return f"{self.product.url}/hub/api/users/{self.name}/server"

    async def stop(self) -> None:
        """Stop the session, as the hub's home page does."""
        headers = await self.hub_headers()
        async with self.http.delete(self.server, headers=headers) as answer:
            assert answer.status in {202, 204}, await answer.text()

    async def sit_down(self, limit: float = 60, password: str = PASSWORD) -> str:
        """Log in and go on until the dashboard answers; returns its HTML."""
        home = self.product.home(self.name)
        async with self.http.get(home, headers=NAVIGATION) as page:
            if page.status == 200 and str(page.url).startswith(home):
                return await page.text()
        answer = await self.log_in(password)
        assert answer.status == 302, (answer.status, await answer.text())
        return await self.arrive(limit)

    async def arrive(self, limit: float = 60) -> str:
        """Logged in, go on until the dashboard answers, started anew if need be; its HTML."""
        end = asyncio.get_running_loop().time() + limit
        while asyncio.get_running_loop().time() < end:
            # Whoever is sent to a machine that is gone loads the page again.
            with contextlib.suppress(TimeoutError):
                if page := await self._home():
                    return page
            await asyncio.sleep(0.1)
        raise AssertionError(f"{self.name} got no dashboard in {limit} s")

    async def _home(self) -> str | None:
        home, patience = self.product.home(self.name), aiohttp.ClientTimeout(total=15)
        async with self.http.get(home, headers=NAVIGATION, timeout=patience) as page:
            if page.status == 200 and str(page.url).startswith(home):
                return await page.text()
            if page.url.path.startswith("/hub/") and "/spawn" not in page.url.path:
                spawn = f"{self.product.url}/hub/spawn/{self.name}"
                async with self.http.get(spawn, headers=NAVIGATION):
                    pass
        return None

    async def terminal(self, name: str = "1", origin: str | None = None) -> "TerminalClient":
        """A WebSocket to a terminal, opened as the dashboard's own page opens it."""
        socket = await self.http.ws_connect(
            self.product.home(self.name) + f"terminal/ws/session/{name}",
            protocols=["workshop.terminal.v1"],
            origin=self.origin if origin is None else origin,
            max_msg_size=0,
            timeout=aiohttp.ClientWSTimeout(ws_close=2),
        )
        self._sockets.append(socket)
        return TerminalClient(socket)

    async def said(self, command: str, limit: float = 60) -> str:
        """What a command says in a terminal of its own, and then `ended STATUS and over`."""
        terminal = await self.terminal(f"say-{secrets.token_hex(4)}")
        await terminal.open()
        await terminal.type(f"{command}; echo ended $? and o''ver; exit\r")
        text = await terminal.read_until("and over", limit=limit)
        await terminal.socket.close()
        return text


@dataclass
class TerminalClient:
    """A small client of the terminal's numbered protocol."""

    socket: aiohttp.ClientWebSocketResponse
    client: str = field(default_factory=lambda: f"c{id(object())}")
    epoch: str | None = None
    offset: int = 0
    sent: int = 0
    output: bytearray = field(default_factory=bytearray)
    events: list[dict[str, Any]] = field(default_factory=list)

    async def open(self) -> dict[str, Any]:
        """Say hello and return the server's `opened`."""
        await self.socket.send_json(
            {
                "cmd": "open",
                "epoch": self.epoch,
                "after": self.offset,
                "client": self.client,
                "view": "xterm",
                "cols": 80,
                "rows": 24,
            }
        )
        return await self.event("opened")

    async def type(self, text: str) -> None:
        """Send what a person typed."""
        self.sent += 1
        message = {"cmd": "input", "n": self.sent, "data": text}
        # Without spaces, as browsers write JSON: the gateway knows typing by how it begins.
        await self.socket.send_str(json.dumps(message, separators=(",", ":")))

    async def receive(self, limit: float = 20) -> aiohttp.WSMessage:
        """Take one message in; output is collected, control kept in `events`."""
        message = await self.socket.receive(limit)
        if message.type is aiohttp.WSMsgType.BINARY:
            (self.offset,) = struct.unpack(">Q", message.data[:8])
            self.output += message.data[8:]
            with contextlib.suppress(ConnectionError):  # why it ended is read, not written
                await self.socket.send_json({"cmd": "seen", "offset": self.offset})
        elif message.type is aiohttp.WSMsgType.TEXT:
            event = message.json()
            self.events.append(event)
            if event["cmd"] == "opened":
                self.epoch = event["epoch"]
                if not event["resumed"]:
                    self.output.clear()
        elif message.type is not aiohttp.WSMsgType.PONG:
            raise ConnectionError(f"closed with {self.socket.close_code}")
        return message

    async def event(self, cmd: str, limit: float = 20) -> dict[str, Any]:
        """The next control message of that kind."""
        seen = len(self.events)
        end = asyncio.get_running_loop().time() + limit
        while asyncio.get_running_loop().time() < end:
            for event in self.events[seen:]:
                if event["cmd"] == cmd:
                    return event
            await self.receive(limit)
        raise AssertionError(f"no {cmd} in {limit} s")

    async def read_until(self, text: str, limit: float = 20) -> str:
        """All output so far once it holds `text`."""
        end = asyncio.get_running_loop().time() + limit
        while text.encode() not in self.output:
            left = end - asyncio.get_running_loop().time()
            assert left > 0, f"no {text!r} in {limit} s: {bytes(self.output[-2000:])!r}"
            await self.receive(left)
        return self.output.decode()
