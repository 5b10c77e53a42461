"""What is one session's own on the engine, and how it is called."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from hub.login.hosts import label_of
from hub.settings.sessions import NETWORK_PREFIX

#: An object of the engine's interface, as it stands in JSON.
Object = dict[str, Any]
#: By these, whoever looks at an object knows whose it is, and we know what to take away.
RELEASE = "workshop.release"
SESSION = "workshop.session"
USER = "workshop.user"
MADE = "workshop.made"


@dataclass(frozen=True)
class Seat:
    """One session: the installation's name, the session's, its person's, and its network."""

    release: str
    user: str
    network: IPv4Network | None = None

    @property
    def session(self) -> str:
        """The session's name, which no other person's has."""
        return label_of(self.user)

    def called(self, part: str) -> str:
        """The name of a part; a session's name has no dots."""
        return f"{self.release}.{self.session}.{part}"

    @property
    def gateway(self) -> str:
        """The machine's address, as the session reaches it."""
        return self._address(1)

    @property
    def address(self) -> str:
        """The session's address."""
        return self._address(2)

    @property
    def hub(self) -> str:
        """The hub's address, where the hub is a container."""
        return self._address(3)

    def _address(self, number: int) -> str:
        assert self.network is not None
        return str(self.network[number])


def free_network(pool: IPv4Network, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """A network of the pool that overlaps none of those taken; None when there is none left."""
    near = [network for network in taken if network.overlaps(pool)]
    for network in pool.subnets(new_prefix=NETWORK_PREFIX):
        if not any(network.overlaps(other) for other in near):
            return network
    return None
