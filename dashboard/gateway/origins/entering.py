"""The way from the dashboard to the origin of a program.

The dashboard's page posts a ticket there, which is in no address and so in no history, log or
Referer. The answer sets the cookie and goes on by itself, so that what the program is asked comes
from its own origin. A tab's frame holds a page of the dashboard's, which alone may frame the origin
that it names: the dashboard's own page need not list origins that are not known yet.
"""

import re

from dashboard.gateway import problems, xsrf
from dashboard.gateway.door import Door
from dashboard.gateway.entrance import Callback
from dashboard.gateway.gate import Gate
from dashboard.gateway.login.visitor import HubAwayError, HubRefusedError, NoHostError
from dashboard.gateway.login.way import Step
from dashboard.gateway.origins.origins import Origins
from dashboard.gateway.origins.place import place_of
from dashboard.gateway.refusals import Refusal

#: The end of an address, which browsers tell no server; many programs have their pages there.
_FRAGMENT = re.compile("#[!-~]*")


class Entering(Door):
    """What the dashboard answers where without hosts of their own the programs would be."""

    in_tab = True

    def initialize(  # type: ignore[override]  # Tornado hands over each route's own keywords
        self, gate: Gate, origins: Origins
    ) -> None:
        """Called by Tornado with what the routes hand over."""
        super().initialize(gate)
        self._origins = origins

    async def get(self) -> None:
        """A page that goes on to the program, or where it is framed itself holds it in a frame."""
        home = self.gate.address
        place = place_of(self.request.path.removeprefix(home.prefix))
        if place is None or self.fetch.upgrade:
            raise Refusal(problems.NOT_FOUND)
        path = "/" + (self.request.uri or "").removeprefix(home.prefix + place.path)
        try:
            ticket = await self._origins.enter(place, self.visit, path)
        except NoHostError as error:
            raise Refusal(problems.no_host(str(error))) from error
        except (HubAwayError, HubRefusedError) as error:
            raise Refusal(problems.HUB_AWAY) from error
        there = place.address(home).origin
        # The Origin header, by which the other side knows us, is not sent under a stricter one.
        self.set_header("Referrer-Policy", "strict-origin")
        self.set_header(
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'self'; style-src 'self' {there}; img-src data:; "
            f"frame-src {there}; form-action {there}; base-uri 'none'; frame-ancestors 'self'",
        )
        page = self.application.settings["pages"].load("entering.html")
        told = {"there": there, "ticket": ticket, "base": home.prefix + place.path}
        self.finish(page.generate(prefix=home.prefix, **told))


class Entrance(Callback):
    """Takes the ticket at the program's origin, from the dashboard's own page only."""

    in_tab = True

    async def get(self) -> None:
        """Nothing to look at."""
        raise Refusal(problems.NOT_FOUND)

    async def post(self) -> None:
        """Log the browser in here."""
        if not self.gate.home.is_origin(self.request.headers.get("Origin", "")):
            raise Refusal(problems.FOREIGN)
        await self.enter("", self._field("ticket"))

    def go(self, step: Step) -> None:
        """Go on from here: after a redirect the program's page would count as asked from afar."""
        for cookie in step.cookies:
            self.add_header("Set-Cookie", cookie)
        self.set_header("Referrer-Policy", "no-referrer")
        policy = f"default-src 'none'; base-uri 'none'; frame-ancestors {self.gate.ancestors}"
        self.set_header("Content-Security-Policy", policy)
        page = self.application.settings["pages"].load("entered.html")
        fragment = self._field("fragment")
        known = fragment if _FRAGMENT.fullmatch(fragment) else ""
        self.finish(page.generate(address=step.url + known))

    def _field(self, name: str) -> str:
        form = self.request.headers.get("Content-Type", "")
        return xsrf.field_of(form, self.request.body, name)
