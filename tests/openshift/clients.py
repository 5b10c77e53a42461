"""Programs that people may log in to: service accounts, and OAuthClient objects."""

import re
from dataclasses import dataclass, field

USER_SCOPES = frozenset(
    f"user:{name}"
    for name in ("info", "check-access", "list-scoped-projects", "list-projects", "full")
)
ROLE = re.compile(r"role:([^:]+):([^:]+)(:!)?")
PREFIX = "system:serviceaccount:"


@dataclass(frozen=True)
class Client:
    """One of them; a service account has a namespace, an OAuthClient has none."""

    id: str
    secret: str = field(repr=False)
    #: For a service account what its annotations `oauth-redirecturi.*` say.
    redirects: tuple[str, ...] = ()
    namespace: str = ""
    asks: bool = False
    token_seconds: int = 86400

    @classmethod
    def service_account(cls, namespace: str, name: str, secret: str, *redirects: str) -> "Client":
        """A service account with the annotations and the secret of its long-lived token."""
        return cls(f"{PREFIX}{namespace}:{name}", secret, redirects, namespace, asks=True)

    def denied(self, scopes: list[str]) -> str:
        """The first scope that this client may not ask for; empty when it may have all."""
        return next((scope for scope in scopes if not self._may_ask(scope)), "")

    def _may_ask(self, scope: str) -> bool:
        if not self.namespace:
            return True
        role = ROLE.fullmatch(scope)
        return role[2] == self.namespace if role else scope != "user:full"


def unknown(scopes: list[str]) -> str:
    """The first scope that there is not; empty when there are all."""
    return next((one for one in scopes if one not in USER_SCOPES and not ROLE.fullmatch(one)), "")


class Clients:
    """All that are registered."""

    def __init__(self) -> None:
        self._clients: dict[str, Client] = {}

    def add(self, client: Client) -> Client:
        """Register it, in place of an earlier one of its name."""
        self._clients[client.id] = client
        return client

    def get(self, name: str) -> Client | None:
        """The client with that id."""
        return self._clients.get(name)
