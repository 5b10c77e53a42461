"""Login with an OpenShift cluster, by a service account of it or by an OAuthClient object."""

from typing import Any

from oauthenticator.openshift import OpenShiftOAuthenticator

from hub.keys import Keys
from hub.login.provider import ProviderLogin, configure_provider
from hub.settings import HubSettings

DISCOVERY = "/.well-known/oauth-authorization-server"
FULL = "user:full"


class OpenShiftLogin(ProviderLogin, OpenShiftOAuthenticator):  # type: ignore[misc] # untyped
    """Lets in people of the cluster, with the groups they have there."""

    place = "OPENSHIFT_URL"

    @property
    def discovery(self) -> str:
        """Where the cluster says where its OAuth server is."""
        return f"{self.openshift_url}{DISCOVERY}"

    def normalize_username(self, username: str) -> str:
        """The name as it is: to a cluster, Ada and ada are two people."""
        return username

    def user_info_to_username(self, user_info: dict[str, Any]) -> str:
        """The name in the cluster."""
        name = user_info["metadata"]["name"]
        if not isinstance(name, str) or not name:
            raise ValueError("no name")
        return name


async def cluster_token(user: Any) -> str:
    """The attendee's own token for the cluster; empty unless it was asked for with all rights.

    Nothing uses it yet: bringing it to a shell is a piece of its own, which begins here.
    """
    found = await user.get_auth_state() or {}
    return str(found["access_token"]) if FULL in found.get("scope", []) else ""


def configure_openshift(c: Any, s: HubSettings, keys: Keys) -> None:
    """A service account may only ask who somebody is; an OAuthClient also for all they can do."""
    login = configure_provider(c, s, OpenShiftLogin)
    login.openshift_url = s.login.openshift_url
    login.scope = [FULL if s.login.acts_as_user else "user:info"]
