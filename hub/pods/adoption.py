"""Whether a pod that is there already is the session's own, left by a hub that died or lost its
database; pure rules."""

from typing import Any

from hub.images import CODE, TOKEN
from hub.pods.account import PROJECT
from hub.pods.project import RELEASE, USER

Pod = dict[str, Any]


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
