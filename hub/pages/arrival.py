"""Where somebody goes who has just logged in: to their session, without another click."""

from typing import Any
from urllib.parse import quote

from jupyterhub.utils import url_path_join
from tornado import web

from hub.login.troubles import LoginTrouble
from hub.pages.page import Page


class ArrivalPage(Page):
    """A page that people leave logged in; their session starts before the next page."""

    async def prepare(self) -> None:
        """Refuse an address that cannot be gone on to before anything is made of it."""
        if {"\r", "\n"} & set(self.get_argument("next", "")):
            raise web.HTTPError(400, "The address to go on to cannot be read.")
        await super().prepare()

    def wanted(self) -> str:
        """The address that the visitor wanted before they had to log in."""
        return str(self.get_argument("next", ""))

    async def arrive(self, user: Any) -> None:
        """Go on with somebody who has just logged in."""
        self._jupyterhub_user = user
        if self.wants_own_session(user):
            await self.go_to_session(user)
        elif self._has_no_aim():
            self.redirect(url_path_join(self.hub.base_url, "home"))
        else:
            self.redirect(self._validate_next_url(self.wanted()))

    def wants_own_session(self, user: Any) -> bool:
        """Whether the visitor is on the way to their own session, not to another page."""
        own = tuple(url_path_join(start, user.base_url) for start in ("/", self.hub.base_url))
        if self._aim().startswith(own):
            return True
        # Only admins start the session of somebody else; another comes from a page of a name that
        # was theirs.
        starts = self._aim().startswith(url_path_join(self.hub.base_url, "spawn/"))
        return (starts or self._has_no_aim()) and not user.admin

    async def go_to_session(self, user: Any) -> None:
        """Start the session and go to the page that shows how far it is."""
        next_url = self._validate_next_url(self.wanted())
        deep = "user/" in next_url
        if not user.active:
            try:
                # Started now, it is nearly there when the browser has the next page.
                await self.spawn_single_user(user)
            except web.HTTPError:
                self.log.info("No session for %s at once; the start page tries again", user.name)
        query = f"?next={quote(next_url, safe='')}" if deep else ""
        page = "spawn-pending" if user.spawner.pending else "spawn"
        self.redirect(url_path_join(self.hub.base_url, page, user.escaped_name) + query)

    async def show_trouble(self, trouble: LoginTrouble) -> None:
        """Say what happened: to the operator in the log, to the visitor with a way on."""
        log = self.log.error if trouble.status >= 500 else self.log.warning
        log("Login: %s", trouble.logged)
        self.set_status(trouble.status)
        heading, words = trouble.told
        again = url_path_join(self.hub.base_url, "login")
        await self.show("login_trouble.html", heading=heading, words=words, again=again)

    def _aim(self) -> str:
        return str(self._validate_next_url(self.wanted())).partition("?")[0]

    def _has_no_aim(self) -> bool:
        return self._aim().rstrip("/") in {"", self.hub.base_url.rstrip("/")}
