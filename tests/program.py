"""A program that an attendee might start: `python -m tests.program PORT [ADDRESS [CERT KEY]]`."""

import asyncio
import hashlib
import json
import sys

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler, stream_request_body
from tornado.websocket import WebSocketHandler


class Headers(RequestHandler):
    """What it was asked, and answers that would reach too far."""

    def get(self, path: str) -> None:
        """The request's headers; `path` says what else is sent."""
        if path == "away":
            self.redirect(f"{self.request.protocol}://{self.request.host}/there?x=1")
        elif path == "cookies":
            self.add_header("Set-Cookie", "mine=1; Path=/; HttpOnly")
            self.add_header("Set-Cookie", "wide=1; Path=/deep; Domain=workshop.test")
            for name in self.get_query_arguments("name"):
                self.add_header("Set-Cookie", f"{name}=forged; Path=/")
        elif path == "framing":
            self.set_header("X-Frame-Options", "DENY")
            policy = "script-src 'self'; frame-ancestors 'none'"
            self.set_header("Content-Security-Policy", policy)
        elif path == "headers":
            self.set_header("X-Large", "x" * int(self.get_query_argument("size")))
        self.finish(json.dumps({"path": self.request.uri, **self.request.headers}))


class Page(RequestHandler):
    """A page with a script, as small programs have."""

    def get(self) -> None:
        """Says hello, and what its own WebSocket says."""
        self.finish(
            """<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1><p id="said"></p>
            <script>
              const at = new URL("ws", location.href);
              at.protocol = at.protocol.replace("http", "ws");
              const socket = new WebSocket(at);
              socket.onopen = () => socket.send("open");
              const said = document.querySelector("#said");
              socket.onmessage = ({data}) => { said.textContent = data; };
            </script></html>"""
        )


class Editor(RequestHandler):
    """A page that keeps all keys for itself, with one more in a frame of its own."""

    def get(self, path: str) -> None:
        """What was typed, and the keys that it heard."""
        if path == "/strict":
            self.set_header("Content-Security-Policy", "script-src 'nonce-x'")
        frame = "" if path else '<iframe title="Preview" src="editor/inner"></iframe>'
        self.finish(
            f"""<!doctype html><html lang="en"><head><title>Editor</title></head><body>
            <textarea aria-label="Text"></textarea><p id="keys"></p>{frame}
            <a href="editor/there">Elsewhere</a>
            <a href="given?body=%3Ch1%3EMine&Content-Type=text/html" download="mine">Mine</a>
            <script nonce="x">
              document.querySelector("#keys").dataset.scripts = document.scripts.length;
              document.querySelector("textarea").onkeydown = (event) => {{
                event.preventDefault();
                event.stopPropagation();
                document.querySelector("#keys").textContent += event.key + " ";
              }};
            </script></body></html>"""
        )


class Given(RequestHandler):
    """What the query says, in one block or in many."""

    async def get(self) -> None:
        """Its `body`, with its `status`; all else is a header."""
        told = {name: self.get_query_argument(name, strip=False) for name in self.request.arguments}
        body, size = told.pop("body", "").encode(), int(told.pop("size", 1 << 20))
        self.set_status(int(told.pop("status", 200)))
        for name, value in told.items():
            self.set_header(name, value)
        self.set_header("X-Range", self.request.headers.get("Range", "none"))
        self.set_header("X-Encoding", self.request.headers.get("Accept-Encoding", "none"))
        for at in range(0, len(body), size):
            self.write(body[at : at + size])
            await self.flush()

    head = post = get

    def compute_etag(self) -> None:
        """None but what is told."""


class Events(RequestHandler):
    """Server-sent events, without an end."""

    async def get(self) -> None:
        """One after the other, each when the one before has gone, as the `type` that is told."""
        self.set_header("Content-Type", self.get_query_argument("type", "text/event-stream"))
        for number in range(1 << 30):
            self.write(f"data: {number}\n\n")
            await self.flush()
            await asyncio.sleep(0.05)


class Bytes(RequestHandler):
    """So many bytes, or none and no end."""

    async def get(self, count: str) -> None:
        """Blocks of zeros."""
        if count == "hang":
            await asyncio.Event().wait()
        block = b"\0" * 65536
        self.set_header("Content-Length", count)
        for _ in range(int(count) // len(block)):
            self.write(block)
            await self.flush()


@stream_request_body
class Upload(RequestHandler):
    """Says what it was sent, by its digest."""

    def prepare(self) -> None:
        """Anything will do."""
        self.request.connection.set_max_body_size(1 << 40)  # type: ignore[union-attr]
        self.digest = hashlib.sha256()

    def data_received(self, chunk: bytes) -> None:
        """Counted and let go."""
        self.digest.update(chunk)

    def post(self) -> None:
        """The digest."""
        self.finish(self.digest.hexdigest())


class Echo(WebSocketHandler):
    """Says what it hears; Tornado itself refuses an Origin that is not its Host."""

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """The last one offered."""
        return subprotocols[-1] if subprotocols else None

    def on_message(self, message: str | bytes) -> None:
        """Back it goes; `open` asks who has come."""
        if message == "open":
            message = json.dumps(dict(self.request.headers))
        self.write_message(message, binary=isinstance(message, bytes))


async def main(port: str, address: str = "127.0.0.1", cert: str = "", key: str = "") -> None:
    """Serve until killed."""
    application = Application(
        [
            ("/ws", Echo),
            ("/", Page),
            ("/editor(.*)", Editor),
            ("/given", Given),
            ("/events", Events),
            ("/upload", Upload),
            ("/bytes/(.*)", Bytes),
            ("/(.*)", Headers),
        ]
    )
    options = {"certfile": cert, "keyfile": key} if cert else None
    HTTPServer(application, ssl_options=options).listen(int(port), address)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
