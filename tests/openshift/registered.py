"""Clients as the cluster has them: service accounts with their annotations, OAuthClient objects."""

import base64
from typing import Any

from tests.cluster import Cluster
from tests.openshift.clients import PREFIX, Client, Clients

REDIRECT = "serviceaccounts.openshift.io/oauth-redirecturi."
OF_ACCOUNT = "kubernetes.io/service-account.name"
TOKEN = "kubernetes.io/service-account-token"


class Registered(Clients):
    """Looked up anew each time."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self._cluster = cluster

    def get(self, name: str) -> Client | None:
        """The client with that id."""
        if not name.startswith(PREFIX):
            return self._object(self._cluster.get("oauthclient", name))
        namespace, _, account = name.removeprefix(PREFIX).partition(":")
        found = self._cluster.get("serviceaccount", account, "-n", namespace)
        return self._account(namespace, account, found) if found else None

    def _account(self, namespace: str, name: str, found: dict[str, Any]) -> Client:
        notes = found["metadata"].get("annotations", {})
        redirects = [uri for note, uri in notes.items() if note.startswith(REDIRECT)]
        secrets = [
            base64.b64decode(one["data"]["token"]).decode()
            for one in self._cluster.items("secrets", "-n", namespace)
            if one["type"] == TOKEN
            and one["metadata"]["annotations"].get(OF_ACCOUNT) == name
            and "token" in one.get("data", {})
        ]
        return Client.service_account(namespace, name, *(secrets[:1] or [""]), *redirects)

    def _object(self, found: dict[str, Any]) -> Client | None:
        if not found:
            return None
        return Client(
            found["metadata"]["name"],
            found.get("secret", ""),
            tuple(found.get("redirectURIs", ())),
            asks=found["grantMethod"] == "prompt",
            token_seconds=found.get("accessTokenMaxAgeSeconds", 86400),
        )
