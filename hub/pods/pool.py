"""Projects that an administrator made beforehand: handed out one at a time, and cleaned.

Who has a project is written in it: the role binding of the session is also the claim, because the
cluster makes one of that name only once.
"""

import asyncio
from typing import Any

from hub.pods import project
from hub.pods.objects import Objects
from hub.pods.seat import Object, Seat
from hub.pods.settings import PodSettings

CLAIM = "workshop-session"
RBAC = "rbac.authorization.k8s.io/v1"
#: What an attendee with the role `admin` can make, what is made of other things first.
KINDS = (
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "ReplicaSet"),
    ("batch/v1", "CronJob"),
    ("batch/v1", "Job"),
    ("v1", "ReplicationController"),
    ("v1", "Pod"),
    ("v1", "Service"),
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "ServiceAccount"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"),
    (RBAC, "Role"),
    (RBAC, "RoleBinding"),
)
#: What the cluster or the administrator keeps in every project.
KEPT = frozenset({"kube-root-ca.crt", "openshift-service-ca.crt", "default", "builder", "deployer"})
#: An administrator's own objects carry this label, and stay.
KEEP = "workshop/keep"


class FullError(Exception):
    """Every project of the pool is in use."""


class Pool:
    """The projects of one installation."""

    def __init__(self, cluster: Objects, settings: PodSettings) -> None:
        self._cluster = cluster
        self._settings = settings

    async def claim(self, seat: Seat) -> str:
        """A project of the pool, for this session alone; FullError when there is none left."""
        held = await self.held(seat)
        for name in held or self._settings.project.pool:
            if held or await self._cluster.create(self._binding(seat, name)):
                return name
        raise FullError

    async def held(self, seat: Seat) -> list[str]:
        """The projects that the session holds: one, or none."""
        claims = await asyncio.gather(*map(self._claim_in, self._settings.project.pool))
        return [
            name
            for name, claim in zip(self._settings.project.pool, claims, strict=True)
            if claim and claim["metadata"].get("labels", {}).get(project.SESSION) == seat.account
        ]

    async def release(self, seat: Seat) -> None:
        """Clean what the session holds; the claim goes last, so that nobody gets it before."""
        for name in await self.held(seat):
            for version, kind in KINDS:
                for one in await self._cluster.items(version, kind, name):
                    if not is_kept(one):
                        await self._cluster.delete(version, kind, one["metadata"]["name"], name)
            await self._cluster.delete(RBAC, "RoleBinding", CLAIM, name)

    async def _claim_in(self, name: str) -> Object | None:
        return await self._cluster.get(RBAC, "RoleBinding", CLAIM, name)

    def _binding(self, seat: Seat, name: str) -> Object:
        owner = project.owned(seat, self._settings.release)
        return project.binding(self._settings, seat, name) | {
            "metadata": {"name": CLAIM, "namespace": name, **owner}
        }


def is_kept(one: dict[str, Any]) -> bool:
    """Whether an object of a project stays there: the cluster's, the administrator's, the claim."""
    metadata = one["metadata"]
    return (
        metadata["name"] in KEPT | {CLAIM}
        or KEEP in metadata.get("labels", {})
        or one.get("type") == "kubernetes.io/service-account-token"
        or metadata["name"].startswith("system:")
    )
