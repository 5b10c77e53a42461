"""The ways into a session, where no wildcard leads there: a Route or an Ingress to the proxy for
its own host, and one for each further host."""

import asyncio
from dataclasses import dataclass
from typing import Any

from hub.own_hosts import own_host
from hub.pods.objects import Objects
from hub.pods.project import RELEASE, SESSION, USER
from hub.pods.seat import Object, Seat
from hub.pods.settings import Address, PodSettings

VERSIONS = {"Route": "route.openshift.io/v1", "Ingress": "networking.k8s.io/v1"}
#: Seconds that a router may take to say that it serves the host.
PATIENCE = 10.0


def address(s: PodSettings, seat: Seat, label: str = "") -> Object:
    """The object of the session's own host, or of its host with the label, such as p8080; who looks
    at it sees whose it is."""
    there = placed(s)
    spec = {"Route": _route, "Ingress": _ingress}[there.kind]
    return {
        "apiVersion": VERSIONS[there.kind],
        "kind": there.kind,
        "metadata": {
            "name": name_of(s, seat, label),
            "namespace": there.namespace,
            "labels": whose(s, seat),
            "annotations": {**there.annotations, USER: seat.user},
        },
        "spec": spec(there, own_host(label, seat.host) if label else seat.host),
    }


def whose(s: PodSettings, seat: Seat) -> dict[str, str]:
    """The labels by which all that lead to a session are found again."""
    return {RELEASE: s.release, SESSION: seat.name}


def placed(s: PodSettings) -> Address:
    """Where addresses of sessions are made; only to be asked where they are."""
    assert s.address is not None
    return s.address


def name_of(s: PodSettings, seat: Seat, label: str = "") -> str:
    """What the object is called: the namespace is not the sessions' alone.

    No two sessions' are called the same: what a name becomes ends with no two hyphens and a label.
    """
    return f"{s.release}-{seat.name}" + (f"--{label}" if label else "")


def _route(there: Address, host: str) -> Object:
    return {
        "host": host,
        "port": {"targetPort": "http"},
        "tls": {"termination": "edge", "insecureEdgeTerminationPolicy": "Redirect"},
        "to": {"kind": "Service", "name": there.service},
    }


def _ingress(there: Address, host: str) -> Object:
    backend = {"service": {"name": there.service, "port": {"name": "http"}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    tls = {"hosts": [host], "secretName": there.tls_secret}
    return {
        "rules": [{"host": host, "http": {"paths": [path]}}],
        **({"ingressClassName": there.class_name} if there.class_name else {}),
        **({"tls": [tls]} if there.tls_secret else {}),
    }


@dataclass(frozen=True)
class Addresses:
    """Makes and removes them; asked twice it does no harm."""

    cluster: Objects
    settings: PodSettings

    async def give(self, seat: Seat, label: str = "") -> None:
        """Make the session's own, or that of a label; ApiException when the cluster refuses."""
        await self.cluster.apply(address(self.settings, seat, label))

    async def take(self, seat: Seat, label: str) -> None:
        """Remove that of a label."""
        await self._delete(name_of(self.settings, seat, label))

    async def take_all(self, seat: Seat) -> None:
        """Remove the session's own and all further ones, whoever made them and does not know it."""
        there = placed(self.settings)
        labels = ",".join(f"{name}={value}" for name, value in whose(self.settings, seat).items())
        kind = VERSIONS[there.kind], there.kind
        for one in await self.cluster.items(*kind, there.namespace, labels):
            await self._delete(one["metadata"]["name"])

    async def refusal(self, seat: Seat, label: str = "") -> dict[str, str]:
        """What a router says that does not serve the host: somebody else has it, say.

        Empty as soon as one serves it, or when none says anything for long, as many do.
        """
        there = placed(self.settings)
        name = name_of(self.settings, seat, label)
        for _ in range(int(PATIENCE / 0.2) if there.kind == "Route" else 0):
            found = await self.cluster.get(VERSIONS["Route"], "Route", name, there.namespace)
            said = _admission(found or {})
            if said:
                return said if said.get("status") == "False" else {}
            await asyncio.sleep(0.2)
        return {}

    async def _delete(self, name: str) -> None:
        there = placed(self.settings)
        await self.cluster.delete(VERSIONS[there.kind], there.kind, name, there.namespace)


def _admission(route: dict[str, Any]) -> dict[str, str]:
    """What the first router that said anything said; empty when none has."""
    for router in route.get("status", {}).get("ingress") or []:
        for condition in router.get("conditions") or []:
            if condition["type"] == "Admitted":
                return dict(condition)
    return {}
