"""Logging in at a provider: the way there, the way back, and what is shown when it ends badly."""

from types import TracebackType
from typing import Any

from oauthenticator.oauth2 import OAuthCallbackHandler, OAuthLoginHandler, _deserialize_state
from tornado import web

from hub.login.troubles import DENIED, STRANGER, UNFINISHED, LoginTrouble
from hub.pages.arrival import ArrivalPage
from hub.pages.routes import handlers as common

#: As much of what a stranger's address says as goes into the log.
SHOWN = 120


class ProviderPage(ArrivalPage):
    """A page on the way; no address of it goes into the log, for it holds codes."""

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what is no answer of ours, without the request."""
        if not isinstance(value, web.HTTPError):
            self.log.error("Login: a mistake of ours", exc_info=value)


class ProviderLoginPage(ProviderPage, OAuthLoginHandler):  # type: ignore[misc] # untyped
    """Goes straight to the provider; whoever is logged in goes straight on."""

    async def get(self) -> None:
        """Begin a login, unless there is one already."""
        if self.redirect_to_our_host():
            return
        if self.current_user:
            self.set_login_cookie(self.current_user)
            await self.arrive(self.current_user)
            return
        await self.begin()

    async def begin(self) -> None:
        """Send the browser to the provider."""
        try:
            await self.authenticator.discover()
        except LoginTrouble as trouble:
            await self.show_trouble(trouble)
            return
        OAuthLoginHandler.get(self)


class ProviderCallbackPage(ProviderPage, OAuthCallbackHandler):  # type: ignore[misc] # untyped
    """Where the provider sends people back to, with a code or with an error."""

    async def get(self) -> None:
        """End a login."""
        try:
            user = await self._log_in()
        except LoginTrouble as trouble:
            await self.show_trouble(trouble)
            return
        self._refreshed_users = {user.name}  # just now: the start of the session need not ask again
        await self.arrive(user)

    async def _log_in(self) -> Any:
        try:
            self.check_arguments()
            user = await self.login_user()
        except web.HTTPError as error:
            logged = f"it was not finished ({str(error.log_message)[:SHOWN]!r})"
            raise LoginTrouble(400, logged, UNFINISHED) from None
        if user is None:
            raise LoginTrouble(403, "somebody was refused, see above", STRANGER)
        return user

    def check_error(self) -> None:
        """LoginTrouble when the provider says no; its words are an address's, so nobody's."""
        error = self.get_argument("error", "")
        if error:
            words = f"{error}: {self.get_argument('error_description', '')}"
            told = DENIED if error == "access_denied" else UNFINISHED
            raise LoginTrouble(400, f"the provider sent back {words[:SHOWN]!r}", told)

    def wanted(self) -> str:
        """What was wanted when the login began, as the browser's cookie has it."""
        return str(_deserialize_state(self.get_state_cookie()).get("next_url") or "")


def handlers() -> list[tuple[Any, ...]]:
    """Addresses of a hub where a provider says who somebody is."""
    return common(
        (r"/login", ProviderLoginPage),
        (r"/oauth_login", ProviderLoginPage),
        (r"/oauth_callback", ProviderCallbackPage),
    )
