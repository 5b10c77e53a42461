"""Where a session fetches its owner's token for the cluster, and where the owner gets another.

The token leaves the hub here alone, and only for whoever shows the session's own token: no browser
has that, nor another session, nor an instructor.
"""

from typing import Any

from tornado import web

from hub.login.openshift import cluster_token
from hub.pages.provider import ProviderLoginPage
from hub.pages.session_api import SessionApi


class ClusterTokenApi(SessionApi):
    """Answers the dashboard of a session."""

    async def get(self) -> None:
        """The owner's token and when it ends; 403 while the hub has none."""
        found = await cluster_token(self.own_user())
        if found is None:
            raise web.HTTPError(403, "There is no token: its owner has to log in again.")
        self.finish({"token": found.text, "ends": found.ends})


class LoginAgainPage(ProviderLoginPage):
    """Goes to the provider even with somebody who is logged in: a new login is a new token."""

    async def get(self) -> None:
        """Begin a login."""
        if not self.redirect_to_our_host():
            await self.begin()


def handlers() -> list[tuple[Any, ...]]:
    """Their addresses."""
    return [
        (r"/api/session/cluster-token", ClusterTokenApi),
        (r"/login/again", LoginAgainPage),
    ]
