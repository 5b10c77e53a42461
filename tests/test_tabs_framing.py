"""Whether a page of others can be shown in a tab: what its headers say, and asking it once."""

import contextlib
import socket
import ssl
from pathlib import Path

import pytest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from dashboard.gateway.framable import refuses
from dashboard.gateway.outside import verdict
from tests.gateway_fixtures import PREFIX, running_gateway, running_hub
from tests.openshift.authority import Authority

OURS = "https://ada.workshop.example"


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        pytest.param([], False, id="nothing"),
        pytest.param([("X-Frame-Options", "DENY")], True, id="deny"),
        pytest.param([("X-Frame-Options", "sameorigin")], True, id="sameorigin"),
        pytest.param([("X-Frame-Options", "ALLOW-FROM https://x")], False, id="forgotten"),
        pytest.param([("Content-Security-Policy", "frame-ancestors 'none'")], True, id="none"),
        pytest.param([("Content-Security-Policy", "frame-ancestors 'self'")], True, id="self"),
        pytest.param([("Content-Security-Policy", "frame-ancestors")], True, id="empty"),
        pytest.param([("Content-Security-Policy", "script-src 'self'")], False, id="other"),
        pytest.param(
            [("Content-Security-Policy-Report-Only", "frame-ancestors 'none'")], False, id="report"
        ),
        pytest.param([("Content-Security-Policy", "frame-ancestors *")], False, id="all"),
        pytest.param([("Content-Security-Policy", "frame-ancestors https:")], False, id="scheme"),
        pytest.param(
            [("Content-Security-Policy", f"x; frame-ancestors 'self' {OURS}")], False, id="ours"
        ),
        pytest.param(
            [("Content-Security-Policy", "frame-ancestors *.workshop.example")], False, id="wild"
        ),
        pytest.param(
            [("Content-Security-Policy", "frame-ancestors workshop.example")], True, id="parent"
        ),
        pytest.param([("Content-Security-Policy", f"frame-ancestors {OURS}:8")], True, id="port"),
        pytest.param(
            [("Content-Security-Policy", "frame-ancestors *, frame-ancestors 'none'")],
            True,
            id="two-in-one",
        ),
        pytest.param(
            [("X-Frame-Options", "DENY"), ("Content-Security-Policy", "frame-ancestors *")],
            False,
            id="newer-wins",
        ),
    ],
)
def test_headers(headers: list[tuple[str, str]], refused: bool) -> None:
    """The headers are read as browsers read them."""
    found = HTTPHeaders()
    for name, value in headers:
        found.add(name, value)

    assert refuses(found, OURS) is refused


class _Page(RequestHandler):
    asked: list[str] = []

    def get(self, path: str) -> None:
        self.asked.append(path)
        if path == "deny":
            self.set_header("X-Frame-Options", "DENY")
        elif path == "on":
            self.redirect("/deny")
        elif path == "away":
            self.redirect("https://elsewhere.example/")
        elif path == "round":
            self.redirect("/round")
        elif path == "huge":
            self.set_header("Content-Length", str(1 << 40))
            self.write(b"x")


@contextlib.asynccontextmanager
async def running_site(tls: ssl.SSLContext | None = None):
    """A site of others on a free port."""
    _Page.asked = []
    server = HTTPServer(Application([("/(.*)", _Page)]), ssl_options=tls)
    [listening] = bind_sockets(0, "127.0.0.1", family=socket.AF_INET)
    server.add_socket(listening)
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.stop()
        await server.close_all_connections()


@pytest.mark.parametrize(
    ("path", "why"),
    [("ok", ""), ("deny", "refused"), ("on", "refused"), ("away", "moved"), ("round", "away")],
)
async def test_what_a_page_answers(path: str, why: str) -> None:
    """A page is followed where it leads, as far as our policy would let a frame follow."""
    async with running_site() as site:
        assert await verdict(f"{site}/{path}", "http://ada.example", 3) == why


async def test_pages_that_cannot_be_asked() -> None:
    """One without a secure address is not asked by a secure page; nobody at home is no refusal."""
    async with running_site() as site:
        assert await verdict(f"{site}/ok", OURS, 3) == "mixed"
    assert await verdict(f"{site}/ok", "http://ada.example", 3) == "away"


async def test_a_certificate_nobody_trusts(tmp_path: Path) -> None:
    """What a browser would warn of is said, not shown as an empty frame."""
    authority = Authority.made(tmp_path)
    async with running_site(authority.serving()) as site:
        assert await verdict(f"{site}/ok", OURS, 3) == "certificate"


async def test_only_tabs_are_asked_and_once(tmp_path: Path) -> None:
    """The gateway asks what the workshop lists, keeps the answer, and nobody else may ask."""
    async with running_site() as site, running_hub() as hub, running_gateway(tmp_path, hub) as door:
        door.workshop.addresses = {"docs": f"{site}/deny"}
        stranger = await door.ask(f"{PREFIX}api/framing?tab=docs")
        await door.log_in()
        answers = [await door.ask(f"{PREFIX}api/framing?tab=docs") for _ in range(2)]
        other = await door.ask(f"{PREFIX}api/framing?tab={site}")

    assert stranger.status == 401
    assert [answer.json() for answer in answers] == [{"why": "refused"}] * 2
    assert other.status == 404
    assert _Page.asked == ["deny"]
