"""A session's own way in, where no wildcard leads there: a Route or an Ingress to the proxy."""

import asyncio
from dataclasses import dataclass
from typing import Any

from hub.no_session import NoSession
from hub.pods.failures import no_address
from hub.pods.objects import Objects
from hub.pods.project import RELEASE, SESSION, USER
from hub.pods.seat import Object, Seat
from hub.pods.settings import Address, PodSettings

VERSIONS = {"Route": "route.openshift.io/v1", "Ingress": "networking.k8s.io/v1"}
#: Seconds that a router may take to say that it serves the host.
PATIENCE = 10.0


def address(s: PodSettings, seat: Seat) -> Object:
    """The object; who looks at it sees whose it is."""
    there = placed(s)
    spec = {"Route": _route, "Ingress": _ingress}[there.kind]
    return {
        "apiVersion": VERSIONS[there.kind],
        "kind": there.kind,
        "metadata": {
            "name": name_of(s, seat),
            "namespace": there.namespace,
            "labels": {RELEASE: s.release, SESSION: seat.name},
            "annotations": {**there.annotations, USER: seat.user},
        },
        "spec": spec(there, seat.host),
    }


def placed(s: PodSettings) -> Address:
    """Where addresses of sessions are made; only to be asked where they are."""
    assert s.address is not None
    return s.address


def name_of(s: PodSettings, seat: Seat) -> str:
    """What the object is called: the namespace is not the sessions' alone."""
    return f"{s.release}-{seat.name}"


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

    async def give(self, seat: Seat) -> None:
        """Make the session's; ApiException when the cluster refuses."""
        await self.cluster.apply(address(self.settings, seat))

    async def take(self, seat: Seat) -> None:
        """Remove it."""
        there = placed(self.settings)
        name = name_of(self.settings, seat)
        await self.cluster.delete(VERSIONS[there.kind], there.kind, name, there.namespace)

    async def served(self, seat: Seat) -> None:
        """Return when a router serves the host, or says nothing for long, as many do.

        NoSession when it says no: somebody else has the host, say.
        """
        there = placed(self.settings)
        if there.kind != "Route":
            return
        name = name_of(self.settings, seat)
        for _ in range(int(PATIENCE / 0.2)):
            found = await self.cluster.get(VERSIONS["Route"], "Route", name, there.namespace)
            said = _admission(found or {})
            if said.get("status") == "False":
                raise NoSession(no_address(said), reason="address")
            if said:
                return
            await asyncio.sleep(0.2)


def _admission(route: dict[str, Any]) -> dict[str, str]:
    """What the first router that said anything said; empty when none has."""
    for router in route.get("status", {}).get("ingress") or []:
        for condition in router.get("conditions") or []:
            if condition["type"] == "Admitted":
                return dict(condition)
    return {}
