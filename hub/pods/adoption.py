"""Whether a pod that is there already is the session's own, left by a hub that died or lost its
database; pure rules."""

from typing import Any

from hub.pods.account import PROJECT
from hub.pods.project import RELEASE, USER

Pod = dict[str, Any]

#: What a pod of the same person is told in the same words; a name that was released and taken by
#: somebody else has another code.
CODE = "WORKSHOP_PERSONAL_CODE"
TOKEN = "JUPYTERHUB_API_TOKEN"


def kept_token(there: Pod, wanted: Any) -> str:
    """The hub's token in a pod to go on with; empty when it is not the one that is wanted."""
    told = {e["name"]: e.get("value", "") for e in there["spec"]["containers"][0].get("env", [])}
    code = next((e.value for e in wanted.spec.containers[0].env if e.name == CODE), "")
    metadata = there["metadata"]
    labels, notes = metadata.get("labels", {}), metadata.get("annotations", {})
    same = (
        labels.get(RELEASE) == wanted.metadata.labels[RELEASE]
        and notes.get(USER) == wanted.metadata.annotations[USER]
        and notes.get(PROJECT) == wanted.metadata.annotations.get(PROJECT)
        and told.get(CODE, "") == (code or "")
    )
    return told.get(TOKEN, "") if same else ""
