"""Login by an authenticator that the operator's own configuration names."""

from typing import Any

from jupyterhub.auth import NullAuthenticator

from hub.keys import Keys
from hub.pages.routes import handlers
from hub.settings import HubSettings


class NobodyYet(NullAuthenticator):  # type: ignore[misc] # untyped
    """Lets in nobody: what holds while no other authenticator was named."""

    def get_handlers(self, app: Any) -> list[tuple[Any, ...]]:
        """Our pages, without one to log in."""
        return handlers()


def configure_custom(c: Any, s: HubSettings, keys: Keys) -> None:
    """EXTRA_CONFIG goes on from here."""
    c.JupyterHub.authenticator_class = NobodyYet
