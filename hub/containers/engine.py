"""Docker's or Podman's interface, as far as sessions need it; every call may take a while."""

import datetime
import threading
import time
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from typing import Any

import docker
from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool

from hub.containers import manifest
from hub.containers.seat import MADE, RELEASE, SESSION, USER, Object, Seat, free_network
from hub.sweeper import Found

#: Seconds that a dashboard has to let its connections go.
GRACE = 10
#: So often another network is tried when the engine refuses one.
ATTEMPTS = 5
#: Seconds until an engine that says nothing is given up.
PATIENCE = 60


class FullError(Exception):
    """Every network is in use."""


class Engine:
    """What is made and removed for the sessions of one installation."""

    #: One network at a time, so that no two sessions choose the same.
    _choosing = threading.Lock()

    def __init__(self, client: docker.APIClient, release: str) -> None:
        self.client, self.release = client, release

    @classmethod
    def at(cls, address: str, release: str) -> "Engine":
        """The engine behind the socket; docker's exceptions when there is none."""
        return cls(docker.APIClient(base_url=address, version="auto", timeout=PATIENCE), release)

    def make_network(self, seat: Seat, pool: IPv4Network) -> IPv4Network:
        """A network for the session alone; FullError when there is none left."""
        with self._choosing:
            for attempt in range(ATTEMPTS):
                network = free_network(pool, self._networks_taken())
                if network is None:
                    raise FullError
                try:
                    self._create_network(seat, network)
                except APIError:
                    # Somebody else on the engine was faster, or there is another reason.
                    if attempt == ATTEMPTS - 1:
                        raise
                else:
                    return network
        raise FullError

    def _create_network(self, seat: Seat, network: IPv4Network) -> None:
        addresses = IPAMPool(subnet=str(network), gateway=str(network[1]))
        self.client.create_network(
            seat.called("network"),
            driver="bridge",
            ipam=IPAMConfig(pool_configs=[addresses]),
            labels=self._labels(seat),
        )

    def network_of(self, seat: Seat) -> IPv4Network:
        """The network that the session has; NotFound when it has none."""
        found = self.client.inspect_network(seat.called("network"))
        return IPv4Network(found["IPAM"]["Config"][0]["Subnet"])

    def let_in(self, container: str, seat: Seat) -> None:
        """Give a container, the hub's, the place in the session's network that is kept for it."""
        try:
            self.client.connect_container_to_network(
                container, seat.called("network"), ipv4_address=seat.hub
            )
        except APIError as error:
            if "already" not in str(error):
                raise

    def make(self, seat: Seat, containers: Mapping[str, Object]) -> None:
        """Make the session's volumes and containers, and start them."""
        labels = self._labels(seat)
        self.client.create_volume(
            seat.called("sockets"), driver_opts=manifest.IN_MEMORY, labels=labels
        )
        # A home outlives its sessions, so it is not theirs.
        self.client.create_volume(seat.called("home"), labels={RELEASE: self.release})
        for part, wanted in containers.items():
            self.client.create_container_from_config(wanted | {"Labels": labels}, seat.called(part))
        for part in containers:
            self.client.start(seat.called(part))

    def take(self, seat: Seat) -> None:
        """Remove all that the session has but its home; what is gone already is no mistake."""
        _gone(self.client.stop, seat.called("dashboard"), timeout=GRACE)
        # Podman removes nothing whose network others share.
        containers = self._containers({SESSION: seat.session})
        for one in sorted(containers, key=lambda one: _name(one) == seat.called(manifest.ANCHOR)):
            _gone(self.client.remove_container, one["Id"], v=True, force=True)
        for network in self._networks({SESSION: seat.session}):
            self._remove_network(network["Id"])
        for volume in self.volumes({SESSION: seat.session}):
            _gone(self.client.remove_volume, volume["Name"])

    def forget(self, seat: Seat) -> None:
        """Remove the home of somebody who never comes back."""
        _gone(self.client.remove_volume, seat.called("home"), force=True)

    def remains(self) -> list[Found]:
        """The sessions that have anything, homes left out."""
        found: dict[str, Found] = {}
        for thing in (*self._containers({}), *self._networks({}), *self.volumes({})):
            labels = thing["Labels"]
            if SESSION in labels:
                made = datetime.datetime.fromtimestamp(float(labels[MADE]), datetime.UTC)
                one = Found("Session", labels[SESSION], labels[USER], made)
                found[one.name] = max(one, found.get(one.name, one), key=lambda each: each.made)
        return list(found.values())

    def volumes(self, labels: Mapping[str, str]) -> list[Object]:
        """The installation's volumes that have the labels."""
        return self._ours(self.client.volumes()["Volumes"] or (), labels)

    def _containers(self, labels: Mapping[str, str]) -> list[Object]:
        return self._ours(self.client.containers(all=True), labels)

    def _networks(self, labels: Mapping[str, str]) -> list[Object]:
        return self._ours(self.client.networks(), labels)

    def _ours(self, things: Iterable[Object], labels: Mapping[str, str]) -> list[Object]:
        """Chosen here: Podman 4's own filter takes whatever has one of several labels."""
        wanted = {RELEASE: self.release, **labels}.items()
        return [thing for thing in things if wanted <= (thing["Labels"] or {}).items()]

    def _remove_network(self, network: str) -> None:
        """The hub's container is in it still."""
        for container in self.client.inspect_network(network).get("Containers") or ():
            leave = self.client.disconnect_container_from_network
            _gone(leave, container, network, force=True)
        _gone(self.client.remove_network, network)

    def _labels(self, seat: Seat) -> dict[str, str]:
        return {
            RELEASE: self.release,
            SESSION: seat.session,
            USER: seat.user,
            MADE: str(int(time.time())),
        }

    def _networks_taken(self) -> list[IPv4Network]:
        return [
            IPv4Network(pool["Subnet"])
            for network in self.client.networks()
            for pool in (network.get("IPAM") or {}).get("Config") or ()
            if pool.get("Subnet") and ":" not in pool["Subnet"]
        ]


def _gone(remove: Any, *what: str, **how: Any) -> None:
    """Remove it, unless it is gone already."""
    try:
        remove(*what, **how)
    except NotFound:
        return


def _name(container: Object) -> str:
    return str(container["Names"][0]).lstrip("/")
