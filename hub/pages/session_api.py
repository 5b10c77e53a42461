"""Where a session asks the hub about itself, with its own token."""

import hmac
from typing import Any

from jupyterhub.apihandlers.base import APIHandler
from tornado import web


class SessionApi(APIHandler):  # type: ignore[misc] # untyped
    """Base of what is told to the dashboard of a session and to nobody else."""

    def own_user(self) -> Any:
        """Whose session asks; 403 for every token but that of the session itself."""
        user = self.get_current_user_token()
        own = getattr(getattr(user, "spawner", None), "api_token", "")
        if not own or not hmac.compare_digest(own, self.get_auth_token()):
            raise web.HTTPError(403, "Only a session may ask, with its own token.")
        return user


class ConsoleApi(SessionApi):
    """Tells how the web console of a session is, which only the hub can see."""

    async def get(self) -> None:
        """Its state; 404 where sessions have none."""
        state = getattr(self.own_user().spawner, "console_state", None)
        if state is None:
            raise web.HTTPError(404, "Sessions have no console here.")
        self.finish({"state": state()})
