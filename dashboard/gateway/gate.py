"""What every handler of the gateway is given."""

from dataclasses import dataclass
from typing import Protocol

from tornado.httputil import HTTPHeaders

from dashboard.gateway.activity import Activity
from dashboard.gateway.address import Address
from dashboard.gateway.cookies import Jar
from dashboard.gateway.login.hub_login import Step
from dashboard.gateway.login.visitor import Visit
from dashboard.gateway.relay.live import Live
from dashboard.settings import Settings


class Login(Protocol):
    """A way to log in: at the hub, or by an author's link."""

    async def identify(self, headers: HTTPHeaders) -> Visit:
        """The visit these headers stand for."""

    async def still_allowed(self, visit: Visit) -> bool:
        """Whether the visit may go on."""

    async def begin(self, headers: HTTPHeaders, next_path: str) -> Step:
        """Where to send a browser that must log in first."""

    async def finish(self, headers: HTTPHeaders, state: str, code: str) -> Step:
        """End a login that began here."""

    def end(self, visit: Visit) -> str:
        """Forget a login; a Set-Cookie value."""


@dataclass(frozen=True)
class Gate:
    """The parts that handlers share."""

    settings: Settings
    address: Address
    jar: Jar
    login: Login
    live: Live
    activity: Activity
    xsrf_key: bytes
