"""The dashboard's login at the origin of a program: a ticket becomes a cookie there."""

from dataclasses import replace

from tornado.httputil import HTTPHeaders

from dashboard.gateway.address import Address
from dashboard.gateway.cookies import Jar
from dashboard.gateway.login.hub_login import HubLogin, session_id_of
from dashboard.gateway.login.seals import Seal
from dashboard.gateway.login.visitor import Visit
from dashboard.gateway.login.way import BadStateError, Step
from dashboard.gateway.origins.place import Place
from dashboard.gateway.origins.tickets import Tickets
from dashboard.gateway.problems import LOGIN
from dashboard.settings import Settings


class OriginLogin:
    """Lasts as long as the login at the dashboard that it came from, and is good at one origin."""

    problem = LOGIN

    def __init__(
        self, settings: Settings, dashboard: HubLogin, jar: Jar, place: Place, tickets: Tickets
    ) -> None:
        self._dashboard = dashboard
        self._jar = replace(jar, prefix="/")
        self._place = place
        self._tickets = tickets
        home = Address(settings.origin, settings.prefix)
        self._origin = place.address(home).origin
        self._way = home.origin + home.prefix + place.path
        purpose = f"login at {place.label}"
        self._seal = Seal(settings.api_token, purpose, settings.limits.login_age)

    async def identify(self, headers: HTTPHeaders) -> Visit:
        """The visit these headers stand for; what a program calls authorization is not for us."""
        return await self._dashboard.by_cookie(headers.get("Cookie", ""), self._jar, self._seal)

    async def still_allowed(self, visit: Visit) -> bool:
        """Whether the dashboard would let the visit go on."""
        return await self._dashboard.still_allowed(visit)

    async def begin(self, headers: HTTPHeaders, next_path: str) -> Step:
        """Send the browser to the dashboard, which knows it or asks it to log in."""
        return Step(self._way + next_path.removeprefix("/"), ())

    async def finish(self, headers: HTTPHeaders, state: str, code: str) -> Step:
        """Turn a ticket into the cookie; BadStateError for one that is not good here, or now."""
        ticket = self._tickets.redeem(code, self._place)
        if ticket is None:
            raise BadStateError("this ticket is not good here, or not any more")
        visit = ticket.visit
        # A worker of the program's sees what is posted to its origin, but not the hub's cookie.
        if session_id_of(headers.get("Cookie", "")) != visit.credential.session_id:
            raise BadStateError("this ticket was given to another browser")
        sealed = self._seal.close({"token": visit.credential.token, "login": visit.login})
        return Step(self._origin + ticket.path, (self._jar.set(self._jar.login, sealed),))

    def end(self, visit: Visit) -> str:
        """Forget the login, here and at the dashboard."""
        self._dashboard.end(visit)
        return self._jar.clear(self._jar.login)
