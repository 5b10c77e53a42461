"""Asks a page of others, once, whether a tab can show it."""

import asyncio
import ssl
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from tornado.httputil import HTTPHeaders, HTTPInputError
from tornado.iostream import IOStream, StreamClosedError
from tornado.tcpclient import TCPClient

from dashboard.gateway import problems
from dashboard.gateway.door import Door
from dashboard.gateway.framable import refuses
from dashboard.gateway.gate import Gate
from dashboard.gateway.refusals import Refusal
from dashboard.gateway.relay.exchange import Exchange, Sink
from dashboard.gateway.workshop import Workshop

_HOPS = 5


@dataclass(frozen=True)
class Outside:
    """A server somewhere, whose certificate must be one that is trusted."""

    host: str
    port: int
    tls: bool

    async def connect(self, seconds: float, buffer: int) -> IOStream:
        """A stream to the server; OSError or TimeoutError when it cannot be had."""
        options = ssl.create_default_context() if self.tls else None
        async with asyncio.timeout(seconds):
            return await TCPClient().connect(
                self.host, self.port, ssl_options=options, max_buffer_size=buffer
            )


class _Head(Sink):
    """Keeps an answer's status and headers, and ends it there: its body is nobody's business."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.found: tuple[int, HTTPHeaders] | None = None

    async def begin(self, status: int, reason: str, headers: HTTPHeaders) -> None:
        """Once is enough."""
        self.found = (status, headers)
        self._exchange.close()


async def verdict(url: str, ours: str, seconds: float) -> str:
    """Why a page of our origin cannot show the address in a frame; nothing when it can.

    One of: mixed, refused, moved, certificate, away.
    """
    if ours.startswith("https://") and url.startswith("http://"):
        return "mixed"
    try:
        async with asyncio.timeout(seconds):
            return await _follow(url, ours, seconds)
    except ssl.SSLCertVerificationError:
        return "certificate"
    except (OSError, TimeoutError, HTTPInputError):
        return "away"


async def _follow(url: str, ours: str, seconds: float) -> str:
    origin = urlsplit(url)[:2]
    for _ in range(_HOPS):
        status, headers = await _head(url, seconds)
        if refuses(headers, ours):
            return "refused"
        if status not in {301, 302, 303, 307, 308}:
            return ""
        url = urljoin(url, headers.get("Location", ""))
        if urlsplit(url)[:2] != origin:
            return "moved"  # the policy of our page admits the one origin that the tab names
    return "away"


async def _head(url: str, seconds: float) -> tuple[int, HTTPHeaders]:
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    target = Outside(parts.hostname or "", parts.port or (443 if tls else 80), tls)
    exchange = await Exchange.open(target, seconds)
    head = _Head(exchange)
    try:
        asked = {"Host": parts.netloc, "Accept": "text/html", "Connection": "close"}
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        await exchange.send("GET", path, HTTPHeaders(asked))
        exchange.end_body()
        await exchange.answer(head)
    finally:
        exchange.close()
    if head.found is None:
        raise StreamClosedError()
    return head.found


class Framing(Door):
    """Tells a page whether a tab can be shown; only what the workshop lists is ever asked."""

    def initialize(  # type: ignore[override]  # Tornado hands over each route's own keywords
        self, gate: Gate, workshop: Workshop, known: dict[str, str]
    ) -> None:
        """Called by Tornado with what the routes hand over."""
        super().initialize(gate)
        self._workshop = workshop
        self._known = known

    async def get(self) -> None:
        """Why not, as JSON; an answer is kept for as long as the dashboard runs."""
        url = self._workshop.outside(self.get_query_argument("tab", ""))
        if not url:
            raise Refusal(problems.NOT_FOUND)
        why = self._known.get(url)
        if why is None:
            why = await verdict(url, self.gate.address.origin, self.gate.settings.limits.outside)
            if why != "away":
                self._known[url] = why
        self.finish({"why": why})
