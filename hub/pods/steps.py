"""How far a pod is on its way, for the start page."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """How far it is, in percent and in words."""

    percent: int
    words: str


ASKED = Step(10, "Preparing your session")
PLACED = Step(25, "Finding a place for it")
FETCHING = Step(45, "Fetching the workshop")
STARTING = Step(60, "Starting dashboard and terminal")
UP = Step(90, "Opening the door")


def step(pod: dict[str, Any] | None) -> Step:
    """The step that the pod's status shows."""
    if pod is None:
        return ASKED
    status = pod["status"]
    conditions = {each["type"]: each["status"] for each in status.get("conditions") or []}
    if conditions.get("PodScheduled") != "True":
        return PLACED
    if status.get("initContainerStatuses") and conditions.get("Initialized") != "True":
        return FETCHING
    ready = [
        container["ready"]
        for container in status.get("containerStatuses") or []
        if container["name"] != "console"
    ]
    return UP if ready and all(ready) else STARTING
