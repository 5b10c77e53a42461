"""What is one session's own, whoever makes it."""

from dataclasses import dataclass
from typing import Any

#: A Kubernetes object, or a part of one, as it stands in YAML.
Object = dict[str, Any]


@dataclass(frozen=True)
class Seat:
    """The session's path, and what it has of its own; empty where it has none."""

    prefix: str
    user: str = ""
    home_claim: str = ""
    account: str = ""
    project: str = ""
