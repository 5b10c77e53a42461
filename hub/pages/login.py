"""The login page: name, class password, and a code when the name is taken."""

from typing import Any
from urllib.parse import quote

from jupyterhub.handlers.login import LoginHandler
from jupyterhub.utils import url_path_join
from tornado import web

from hub.pages.page import Page

#: A login is a few short fields; what is longer is not one.
LARGEST_BODY = 8192


class LoginPage(Page, LoginHandler):  # type: ignore[misc] # untyped
    """Asks for name and password; whoever gets in has a session starting before the next page."""

    #: Why the authenticator said no; it is set there.
    refusal: Any = None

    async def prepare(self) -> None:
        """Refuse what is too large or cannot be gone on to before anything is made of it."""
        if len(self.request.body) > LARGEST_BODY:
            self.request.body_arguments.clear()
            self.request.arguments.clear()
            raise web.HTTPError(413, "That is too long for a name and a password.")
        if {"\r", "\n"} & set(self.get_argument("next", "")):
            raise web.HTTPError(400, "The address to go on to cannot be read.")
        await super().prepare()

    async def get(self) -> None:
        """Show the form, or go on when already logged in."""
        if self.redirect_to_our_host():
            return
        user = self.current_user
        if user and self._wants_own_session(user):
            self.set_login_cookie(user)
            await self._go_to_session(user)
            return
        self.set_header("Cache-Control", "no-store")
        await super().get()

    async def post(self) -> None:
        """Log in, and start the session at once."""
        user = await self.login_user(self._fields())
        if user is None:
            await self._refuse()
            return
        self._jupyterhub_user = user
        if self._wants_own_session(user):
            await self._go_to_session(user)
        elif self._has_no_aim():
            self.redirect(url_path_join(self.hub.base_url, "home"))
        else:
            self.redirect(self.get_next_url(user))

    def _fields(self) -> dict[str, str]:
        return {
            "username": self.get_body_argument("username", "", strip=True),
            "password": self.get_body_argument("password", "", strip=False),
            "code": self.get_body_argument("code", "", strip=True),
        }

    async def _refuse(self) -> None:
        refusal, fields = self.refusal, self._fields()
        if refusal is None:
            raise web.HTTPError(403, "That name cannot be used here.")
        self.set_status(refusal.status)
        if refusal.wait:
            self.set_header("Retry-After", str(refusal.wait))
        self.set_header("Cache-Control", "no-store")
        # The password goes back only to who knew it, so that a code is all they have to add.
        html = await self._render(
            login_error=refusal.words,
            username=fields["username"][:64],
            asks_code=refusal.asks_code,
            password=fields["password"] if refusal.asks_code else "",
        )
        self.finish(html)

    def _wants_own_session(self, user: Any) -> bool:
        """Whether the visitor is on the way to their own session, not to another page."""
        own = tuple(url_path_join(start, user.base_url) for start in ("/", self.hub.base_url))
        return self._aim().startswith(own) or (self._has_no_aim() and not user.admin)

    def _aim(self) -> str:
        return str(self._validate_next_url(self.get_argument("next", ""))).partition("?")[0]

    def _has_no_aim(self) -> bool:
        return self._aim().rstrip("/") in {"", self.hub.base_url.rstrip("/")}

    async def _go_to_session(self, user: Any) -> None:
        next_url = self._validate_next_url(self.get_argument("next", ""))
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
