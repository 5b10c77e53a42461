"""Who the shells of a session are to the cluster: a kubeconfig with its project, and a token.

That is the token of the session's own account, or its owner's, which the dashboard fetches from the
hub and leaves in memory that only the two containers of the session share.
"""

import json

from hub.pods.seat import Object, Seat

#: Where every client library looks for the account it acts as.
FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"
#: Where the dashboard leaves the token of the session's owner.
LOGIN = "/run/login"
OWN_TOKEN = f"{LOGIN}/token"
KUBECONFIG = "workshop/kubeconfig"
PROJECT = "workshop/project"
#: Tokens of the session's account are renewed by the kubelet well before this many seconds.
TOKEN_SECONDS = 3600


def annotations(seat: Seat) -> dict[str, str]:
    """What the terminal reads of its project; nothing here is secret."""
    if not seat.acts:
        return {}
    return {PROJECT: seat.project, KUBECONFIG: kubeconfig(seat)}


def kubeconfig(seat: Seat) -> str:
    """A kubeconfig (JSON is YAML) that reads the token anew each time: it changes by the hour."""
    user = {"tokenFile": OWN_TOKEN if seat.own_token else f"{FOLDER}/token"}
    cluster = {
        "server": "https://kubernetes.default.svc",
        "certificate-authority": f"{FOLDER}/ca.crt",
    }
    context = {"cluster": "workshop", "user": "session", "namespace": seat.project}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "workshop", "cluster": cluster}],
            "users": [{"name": "session", "user": user}],
            "contexts": [{"name": "workshop", "context": context}],
            "current-context": "workshop",
        },
        indent=1,
    )


def account_volume(seat: Seat, name: str = "account", kubeconfig_from: str = KUBECONFIG) -> Object:
    """The files of the account, if there is one: token, certificate, namespace and kubeconfig."""

    def annotation(path: str, name: str) -> Object:
        return {"path": path, "fieldRef": {"fieldPath": f"metadata.annotations['{name}']"}}

    token = {"serviceAccountToken": {"path": "token", "expirationSeconds": TOKEN_SECONDS}}
    sources = [
        *([token] if seat.account else []),
        {
            "configMap": {
                "name": "kube-root-ca.crt",
                "items": [{"key": "ca.crt", "path": "ca.crt"}],
            }
        },
        {
            "downwardAPI": {
                "items": [
                    annotation("namespace", PROJECT),
                    annotation("kubeconfig", kubeconfig_from),
                ]
            }
        },
    ]
    return {"name": name, "projected": {"sources": sources}}
