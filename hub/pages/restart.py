"""Restarting one's own session: asked once, done by POST."""

from jupyterhub.utils import url_path_join
from tornado import web

from hub.pages.page import Page


class RestartPage(Page):
    """Stops the visitor's own session and starts it anew."""

    @web.authenticated
    async def get(self) -> None:
        """Ask whether it is meant."""
        await self.show("restart.html")

    @web.authenticated
    async def post(self) -> None:
        """Stop the session and go on to the start page."""
        user = self.current_user
        if user.spawner.ready:
            stopped = await self.stop_single_user(user)
            await stopped
        self.redirect(url_path_join(self.hub.base_url, "spawn", user.escaped_name))
