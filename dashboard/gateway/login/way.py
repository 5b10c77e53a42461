"""What every way to log in has in common; the door knows no more of any of them."""

from dataclasses import dataclass
from typing import Protocol

from tornado.httputil import HTTPHeaders

from dashboard.gateway.login.visitor import Visit
from dashboard.gateway.problems import Problem


class BadStateError(Exception):
    """A login that this browser did not begin, or ended already."""


@dataclass(frozen=True)
class Step:
    """Where a browser goes next in a login, and the cookies it takes along."""

    url: str
    cookies: tuple[str, ...]


class Login(Protocol):
    """A way to log in: at the hub, or by an author's link."""

    #: What a page says to who has not logged in.
    problem: Problem

    async def identify(self, headers: HTTPHeaders) -> Visit:
        """The visit these headers stand for; NotLoggedInError and its kin otherwise."""

    async def still_allowed(self, visit: Visit) -> bool:
        """Whether the visit may go on."""

    async def begin(self, headers: HTTPHeaders, next_path: str) -> Step:
        """Where to send a browser that must log in first."""

    async def finish(self, headers: HTTPHeaders, state: str, code: str) -> Step:
        """End a login that began here; BadStateError for one that did not."""

    def end(self, visit: Visit) -> str:
        """Forget a login; a Set-Cookie value."""
