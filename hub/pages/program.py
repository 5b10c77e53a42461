"""The host of a program that the proxy does not know: not entered yet, given way, or its session
has ended. JupyterHub would look for its path among the hub's own pages."""

from urllib.parse import urlsplit

from jupyterhub import handlers, orm
from jupyterhub.utils import url_escape_path, url_path_join

from hub.login.hosts import owner_of
from hub.own_hosts import place_at


class Astray(handlers.PrefixRedirectHandler):  # type: ignore[misc] # untyped
    """What came to the hub for want of another route: leads over the session that it is meant for.

    The session asks who comes and opens the host; where it does not run the hub says so.
    """

    #: What stands between a session's label and the hub's own host.
    joint = "."

    def get(self) -> None:
        """Go on to where the session has the program, or as JupyterHub does."""
        hub = urlsplit(self.settings["subdomain_host"])
        label, _, own = (
            self.request.host.lower().removesuffix(self.joint + hub.netloc).partition("--")
        )
        place, name = place_at(label), ""
        if place:
            name = owner_of(own, (name for (name,) in self.db.query(orm.User.name)))
        if not name:
            super().get()
            return
        home = url_path_join(self.base_url, "user", url_escape_path(name), "/")
        path = self.request.uri.removeprefix("/")
        self.redirect(f"{hub.scheme}://{own}{self.joint}{hub.netloc}{home}{place}{path}")


def lead_home(beside: bool) -> None:
    """Have JupyterHub's own redirect do this; it has no setting for it."""
    Astray.joint = "--" if beside else "."
    handlers.PrefixRedirectHandler = Astray
