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
    #: Whether its shells act by their owner's own token.
    own_token: bool = False
    #: What its pod is called, and the host that leads to it, where that needs an object.
    name: str = ""
    host: str = ""
    #: Where browsers find it: scheme and host.
    origin: str = ""
    #: Whether its console and its programs have hosts of their own beside it.
    own_hosts: bool = False

    @property
    def owns(self) -> bool:
        """Whether there are objects besides its pod."""
        return bool(self.account or self.host)

    @property
    def acts(self) -> bool:
        """Whether kubectl in its shells is somebody."""
        return bool(self.account) or self.own_token
