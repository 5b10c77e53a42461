"""Where a session asks the hub about itself, with its own token."""

from typing import Any

from jupyterhub.apihandlers.base import APIHandler
from tornado import web

from hub.session_token import KnownToken


class SessionApi(APIHandler):  # type: ignore[misc] # untyped
    """Base of what is told to the dashboard of a session and to nobody else."""

    def own_user(self) -> Any:
        """Whose session asks; 403 for every token but that of the session itself."""
        user = self.get_current_user_token()
        spawner = getattr(user, "spawner", None)
        if not isinstance(spawner, KnownToken) or not spawner.has_token(self.get_auth_token()):
            raise web.HTTPError(403, "Only a session may ask, with its own token.")
        return user


class HostApi(SessionApi):
    """Has the proxy lead to a session by a host for one of its programs: by its own, to itself."""

    async def post(self) -> None:
        """Done when the proxy knows, and a cluster's router too; 404 where there are no such hosts,
        424 with the reason where the cluster gives none."""
        user = self.own_user()
        if not self.proxy.own_hosts:
            raise web.HTTPError(404, "Programs have no hosts of their own here.")
        if not user.spawner.ready:
            raise web.HTTPError(409, "The session does not run.")
        body = self.get_json_body()
        try:
            await self.proxy.open_host(user, body.get("label") if isinstance(body, dict) else None)
        except ValueError as error:
            raise web.HTTPError(400, str(error)) from None
        self.set_status(204)


class ConsoleApi(SessionApi):
    """Tells how the web console of a session is, which only the hub can see."""

    async def get(self) -> None:
        """Its state; 404 where sessions have none."""
        state = getattr(self.own_user().spawner, "console_state", None)
        if state is None:
            raise web.HTTPError(404, "Sessions have no console here.")
        self.finish({"state": state()})
