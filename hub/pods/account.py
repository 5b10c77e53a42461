"""The account that a session acts as: its token, and a kubeconfig that names its project."""

import json

from hub.pods.seat import Object, Seat

#: Where every client library looks for the account it acts as.
FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"
KUBECONFIG = "workshop/kubeconfig"
PROJECT = "workshop/project"
#: Tokens of the session's account are renewed by the kubelet well before this many seconds.
TOKEN_SECONDS = 3600


def annotations(seat: Seat) -> dict[str, str]:
    """What the terminal reads of its project; nothing here is secret."""
    if not seat.account:
        return {}
    return {PROJECT: seat.project, KUBECONFIG: kubeconfig(seat.project)}


def kubeconfig(project: str) -> str:
    """A kubeconfig (JSON is YAML) that reads the token anew each time: it changes by the hour."""
    cluster = {
        "server": "https://kubernetes.default.svc",
        "certificate-authority": f"{FOLDER}/ca.crt",
    }
    context = {"cluster": "workshop", "user": "session", "namespace": project}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "workshop", "cluster": cluster}],
            "users": [{"name": "session", "user": {"tokenFile": f"{FOLDER}/token"}}],
            "contexts": [{"name": "workshop", "context": context}],
            "current-context": "workshop",
        },
        indent=1,
    )


def account_volume() -> Object:
    """The files of the account: token, certificate, namespace and kubeconfig."""

    def annotation(path: str, name: str) -> Object:
        return {"path": path, "fieldRef": {"fieldPath": f"metadata.annotations['{name}']"}}

    sources = [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": TOKEN_SECONDS}},
        {
            "configMap": {
                "name": "kube-root-ca.crt",
                "items": [{"key": "ca.crt", "path": "ca.crt"}],
            }
        },
        {
            "downwardAPI": {
                "items": [annotation("namespace", PROJECT), annotation("kubeconfig", KUBECONFIG)]
            }
        },
    ]
    return {"name": "account", "projected": {"sources": sources}}
