"""Coming in and going out: the hub's callback, the preview's link, logout, who am I."""

import contextlib

from dashboard.gateway import problems, xsrf
from dashboard.gateway.door import Door
from dashboard.gateway.login.visitor import (
    HubAwayError,
    HubRefusedError,
    NotAllowedError,
    NotLoggedInError,
)
from dashboard.gateway.login.way import BadStateError
from dashboard.gateway.refusals import Refusal


class Callback(Door):
    """Where the hub sends a browser back to, with a code for us."""

    needs_login = False
    again_helps = False

    async def get(self) -> None:
        """Log the browser in and send it where it wanted to go."""
        state = self.get_query_argument("state", "")
        code = self.get_query_argument("code", "")
        if not state or not code:
            raise Refusal(problems.LOGIN_BROKEN)
        await self.enter(state, code)

    async def enter(self, state: str, code: str) -> None:
        """Finish a login; every way it can fail is a page with a way on."""
        try:
            step = await self.gate.login.finish(self.request.headers, state, code)
        except (BadStateError, HubRefusedError, NotLoggedInError) as error:
            raise Refusal(problems.LOGIN_BROKEN) from error
        except NotAllowedError as error:
            raise Refusal(problems.NOT_ALLOWED) from error
        except HubAwayError as error:
            raise Refusal(problems.HUB_AWAY) from error
        self.go(step)


class PreviewLink(Callback):
    """The link an author's preview prints: its key becomes a cookie and leaves the address."""

    async def get(self) -> None:
        """Let the author's browser in, once."""
        with contextlib.suppress(NotLoggedInError):
            # Their own browser's history leads here too.
            await self.gate.login.identify(self.request.headers)
            self.redirect(self.gate.address.prefix)
            return
        try:
            await self.enter("", self.get_query_argument("key"))
        except Refusal as refusal:
            raise Refusal(problems.LINK_USED) from refusal


class Logout(Door):
    """Ends a login here, then at the hub."""

    def post(self) -> None:
        """Forget the login, close what was opened under it, and go on to the hub's logout."""
        content_type = self.request.headers.get("Content-Type", "")
        given = self.request.headers.get(xsrf.HEADER, "")
        self.check_xsrf(given or xsrf.field_of(content_type, self.request.body))
        self.add_header("Set-Cookie", self.gate.login.end(self.visit))
        self.gate.live.end_login(self.visit)
        hub = self.gate.settings.hub_url
        onward = f"{hub}logout" if hub else self.gate.address.prefix
        if self.fetch.shows_page:
            self.redirect(onward, status=303)
        else:
            # A script cannot follow a redirect to the hub's origin; it goes there by itself.
            self.finish({"next": onward})


class WhoAmI(Door):
    """Tells a page's scripts whose login they run under."""

    def get(self) -> None:
        """The visitor, as JSON; its owner hears too how long the token of the shells is good."""
        visitor, own = self.visit.visitor, self.gate.own_token
        told: dict[str, object] = {"user": visitor.name, "admin": visitor.admin}
        if own is not None and visitor.name == self.gate.settings.user:
            told["token"] = {"left": own.left, "due": own.is_due}
        self.finish(told)


class Active(Door):
    """Hears that a person does something in a page that is not ours, and so is not heard of."""

    def post(self) -> None:
        """Count it as activity."""
        self.check_xsrf(self.request.headers.get(xsrf.HEADER, ""))
        self.gate.activity.note()
        self.set_status(204)


class Homeward(Door):
    """Paths just outside the session's own lead to it; nothing else is there."""

    needs_login = False

    def get(self) -> None:
        """Go to the dashboard from `/` and from the prefix without its slash."""
        prefix = self.gate.address.prefix
        if self.request.path not in {"/", prefix.rstrip("/")}:
            raise Refusal(problems.NOT_FOUND)
        self.redirect(prefix)
