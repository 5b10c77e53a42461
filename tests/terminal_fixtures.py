"""A real terminal server on a unix socket, and a client that speaks protocol v1 to it."""

import asyncio
import base64
import importlib
import itertools
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.netutil import Resolver
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.waiting import until

IMAGE = Path(__file__).parent.parent / "terminal-image"
PATIENCE = 5.0
_names = itertools.count()


class _UnixResolver(Resolver):
    def initialize(self, path: str) -> None:  # type: ignore[override]
        self.path = path

    async def resolve(self, host: str, port: int, family: Any = 0) -> list[tuple[int, Any]]:
        return [(socket.AF_UNIX, self.path)]


@dataclass
class Server:
    """A running terminal server."""

    folder: Path
    process: "subprocess.Popen[bytes]"
    views: "list[View]" = field(default_factory=list)

    @property
    def socket(self) -> str:
        """Where it listens."""
        return str(self.folder / "run" / "socket")

    @property
    def home(self) -> Path:
        """The shells' home folder."""
        return self.folder / "home"

    @property
    def log(self) -> str:
        """Everything it has printed."""
        return (self.folder / "log").read_text()

    def request(self, path: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
        """One HTTP request on the socket: status, headers, body."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(PATIENCE)
            link.connect(self.socket)
            head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            link.sendall(f"{head}Content-Length: 0\r\n\r\n".encode())
            answer = b"".join(iter(lambda: link.recv(65536), b"")).decode("utf-8", "replace")
        head, _, body = answer.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        return int(first.split()[1]), headers, body

    async def connect(self, name: str, **options: Any) -> "View":
        """A WebSocket that has not said anything yet."""
        request = HTTPRequest(
            f"ws://terminal/ws/session/{name}", headers=options.pop("headers", {})
        )
        link = await websocket_connect(
            request,
            resolver=_UnixResolver(self.socket),
            subprotocols=["workshop.terminal.v1"],
            max_message_size=64 * 1024 * 1024,
            **options,
        )
        self.views.append(View(link))
        return self.views[-1]

    async def attach(self, name: str | None = None, **fields: Any) -> "View":
        """A view that has opened the terminal of that name (a fresh one unless given)."""
        view = await self.connect(name or f"t{next(_names)}")
        await view.open(**fields)
        return view

    def children(self) -> list[int]:
        """Process ids of its shells, zombies too."""
        return children_of(self.process.pid)

    def rss(self) -> int:
        """Resident memory in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(s.split()[1]) for s in status.splitlines() if s.startswith("VmRSS")) * 1024

    def stop(self) -> int:
        """End it as a supervisor would; its exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE)


def children_of(pid: int) -> list[int]:
    """Direct children of a process."""
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in tasks.read_text().split()]
    return found


@dataclass
class View:
    """A client: what it was told, what it saw, how far."""

    link: WebSocketClientConnection
    client: str = "view"
    events: list[dict[str, Any]] = field(default_factory=list)
    output: bytes = b""
    offset: int = 0
    opened: dict[str, Any] = field(default_factory=dict)
    reports: bool = True
    frames: int = 0
    over: bool = False
    _sent: int = 0
    _seen: int = 0

    async def open(self, **fields: Any) -> None:
        """Say `open` and wait for the answer."""
        self.client = fields.setdefault("client", f"c{next(_names)}")
        start = {"cmd": "open", "epoch": None, "after": 0, "view": "xterm", "cols": 80, "rows": 24}
        self.say(**{**start, **fields})
        await self.until(lambda: any(e["cmd"] in ("opened", "refused") for e in self.events))
        answers = [e for e in self.events if e["cmd"] == "opened"]
        if answers:
            self.opened = answers[0]
            self._sent = self.opened["acked"]

    def say(self, **message: Any) -> None:
        """Send one control message."""
        self.link.write_message(json.dumps(message))

    def type(self, text: str) -> None:
        """Send input, numbered, in the pieces the protocol allows."""
        for start in range(0, len(text), 32768):
            self._sent += 1
            self.say(cmd="input", n=self._sent, data=text[start : start + 32768])

    async def receive(self) -> bool:
        """Take one frame; False when the connection has closed."""
        message = None
        if not self.over:
            message = await asyncio.wait_for(self.link.read_message(), PATIENCE)
        if message is None:
            self.over = True
            return False
        if isinstance(message, str):
            self.events.append(json.loads(message))
            return True
        self.frames += 1
        self.offset = struct.unpack(">Q", message[:8])[0]
        self.output += message[8:]
        if self.reports and self.offset - self._seen >= 65536:
            self._seen = self.offset
            self.say(cmd="seen", offset=self.offset)
        return True

    async def until(self, condition: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Take frames until the condition holds."""
        async with asyncio.timeout(patience):
            while not condition():
                assert await self.receive(), f"closed {self.close} before the condition held"

    async def expect(self, text: str) -> None:
        """Take frames until the text has been shown."""
        await self.until(lambda: text.encode() in self.output)

    async def event(self, cmd: str, **fields: Any) -> dict[str, Any]:
        """Take frames until an event with these fields; that event."""

        def matching() -> list[dict[str, Any]]:
            return [
                e
                for e in self.events
                if e["cmd"] == cmd and all(e.get(k) == v for k, v in fields.items())
            ]

        await self.until(lambda: bool(matching()))
        return matching()[-1]

    async def prompt(self) -> None:
        """Wait for the shell's first prompt."""
        command = self.opened.get("command")
        if not command or command["state"] != "prompt":
            await self.event("command", state="prompt")

    async def run(self, line: str) -> dict[str, Any]:
        """Type a command; its `done` event."""
        count = len(self.events)
        self.type(line + "\r")

        def done() -> list[dict[str, Any]]:
            return [
                e for e in self.events[count:] if e["cmd"] == "command" and e["state"] == "done"
            ]

        await self.until(lambda: bool(done()))
        return done()[0]

    async def closed(self) -> int | None:
        """Take frames until the connection closes; the code."""
        while await self.receive():
            pass
        return self.link.close_code

    def leave(self) -> None:
        """Close the connection."""
        self.link.close()

    async def finish(self) -> None:
        """Close the connection and wait until it is closed."""
        self.reports = False
        self.leave()
        with suppress(TimeoutError):
            await self.closed()

    @property
    def close(self) -> tuple[int | None, str | None]:
        """How the connection was closed."""
        return self.link.close_code, self.link.close_reason

    def text(self) -> str:
        """All output so far."""
        return self.output.decode()


@contextmanager
def running_server(
    *arguments: str, prefix: tuple[str, ...] = (), folder: Path | None = None
) -> Iterator[Server]:
    """A terminal server that listens, ended afterwards."""
    own = folder or Path(tempfile.mkdtemp(prefix="wt-"))
    with (own / "log").open("ab") as log:
        environment = {**os.environ, "SECRET_TOKEN": "hunter2", "JUPYTERHUB_API_TOKEN": "hunter2"}
        command = [*prefix, sys.executable, str(IMAGE / "terminal.py"), *arguments]
        command += ["--socket", str(own / "run" / "socket"), "--home", str(own / "home")]
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    server = Server(own, process)
    try:
        until(lambda: answers(server), what="the terminal server", limit=PATIENCE)
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        if folder is None:
            shutil.rmtree(own, ignore_errors=True)


@asynccontextmanager
async def serving(*arguments: str, **options: Any) -> AsyncIterator[Server]:
    """A running server whose views are closed before it is ended."""
    with running_server(*arguments, **options) as server:
        try:
            yield server
        finally:
            for view in server.views:
                await view.finish()


def answers(server: Server) -> bool:
    """Whether the server answers on its socket."""
    assert server.process.poll() is None, server.log
    try:
        return server.request("/health")[0] == 200
    except OSError:
        return False


def nonce() -> str:
    """A word that occurs nowhere else."""
    return base64.b32encode(os.urandom(10)).decode().lower()


def part(name: str) -> ModuleType:
    """One of the terminal program's own modules, for tests of its pure parts."""
    sys.path.insert(0, str(IMAGE))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(IMAGE))
