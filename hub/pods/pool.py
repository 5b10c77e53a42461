"""Projects that an administrator made beforehand: handed out one at a time, and cleaned.

Who has a project is written in it: the role binding of the session is also the claim, because the
cluster makes one of that name only once.
"""

import asyncio
import datetime
import logging
from dataclasses import replace

from hub.pods import project
from hub.pods.objects import Objects
from hub.pods.seat import Object, Seat
from hub.pods.settings import PodSettings

log = logging.getLogger("workshop.pool")

CLAIM = "workshop-session"
LEVEL = "pod-security.kubernetes.io/enforce"
RBAC = "rbac.authorization.k8s.io/v1"
#: What an attendee with the role `edit` can make; what is made of other things comes after them.
KINDS = (
    ("apps.openshift.io/v1", "DeploymentConfig"),
    ("build.openshift.io/v1", "BuildConfig"),
    ("build.openshift.io/v1", "Build"),
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
    ("v1", "PersistentVolumeClaim"),
    ("v1", "ServiceAccount"),
    ("v1", "Secret"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"),
    ("coordination.k8s.io/v1", "Lease"),
    ("resource.k8s.io/v1", "ResourceClaim"),
    ("resource.k8s.io/v1", "ResourceClaimTemplate"),
    ("route.openshift.io/v1", "Route"),
    ("image.openshift.io/v1", "ImageStream"),
    ("template.openshift.io/v1", "Template"),
)
#: What the cluster makes again at once where somebody removed it.
KEPT = frozenset(
    {
        ("ConfigMap", "kube-root-ca.crt"),
        ("ConfigMap", "openshift-service-ca.crt"),
        ("ServiceAccount", "default"),
        ("ServiceAccount", "builder"),
        ("ServiceAccount", "deployer"),
    }
)


class FullError(Exception):
    """Every project of the pool is in use."""


class Pool:
    """The projects of one installation."""

    def __init__(self, cluster: Objects, settings: PodSettings) -> None:
        self._cluster = cluster
        self._settings = settings

    async def claim(self, seat: Seat) -> str:
        """A project of the pool, for this session alone; FullError when there is none left."""
        for name in await self.held(seat):
            await self._cluster.apply(self._binding(seat, name))
            return await self._filled(seat, name)
        for name in self._settings.project.pool:
            if await self._cluster.create(self._binding(seat, name)):
                return await self._filled(seat, name)
        raise FullError

    async def _filled(self, seat: Seat, name: str) -> str:
        """Make what the project has for this session, except what its administrator has there."""
        space = await self._cluster.get("v1", "Namespace", name)
        if space and LEVEL not in space["metadata"].get("labels", {}):
            log.warning("%s lets any pod in: its administrator sets the label %s", name, LEVEL)
        await self.bound(seat, name)
        for made in project.extra(self._settings, replace(seat, project=name)):
            await self._cluster.apply(made)
        return name

    async def bound(self, seat: Seat, name: str) -> None:
        """Put walls and budget up where the session's are not, or not any more."""
        claim = await self._claim_in(name)
        if not claim or not claim.get("subjects"):
            return  # it is being cleaned
        for made in self._bounds(seat, name):
            there = await self._cluster.items(made["apiVersion"], made["kind"], name)
            if not any(is_theirs(one, claim) for one in there):
                await self._cluster.apply(made)

    def _bounds(self, seat: Seat, name: str) -> list[Object]:
        """Walls and budget, marked as the session's, so that no administrator's are removed."""
        owner = project.owned(seat, self._settings.release)
        made = project.bounds(self._settings, replace(seat, project=name), name)
        return [one | {"metadata": one["metadata"] | owner} for one in made]

    async def held(self, seat: Seat) -> list[str]:
        """The projects that the session holds: one, or none."""
        claims = await asyncio.gather(*map(self._claim_in, self._settings.project.pool))
        return [
            name
            for name, claim in zip(self._settings.project.pool, claims, strict=True)
            if claim and project.is_own(claim, self._settings, seat)
        ]

    async def release(self, seat: Seat) -> list[str]:
        """Have all go that the session made, and the claim when it is gone; else tell what is not.

        The session loses its rights first, so that nothing is made behind the cleaning, and nobody
        else gets the project before it is clean.
        """
        left = []
        for name in await self.held(seat):
            await self._cluster.apply(self._binding(seat, name) | {"subjects": []})
            claim = await self._claim_in(name)
            left += await self._clean(name, claim) if claim else []
            if not left:
                await self._empty(seat, name)
                await self._cluster.delete(RBAC, "RoleBinding", CLAIM, name)
        return left

    async def _empty(self, seat: Seat, name: str) -> None:
        """Remove budget and further objects: whoever comes next gets new ones."""
        owner = project.owned(seat, self._settings.release)["labels"]
        for made in self._bounds(seat, name):
            for one in await self._cluster.items(made["apiVersion"], made["kind"], name):
                if owner.items() <= one["metadata"].get("labels", {}).items():
                    named = one["metadata"]["name"]
                    await self._cluster.delete(made["apiVersion"], made["kind"], named, name)
        for made in project.extra(self._settings, replace(seat, project=name)):
            kind, metadata = made["kind"], made["metadata"]
            await self._cluster.delete(
                made["apiVersion"], kind, metadata["name"], metadata["namespace"]
            )

    async def _clean(self, name: str, claim: Object) -> list[str]:
        found = []
        for version, kind in KINDS:
            for one in await self._cluster.items(version, kind, name):
                if not is_kept(kind, one, claim):
                    found.append(f"{kind} {one['metadata']['name']} in {name}")
                    await self._cluster.delete(version, kind, one["metadata"]["name"], name)
        return found

    async def _claim_in(self, name: str) -> Object | None:
        return await self._cluster.get(RBAC, "RoleBinding", CLAIM, name)

    def _binding(self, seat: Seat, name: str) -> Object:
        owner = project.owned(seat, self._settings.release)
        return project.binding(self._settings, seat, name) | {
            "metadata": {"name": CLAIM, "namespace": name, **owner}
        }


def is_theirs(one: Object, claim: Object) -> bool:
    """Whether walls or a budget are the administrator's own, which stand in the place of ours."""
    ours = project.RELEASE in (one["metadata"].get("labels") or {})
    return not ours and _made(one) < _made(claim)


def is_kept(kind: str, one: Object, claim: Object) -> bool:
    """Whether an object of a project stays there: the cluster's, and what was there before.

    When it was made is what nobody can change who works there.
    """
    metadata = one["metadata"]
    older = _made(one) < _made(claim)
    return older or (kind, metadata["name"]) in KEPT or _is_given(kind, one)


def _is_given(kind: str, one: Object) -> bool:
    """Whether it is the Secret that OpenShift gives an account of its own, and gives again."""
    owners = one["metadata"].get("ownerReferences") or []
    return (
        kind == "Secret"
        and one.get("type") == "kubernetes.io/dockercfg"
        and any((owner["kind"], owner["name"]) in KEPT for owner in owners)
    )


def _made(one: Object) -> datetime.datetime:
    return datetime.datetime.fromisoformat(one["metadata"]["creationTimestamp"])
