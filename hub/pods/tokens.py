"""Tokens that an attendee took of accounts which OpenShift gives rights in every project.

Whoever may edit a project may have a token of any account in it, good for as long as they like. It
ends with its account, which OpenShift makes again at once, as it does in a new project.
"""

from hub.pods.cleaning import made, rights_lost
from hub.pods.objects import Objects
from hub.pods.seat import Object

ACCOUNTS = frozenset({"builder", "deployer"})
#: What OpenShift itself writes about an account, and writes again.
_GIVEN = "openshift.io/"
_REFERENCES = ("secrets", "imagePullSecrets")


async def end_tokens(cluster: Objects, claim: Object) -> None:
    """Make those accounts of a claim's project anew that were there during the session."""
    for one in await cluster.items("v1", "ServiceAccount", claim["metadata"]["namespace"]):
        if one["metadata"]["name"] in ACCOUNTS and made(one) <= rights_lost(claim):
            await cluster.delete_this(one)
            await cluster.apply(renewed(one))


def renewed(account: Object) -> Object:
    """The account, without what the old one was given: an administrator's secrets stay with it."""
    metadata = account["metadata"]
    name = metadata["name"]
    given = (f"{name}-dockercfg-", f"{name}-token-")
    notes = metadata.get("annotations") or {}
    references = {
        what: [one for one in account.get(what) or [] if not one["name"].startswith(given)]
        for what in _REFERENCES
    }
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": name,
            "namespace": metadata["namespace"],
            "labels": metadata.get("labels") or {},
            "annotations": {key: value for key, value in notes.items() if _GIVEN not in key},
        },
        **{what: found for what, found in references.items() if found},
    }
