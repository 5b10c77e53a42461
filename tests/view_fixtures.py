"""The terminal view, a real terminal server, a wire between them that can be cut, a page around."""

import asyncio
import contextlib
import os
import re
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import Flask, Response, request
from playwright.sync_api import Browser, Page, expect

from dashboard.pages import files, terminals
from dashboard.pages.config import PagesConfig
from tests.waiting import settled, until

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "dashboard" / "pages"
PREFIX = "/user/ada/"
TERMINAL = f"{PREFIX}terminal/".encode()

#: The page around the view: shows it in a frame and keeps what it says.
HOST_PAGE = """<!doctype html><html lang="en"><title>Host</title>
<body style="margin:0"><main><h1 style="position:absolute;opacity:0">Host</h1>
<button id="outside">Outside</button>
<iframe title="Terminal" src="terminals/NAME" style="border:0;width:100%;height:560px"></iframe>
</main>
<script>
const frame = document.querySelector("iframe");
window.said = [];
addEventListener("message", ({data, origin, source}) => {
  if (origin === location.origin && source === frame.contentWindow) said.push(data);
});
window.ask = (message) =>
  frame.contentWindow.postMessage({kind: "workshop", ...message}, location.origin);
window.runs = (id) => said.filter((m) => m.type === "run" && m.id === id);
</script>"""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a test's output is its own."""


class _Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


def _app(state: "Wire") -> Flask:
    config = PagesConfig(
        workshop_dir=Path("/nonexistent"),
        prefix=PREFIX,
        user="ada",
        terminal_view="xterm",
        hub_url="",
        personal_code="",
        node_modules=ROOT / "node_modules",
        variables={},
    )
    app = Flask("view-test", root_path=str(PAGES), static_folder=None)
    files.init_app(app, config)
    for part in (files, terminals):
        app.register_blueprint(part.bp, url_prefix=PREFIX.rstrip("/"))

    @app.get(f"{PREFIX}api/session")
    def session() -> Response:
        return Response("{}", status=200 if state.logged_in else 401)

    @app.get(PREFIX)
    def host() -> Response:
        name = request.args.get("terminal", "1")
        return Response(HOST_PAGE.replace("NAME", name), mimetype="text/html")

    return app


@dataclass
class Wire:
    """What lies between browser and terminal server, byte for byte, and can fail."""

    terminal_socket: str
    port: int = 0
    logged_in: bool = True
    #: While down, a new connection to the terminal is refused with a status.
    down: bool = False
    upgrades: int = 0
    _pairs: set[asyncio.StreamWriter] = field(default_factory=set)
    _frozen: set[asyncio.StreamWriter] = field(default_factory=set)
    #: The loop itself would let a connection's task be collected while it waits.
    _tasks: set[asyncio.Task[Any] | None] = field(default_factory=set)
    _pages: int = 0
    _loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        """The address of the page around the view."""
        return f"http://127.0.0.1:{self.port}{PREFIX}"

    def cut(self) -> None:
        """Break every connection to the terminal without a word of goodbye."""
        assert self._loop is not None

        def abort_all() -> None:
            for writer in self._pairs:
                writer.transport.abort()

        self._loop.call_soon_threadsafe(abort_all)

    def freeze(self) -> None:
        """Swallow from now on what the connections that stand would carry; nothing is closed."""
        self._frozen |= self._pairs

    async def serve(self, pages: int, ready: Callable[[], None]) -> None:
        """Listen until cancelled."""
        self._pages = pages
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        async with server:
            await server.serve_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(task := asyncio.current_task())
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                head = await reader.readuntil(b"\r\n\r\n")
                if head.split(b" ", 2)[1].startswith(TERMINAL):
                    await self._terminal(head, reader, writer)
                else:
                    await self._page(head, reader, writer)
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _page(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head)
        back_reader, back = await asyncio.open_connection("127.0.0.1", self._pages)
        back.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        await self._copy(back_reader, writer)
        back.close()

    async def _terminal(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.upgrades += 1
        if self.down or not self.logged_in:
            status = b"502 Bad Gateway" if self.logged_in else b"401 Unauthorized"
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
            return
        back_reader, back = await asyncio.open_unix_connection(self.terminal_socket)
        back.write(head.replace(TERMINAL, b"/", 1))
        self._pairs |= {writer, back}
        await asyncio.gather(self._copy(reader, back), self._copy(back_reader, writer))
        self._pairs -= {writer, back}

    async def _copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError):
                while data := await source.read(65536):
                    if sink not in self._frozen:
                        sink.write(data)
                        await sink.drain()
        finally:
            sink.close()


@dataclass
class TerminalServer:
    """The real terminal server as a process."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> str:
        """Where it listens."""
        return str(self.folder / "run" / "terminal.sock")

    @property
    def home(self) -> Path:
        """The home of its shells."""
        return self.folder / "home"

    def start(self) -> None:
        """Start and wait until it accepts."""
        self.home.mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)
        program = str(ROOT / "terminal-image" / "terminal.py")
        command = [sys.executable, program, "--socket", self.socket, "--home", str(self.home)]
        command += ["--max-sessions", "64"]
        self.process = subprocess.Popen(command)
        until(self._accepts, what="the terminal server")

    def stop(self, *, kill: bool = False) -> None:
        """End it, its shells with it."""
        assert self.process is not None
        (self.process.kill if kill else self.process.terminate)()
        self.process.wait(10)

    def _accepts(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(self.socket)
            return True
        return False


@dataclass
class Stage:
    """All that a test of the view needs."""

    wire: Wire
    server: TerminalServer
    browser: Browser

    @contextlib.contextmanager
    def view(self, name: str, **context: Any) -> Iterator["View"]:
        """A browser of its own showing the terminal in a window, its prompt there."""
        with self.browser.new_context(**context) as own:
            view = View(own.new_page(), f"{self.wire.url}terminals/{name}")
            view.page.goto(view.url)
            view.prompt()
            yield view
            assert view.errors == []

    @contextlib.contextmanager
    def framed(self, name: str, **context: Any) -> Iterator["View"]:
        """The terminal in a frame of a page that listens to it."""
        with self.browser.new_context(**context) as own:
            view = View(own.new_page(), f"{self.wire.url}?terminal={name}")
            view.page.goto(view.url)
            view.prompt()
            yield view
            assert view.errors == []


@dataclass
class View:
    """One browser page that shows a terminal, and what a person does there."""

    page: Page
    url: str
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    @property
    def framed(self) -> bool:
        """Whether the terminal is in a frame of the page."""
        return "/terminals/" not in self.url

    def find(self, selector: str) -> Any:
        """An element of the terminal's own page."""
        if self.framed:
            return self.page.frame_locator("iframe").locator(selector)
        return self.page.locator(selector)

    def text(self) -> str:
        """What stands on the screen, as drawn."""
        rows: list[str] = self.find(".xterm-rows > div").all_text_contents()
        return "\n".join(row.replace("\xa0", " ").rstrip() for row in rows).rstrip()

    def prompt(self) -> None:
        """Wait until the last line is a prompt."""
        end = time.monotonic() + 20
        while not re.search(r"[#$]$", seen := self.text()):
            assert time.monotonic() < end, f"no prompt:\n{seen}"
            self.page.wait_for_timeout(20)

    def shows(self, text: str, limit: float = 20) -> str:
        """The screen once it shows the text."""
        end = time.monotonic() + limit
        while text not in (seen := self.text()):
            assert time.monotonic() < end, f"no {text!r} in {limit} s:\n{seen}"
            self.page.wait_for_timeout(20)
        return seen

    def type(self, text: str) -> None:
        """Type as a person does, Enter for each line's end."""
        self.find(".xterm-helper-textarea").focus()
        for number, line in enumerate(text.split("\n")):
            if number:
                self.page.keyboard.press("Enter")
            self.page.keyboard.type(line)

    def notice(self, words: str, limit: float = 20) -> None:
        """Wait until the line at the foot says so."""
        expect(self.find(".notice")).to_contain_text(words, timeout=limit * 1000)

    def ask(self, **message: Any) -> None:
        """Send a message of the page to the view."""
        self.page.evaluate("(message) => ask(message)", message)

    def said(self, kind: str) -> list[dict[str, Any]]:
        """What the view has told the page, of one type."""
        return self.page.evaluate("(kind) => said.filter((m) => m.type === kind)", kind)

    def run(self, identity: str, text: str, **more: Any) -> None:
        """Have the view run a block of the notes."""
        self.ask(type="run", id=identity, text=text, **more)

    def becomes(self, identity: str, state: str, limit: float = 20) -> dict[str, Any]:
        """The run's message with that state, once it is the last."""
        end = time.monotonic() + limit
        while True:
            runs = self.page.evaluate("(id) => runs(id)", identity)
            if runs and runs[-1]["state"] == state:
                return dict(runs[-1])
            assert time.monotonic() < end, f"{identity} never {state}: {runs}\n{self.text()}"
            self.page.wait_for_timeout(20)


@contextlib.contextmanager
def _thread(serve: Callable[[Callable[[], None]], Coroutine[Any, Any, None]]) -> Iterator[None]:
    ready = threading.Event()
    end: list[Callable[[], object]] = []

    async def main() -> None:
        task = asyncio.create_task(serve(ready.set))
        loop = asyncio.get_running_loop()
        end.append(lambda: loop.call_soon_threadsafe(task.cancel))
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await settled()

    thread = threading.Thread(target=asyncio.run, args=(main(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        end[0]()
        thread.join(10)


@contextlib.contextmanager
def stage(browser: Browser) -> Iterator[Stage]:
    """Terminal server, relay and pages, all real, for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="view") as folder:
        server = TerminalServer(Path(folder))
        server.start()
        wire = Wire(server.socket)
        pages = make_server("127.0.0.1", 0, _app(wire), _Threaded, _Quiet)
        threading.Thread(target=pages.serve_forever, args=(0.05,), daemon=True).start()
        try:
            with _thread(lambda ready: wire.serve(pages.server_port, ready)):
                yield Stage(wire, server, browser)
        finally:
            pages.shutdown()
            pages.server_close()
            server.stop()
