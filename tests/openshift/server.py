"""The stand-in as two servers, as a cluster has them: its API, and its OAuth server."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from tests.openshift.api import Api
from tests.openshift.authority import Authority
from tests.openshift.authorize import Authorize
from tests.openshift.clients import Clients
from tests.openshift.exchange import Exchange
from tests.openshift.grants import Grants
from tests.openshift.people import People
from tests.openshift.reviews import Reviews
from tests.openshift.sessions import Sessions

HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "no-cache, no-store, max-age=0, must-revalidate",
    "Pragma": "no-cache",
    "Expires": "0",
}


@dataclass
class OpenShift:
    """A running stand-in; tests change its people, clients and clock as they like."""

    authority: Authority
    people: People = field(default_factory=People)
    clients: Clients = field(default_factory=Clients)
    #: Seconds to be added to the time, so that tests need not wait.
    later: float = 0.0
    #: Addresses of the API and of the OAuth server.
    api_url: str = ""
    oauth_url: str = ""
    #: Lets both servers go away, as in an outage.
    stop: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.grants = Grants(lambda: time.monotonic() + self.later)
        self.sessions = Sessions(self.people)
        self.exchange = Exchange(self.clients, self.grants)
        self.reviews = Reviews(self.people, self.grants)

    def oauth(self) -> web.Application:
        """The OAuth server."""
        app = web.Application()
        authorize = Authorize(self.clients, self.sessions, self.grants)
        app.add_routes(self.sessions.routes() + authorize.routes() + self.exchange.routes())
        app.on_response_prepare.append(_add_headers)
        return app

    def api(self) -> web.Application:
        """The part of the API that logins need, and reviews of pods."""
        app = web.Application()
        app.add_routes(Api(self.people, self.grants, lambda: self.oauth_url).routes())
        app.add_routes(self.reviews.pods())
        return app

    def tokens(self) -> web.Application:
        """Reviews of tokens."""
        app = web.Application()
        app.add_routes(self.reviews.tokens())
        return app


async def _add_headers(request: web.Request, answer: web.StreamResponse) -> None:
    answer.headers.update(HEADERS)


async def _close(runner: web.AppRunner) -> None:
    """End a server; a browser that holds a connection open is not asked first."""
    for connection in runner.server.connections if runner.server else ():
        if connection.transport:
            connection.transport.abort()
    while runner.server and runner.server.connections:
        await asyncio.sleep(0.01)
    await runner.cleanup()


@contextlib.contextmanager
def running_openshift(
    folder: Path,
    address: str = "127.0.0.1",
    clients: Clients | None = None,
    webhook: str = "",
) -> Iterator[OpenShift]:
    """The stand-in on free ports of an address, in a thread, with an authority of its own.

    With `webhook` it answers reviews of tokens there, where a cluster's API server asks.
    """
    openshift = OpenShift(Authority.made(folder, address), clients=clients or Clients())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def call(step: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(step, loop).result(20)

    runners: list[web.AppRunner] = []

    async def serve(app: web.Application, host: str) -> str:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        runners.append(runner)
        context = openshift.authority.serving()
        await web.TCPSite(runner, address, 0, ssl_context=context).start()
        return f"https://{host}:{runner.addresses[0][1]}"

    async def start() -> None:
        loopback = address == "127.0.0.1"
        openshift.oauth_url = await serve(openshift.oauth(), "localhost" if loopback else address)
        openshift.api_url = await serve(openshift.api(), address)
        if webhook:
            runner = web.AppRunner(openshift.tokens(), access_log=None)
            await runner.setup()
            runners.append(runner)
            asked = urlsplit(webhook)
            await web.TCPSite(runner, asked.hostname, asked.port).start()

    async def end() -> None:
        while runners:
            await _close(runners.pop())

    openshift.stop = lambda: call(end())
    try:
        call(start())
        yield openshift
    finally:
        openshift.stop()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
