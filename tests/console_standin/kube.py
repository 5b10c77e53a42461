"""A cluster in memory behind the console, as an account that may edit one namespace sees it."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

LOG, EXEC = "base64.binary.k8s.io", "base64.channel.k8s.io"
GOOD = "good-token"


@dataclass
class Kube:
    """Pods of one namespace; `given` is the bearer token that the console was started with."""

    namespace: str
    given: str = GOOD
    pods: list[str] = field(default_factory=lambda: ["web"])
    watchers: set[web.WebSocketResponse] = field(default_factory=set)
    typed: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request, path: str) -> web.StreamResponse:
        """What the cluster says to the account; the client's own credentials never count."""
        if self.given != GOOD:
            return refusal(401, "Unauthorized")
        parts = path.strip("/").split("/")
        if parts[:4] != ["api", "v1", "namespaces", self.namespace] or len(parts) == 4:
            return refusal(403, f"{path} is forbidden")
        match parts[4:]:
            case ["pods"]:
                return await self._pods(request)
            case ["pods", name] if name in self.pods:
                return await self._pod(request, name)
            case ["pods", name, "log"] if name in self.pods:
                return await self._log(request, name)
            case ["pods", name, "exec"] if name in self.pods:
                return await self._exec(request, name)
        return refusal(404, f"{path} not found")

    async def tell(self, kind: str, name: str) -> None:
        """Let those who watch know of a change."""
        for socket in list(self.watchers):
            await socket.send_str(json.dumps({"type": kind, "object": pod(name)}))

    async def _pods(self, request: web.Request) -> web.StreamResponse:
        if request.method == "POST":
            name = (await request.json())["metadata"]["name"]
            self.pods.append(name)
            await self.tell("ADDED", name)
            return web.json_response(pod(name), status=201)
        if request.query.get("watch") == "true":
            return await self._watch(request)
        listed = {"kind": "PodList", "metadata": {"resourceVersion": "1"}}
        return web.json_response(listed | {"items": [pod(name) for name in self.pods]})

    async def _pod(self, request: web.Request, name: str) -> web.StreamResponse:
        if request.method == "DELETE":
            self.pods.remove(name)
            await self.tell("DELETED", name)
        return web.json_response(pod(name))

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        socket = await opened(request, "")
        if socket is None:
            return refusal(400, "a watch is a WebSocket here")
        self.watchers.add(socket)
        try:
            async for _ in socket:
                """Nothing is said by those who watch."""
        finally:
            self.watchers.discard(socket)
        return socket

    async def _log(self, request: web.Request, name: str) -> web.StreamResponse:
        if "Upgrade" not in request.headers:
            stream = web.StreamResponse()
            stream.content_type = "text/plain"
            await stream.prepare(request)
            for number in range(1000):
                await stream.write(f"{name} says {number:0100d}\n".encode())
            await stream.write_eof()
            return stream
        socket = await opened(request, LOG)
        if socket is None:
            return refusal(400, f"a log needs the subprotocol {LOG}")
        await socket.send_str(base64.b64encode(f"{name} says hello\n".encode()).decode())
        async for _ in socket:
            """Nothing is said by those who read a log."""
        return socket

    async def _exec(self, request: web.Request, name: str) -> web.StreamResponse:
        socket = await opened(request, EXEC)
        if socket is None:
            return refusal(400, f"exec needs the subprotocol {EXEC}")
        await socket.send_str("1" + base64.b64encode(b"sh-5.1$ ").decode())
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data.startswith("0"):
                text = base64.b64decode(message.data[1:]).decode()
                self.typed.append(text)
                await socket.send_str("1" + base64.b64encode(text.encode()).decode())
        return socket


async def opened(request: web.Request, protocol: str) -> web.WebSocketResponse | None:
    """The WebSocket, whatever its Origin and with no cookie at all; None without the protocol."""
    asked = request.headers.get("Sec-WebSocket-Protocol", "").replace(" ", "").split(",")
    if request.headers.get("Upgrade", "").lower() != "websocket" or (
        protocol and protocol not in asked
    ):
        return None
    socket = web.WebSocketResponse(protocols=[protocol] if protocol else [], heartbeat=30)
    await socket.prepare(request)
    return socket


def pod(name: str) -> dict[str, Any]:
    """A pod, as far as the page looks at it."""
    return {"kind": "Pod", "metadata": {"name": name}}


def refusal(status: int, words: str) -> web.Response:
    """A refusal as the cluster puts it."""
    return web.json_response({"kind": "Status", "code": status, "message": words}, status=status)
