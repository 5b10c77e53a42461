"""Login with an OpenShift cluster, by a service account of it or by an OAuthClient object."""

import time
from dataclasses import dataclass, field
from typing import Any

from oauthenticator.openshift import OpenShiftOAuthenticator

from hub.keys import Keys
from hub.login.provider import ProviderLogin, configure_provider
from hub.settings import HubSettings

DISCOVERY = "/.well-known/oauth-authorization-server"
FULL = "user:full"
#: How long a cluster's tokens are good for when it does not say.
DAY = 86400


class OpenShiftLogin(ProviderLogin, OpenShiftOAuthenticator):  # type: ignore[misc] # untyped
    """Lets in people of the cluster, with the groups they have there."""

    place = "OPENSHIFT_URL"

    @property
    def discovery(self) -> str:
        """Where the cluster says where its OAuth server is."""
        return f"{self.openshift_url}{DISCOVERY}"

    def get_handlers(self, app: Any) -> list[tuple[Any, ...]]:
        """The pages of every provider; where sessions fetch their owner's token, if they may."""
        pages = super().get_handlers(app)
        if FULL not in self.scope:
            return pages
        from hub.pages.cluster_token import handlers

        return [*handlers(), *pages]

    def normalize_username(self, username: str) -> str:
        """The name as it is: to a cluster, Ada and ada are two people."""
        return username

    def user_info_to_username(self, user_info: dict[str, Any]) -> str:
        """The name in the cluster."""
        name = user_info["metadata"]["name"]
        if not isinstance(name, str) or not name:
            raise ValueError("no name")
        return name

    async def get_token_info(self, handler: Any, params: dict[str, Any]) -> dict[str, Any]:
        """The token for a code, and when it ends: it is kept, and nothing renews it."""
        found = await super().get_token_info(handler, params)
        return {**found, "ends": time.time() + float(found.get("expires_in", DAY))}


@dataclass(frozen=True)
class ClusterToken:
    """An attendee's own token for the cluster, and when it ends (seconds since 1970)."""

    text: str = field(repr=False)
    ends: float


async def cluster_token(user: Any) -> ClusterToken | None:
    """The attendee's own token; None unless they logged in with all their rights."""
    found = await user.get_auth_state() or {}
    if FULL not in found.get("scope", []):
        return None
    ends = found["token_response"].get("ends", 0.0)  # one of an earlier version does not say
    return ClusterToken(str(found["access_token"]), float(ends))


def configure_openshift(c: Any, s: HubSettings, keys: Keys) -> None:
    """A service account may only ask who somebody is; an OAuthClient also for all they can do."""
    login = configure_provider(c, s, OpenShiftLogin)
    login.openshift_url = s.login.openshift_url
    login.scope = [FULL if s.login.acts_as_user else "user:info"]
