"""Containers that an operator adds to each session's pod: what they must say, and may not."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator

#: Names of our own containers.
OURS = frozenset({"dashboard", "terminal", "notes", "console"})
LIMITS = frozenset({"cpu", "memory", "ephemeral-storage"})
NAME = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


def _checked(container: dict[str, Any]) -> dict[str, Any]:
    name = str(container.get("name", ""))
    if not re.fullmatch(NAME, name) or name in OURS:
        raise ValueError(f"name is {name[:80]!r}: expected a name that none of ours has")
    if not container.get("image"):
        raise ValueError(f"{name} has no image")
    if missing := sorted(LIMITS - set((container.get("resources") or {}).get("limits") or {})):
        raise ValueError(f"{name} has no limit of {', '.join(missing)}")
    if extra := sorted(set(container.get("securityContext") or {}) - {"readOnlyRootFilesystem"}):
        raise ValueError(f"{name} sets {', '.join(extra)}, which is set for it")
    return container


#: A container as Kubernetes has it, of which we answer for the restrictions.
Sidecar = Annotated[dict[str, Any], AfterValidator(_checked)]
