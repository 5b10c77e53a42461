"""Logging out: at once for a person of our pages, after a question for anybody else."""

from jupyterhub.handlers.login import LogoutHandler

from hub.pages.page import Page, keeps_files, same_site_navigation


class LogoutPage(Page, LogoutHandler):  # type: ignore[misc] # untyped
    """Logs out; a picture or a link on somebody else's page cannot."""

    #: Whether the files of who logs out are kept; it cannot be known afterwards.
    _kept = True

    async def get(self) -> None:
        """Log out, or ask first when the request did not come from a person on our pages."""
        if self.current_user is None:
            self.redirect(self.settings["login_url"])
        elif same_site_navigation(self.request.headers):
            await self._log_out()
        else:
            await self.show("logout_confirm.html")

    async def post(self) -> None:
        """Log out."""
        await self._log_out()

    async def _log_out(self) -> None:
        self._kept = keeps_files(self.current_user)
        await super().get()

    async def render_logout_page(self) -> None:
        """Say that it is done, and what becomes of the session."""
        temporary = getattr(self.authenticator, "temporary", False)
        await self.show("logout.html", kept=self._kept, temporary=temporary)
