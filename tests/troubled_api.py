"""A real proxy in front of a cluster's API, which has troubles while a test says so."""

import asyncio
import base64
import contextlib
import json
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web

from tests.cluster import Release
from tests.openshift.authority import Authority
from tests.openshift_cluster import address_here
from tests.recorder import equip

#: Has the client in the hub's pod trust the proxy, whose certificate is not of the cluster.
TRUST = """
from kubernetes_asyncio.config import incluster_config
incluster_config.SERVICE_CERT_FILENAME = "/equipment/ca.crt"
"""
#: Headers that are of one connection only.
HOPS = {"host", "connection", "transfer-encoding", "content-length", "content-encoding"}


@dataclass
class TroubledApi:
    """Passes requests on, but for those that are to have trouble."""

    upstream: str
    trust: ssl.SSLContext
    #: What is answered instead, to which requests (`METHOD path`), and how often; 0 is silence.
    status: int = 500
    hits: str = ""
    left: int = 0
    #: The requests that had trouble.
    met: list[str] = field(default_factory=list)

    def trouble(self, status: int, hits: str, times: int = 1 << 30) -> None:
        """From now on answer so; with `times` 0 no more."""
        self.status, self.hits, self.left = status, hits, times
        self.met.clear()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request of the hub's."""
        asked = f"{request.method} {request.path}"
        if not self.left or not re.search(self.hits, asked):
            return await self._passed_on(request)
        self.left -= 1
        self.met.append(asked)
        if not self.status:
            await asyncio.sleep(120)
        said = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "not now"}
        headers = {"Retry-After": "1"} if self.status == 429 else {}
        return web.json_response(said, status=self.status or 504, headers=headers)

    async def _passed_on(self, request: web.Request) -> web.StreamResponse:
        headers = {name: text for name, text in request.headers.items() if name.lower() not in HOPS}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as http,
            http.request(
                request.method,
                f"{self.upstream}{request.raw_path}",
                headers=headers | {"Accept-Encoding": "identity"},
                data=await request.read() or None,
                ssl=self.trust,
                timeout=aiohttp.ClientTimeout(),
            ) as found,
        ):
            told = {name: text for name, text in found.headers.items() if name.lower() not in HOPS}
            answer = web.StreamResponse(status=found.status, headers=told)
            await answer.prepare(request)
            async for piece in found.content.iter_any():
                await answer.write(piece)
            await answer.write_eof()
            return answer


@contextlib.contextmanager
def behind_troubles(release: Release, folder: Path) -> Iterator[TroubledApi]:
    """The hub of the release asks its cluster through the proxy, from a start of its own on."""
    config = release.cluster.kubectl("config", "view", "--raw", "--minify", "--flatten", "-ojson")
    cluster = json.loads(config)["clusters"][0]["cluster"]
    trust = ssl.create_default_context(
        cadata=base64.b64decode(cluster["certificate-authority-data"]).decode()
    )
    here = address_here(release.cluster)
    authority = Authority.made(folder / "troubles", here)
    api = TroubledApi(cluster["server"], trust)
    with _serving(api, here, authority) as port:
        files = {"ca.crt": authority.ca.read_text(), "sitecustomize.py": TRUST}
        place = {"KUBERNETES_SERVICE_HOST": here, "KUBERNETES_SERVICE_PORT": str(port)}
        equip(release, files, **place)
        yield api


@contextlib.contextmanager
def _serving(api: TroubledApi, here: str, authority: Authority) -> Iterator[int]:
    """Its port, while it serves in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    app = web.Application(client_max_size=1 << 24)
    app.router.add_route("*", "/{path:.*}", api.answer)
    runner = web.AppRunner(app, shutdown_timeout=1)

    async def begin() -> int:
        await runner.setup()
        await web.TCPSite(runner, here, 0, ssl_context=authority.serving()).start()
        return int(runner.addresses[0][1])

    try:
        yield asyncio.run_coroutine_threadsafe(begin(), loop).result(20)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()
