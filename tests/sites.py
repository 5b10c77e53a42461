"""A web site that is not ours, and remembers how it was asked."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """Its address, and the path and headers of each request so far."""

    url: str
    #: Sent with the answer of a path, and what every page is.
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    page: str = "<title>elsewhere</title>"
    visits: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextlib.contextmanager
def foreign_site() -> Iterator[Site]:
    """A site on loopback under an address that is no host of the product's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.visits.append((self.path, dict(self.headers)))
            self.send_response(200)
            more = site.headers.get(self.path, {})
            for name, value in {"Content-Type": "text/html", **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(site.page.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(f"http://elsewhere.localhost:{server.server_address[1]}/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
