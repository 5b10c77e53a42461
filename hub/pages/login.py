"""The login page: name, class password, and a code when the name is taken."""

from typing import Any

from jupyterhub.handlers.login import LoginHandler
from tornado import web

from hub.login.troubles import LoginTrouble
from hub.pages.arrival import ArrivalPage

#: A login is a few short fields; what is longer is not one.
LARGEST_BODY = 8192


class LoginPage(ArrivalPage, LoginHandler):  # type: ignore[misc] # untyped
    """Asks for name and password; whoever gets in has a session starting before the next page."""

    #: Why the authenticator said no; it is set there.
    refusal: Any = None

    async def prepare(self) -> None:
        """Refuse what is too large or cannot be gone on to before anything is made of it."""
        if len(self.request.body) > LARGEST_BODY:
            self.request.body_arguments.clear()
            self.request.arguments.clear()
            raise web.HTTPError(413, "That is too long for a name and a password.")
        await super().prepare()

    async def get(self) -> None:
        """Show the form, or go on when already logged in."""
        if self.redirect_to_our_host():
            return
        user = self.current_user
        if user and self.wants_own_session(user):
            self.set_login_cookie(user)
            await self.go_to_session(user)
            return
        self.set_header("Cache-Control", "no-store")
        await super().get()

    async def post(self) -> None:
        """Log in, and start the session at once."""
        try:
            user = await self.login_user(self._fields())
        except LoginTrouble as trouble:
            await self.show_trouble(trouble)
            return
        if user is None:
            await self._refuse()
            return
        await self.arrive(user)

    def _render(self, *args: Any, **context: Any) -> Any:
        """The form, with a word to who has lost a name."""
        return super()._render(*args, lost=self.lost_names(), **context)

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
