"""A real cluster behind the console: everything is asked with the console's own token."""

import asyncio
import ssl
from dataclasses import dataclass

import aiohttp
from aiohttp import WSMsgType, web

from tests.console_standin.kube import opened

#: What belongs to one connection or to the asker's own login, and is not handed on.
OWN = {"host", "connection", "upgrade", "authorization", "cookie", "origin", "accept-encoding"}


@dataclass
class ClusterKube:
    """The API of the cluster at `endpoint`, as the bearer of `given` sees it."""

    endpoint: str
    given: str
    authority: str

    async def answer(self, request: web.Request, path: str) -> web.StreamResponse:
        """What the cluster says, in one piece or by a WebSocket, whatever the client's login."""
        url = f"{self.endpoint}/{path.lstrip('/')}"
        if request.query_string:
            url += f"?{request.query_string}"
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in OWN and not name.lower().startswith("sec-websocket-")
        }
        headers["Authorization"] = f"Bearer {self.given}"
        tls = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=self.authority))
        async with aiohttp.ClientSession(connector=tls) as http:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._socket(request, http, url, headers)
            body = await request.read()
            asked = http.request(request.method, url, headers=headers, data=body)
            async with asked as answer:
                content = answer.headers.get("Content-Type", "text/plain")
                told = {"Content-Type": content}
                return web.Response(status=answer.status, body=await answer.read(), headers=told)

    async def _socket(
        self, request: web.Request, http: aiohttp.ClientSession, url: str, headers: dict[str, str]
    ) -> web.StreamResponse:
        protocol = request.headers.get("Sec-WebSocket-Protocol", "")
        protocols = [protocol] if protocol else []
        # The API refuses a socket that tells of no origin.
        asked = http.ws_connect(url, protocols=protocols, headers=headers, origin=self.endpoint)
        async with asked as there:
            here = await opened(request, protocol)
            assert here is not None
            told = asyncio.create_task(_pass(there, here))
            try:
                await _pass(here, there)
            finally:
                told.cancel()
        return here


Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _pass(source: Socket, target: Socket) -> None:
    async for message in source:
        if message.type is WSMsgType.TEXT:
            await target.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await target.send_bytes(message.data)
    await target.close()
