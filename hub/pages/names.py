"""The instructor's list of names that are taken, each with a button to release it."""

from datetime import UTC, datetime
from typing import Any

from jupyterhub import orm
from jupyterhub.scopes import needs_scope
from tornado import web

from hub.pages.page import Page
from hub.settings import INSTRUCTOR


class NamesPage(Page):
    """Shows claimed names and releases them; for admins only."""

    @web.authenticated
    @needs_scope("admin-ui")  # type: ignore[untyped-decorator] # untyped
    async def get(self) -> None:
        """List the names that are taken."""
        released = self.get_argument("released", "")
        rows = [
            {"name": claim.name, "since": datetime.fromtimestamp(claim.since, UTC)}
            for claim in self.claims.all()
            if claim.name != INSTRUCTOR
        ]
        await self.show("names.html", rows=rows, released=released[:64])

    @web.authenticated
    @needs_scope("admin-ui")  # type: ignore[untyped-decorator] # untyped
    async def post(self) -> None:
        """Release a name: who has it is logged out everywhere, and anybody may take it anew."""
        name = self.get_body_argument("name", "")
        if name == INSTRUCTOR or not self.claims.release(name):
            raise web.HTTPError(404, "Nobody has that name.")
        user = self.find_user(name)
        if user is not None:
            await self._log_out(user)
        self.log.info("%s released the name %s", self.current_user.name, name)
        self.redirect(f"names?released={name}")

    async def _log_out(self, user: Any) -> None:
        """End the session and make every login under this name worthless."""
        if user.spawner.ready:
            stopped = await self.stop_single_user(user)
            await stopped
        user.cookie_id = orm.new_token()
        for token in list(user.api_tokens):
            self.db.delete(token)
        self.db.commit()
