"""What of a project of the pool is its session's, and has to go; pure rules.

When it was made is what nobody can change who works there: what was there before the claim is the
administrator's, and what is made after the session lost its rights is the cluster's.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from hub.pods.objects import MANAGER
from hub.pods.seat import Object

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
#: That long the cluster may still take a session's word after it took its rights away.
GRACE = datetime.timedelta(seconds=3)


@dataclass(frozen=True)
class Sorted:
    """What is in a project: the session's, and what goes with it while that is there."""

    session: Sequence[Object]
    late: Sequence[Object]


def sorted_out(things: Sequence[Object], claim: Object) -> Sorted:
    """What there is to remove; `things` in the order of KINDS, owners first.

    What the cluster made since the session lost its rights is nobody's, but could be of something
    of the session that is still there. It stays when something that stays controls it.
    """
    session: list[Object] = []
    late: list[Object] = []
    staying = set()
    lost = rights_lost(claim) + GRACE
    for one in things:
        metadata = one["metadata"]
        is_late = made(one) > lost and "deletionTimestamp" not in metadata
        if is_kept(one["kind"], one, claim) or (is_late and _controller(one) in staying):
            staying.add(metadata.get("uid"))
        else:
            (late if is_late else session).append(one)
    return Sorted(session, late)


def rights_lost(claim: Object) -> datetime.datetime:
    """When the session had its rights for the last time, by the cluster's own clock."""
    return max(map(datetime.datetime.fromisoformat, _applied(claim)), default=made(claim))


def was_granted(claim: Object) -> bool:
    """Whether the session ever had its rights; else it may be just about to get them."""
    return bool(_applied(claim))


def _applied(claim: Object) -> list[str]:
    """When it was given rights, or was deprived of them: it is made without any."""
    return [
        entry["time"]
        for entry in claim["metadata"].get("managedFields") or []
        if entry.get("manager") == MANAGER and entry.get("operation") == "Apply"
    ]


def is_kept(kind: str, one: Object, claim: Object) -> bool:
    """Whether an object of a project stays there: the cluster's, and what was there before."""
    return is_older(one, claim) or (kind, one["metadata"]["name"]) in KEPT or _is_given(kind, one)


def is_older(one: Object, claim: Object) -> bool:
    """Whether it was there before the session."""
    return made(one) < made(claim)


def made(one: Object) -> datetime.datetime:
    """When the cluster made it."""
    return datetime.datetime.fromisoformat(one["metadata"]["creationTimestamp"])


def _controller(one: Object) -> str:
    """The uid of what made it, and would make it again."""
    owners = one["metadata"].get("ownerReferences") or []
    return next((owner["uid"] for owner in owners if owner.get("controller")), "")


def _is_given(kind: str, one: Object) -> bool:
    """Whether it is the Secret that OpenShift gives an account of its own, and gives again."""
    owners = one["metadata"].get("ownerReferences") or []
    return (
        kind == "Secret"
        and one.get("type") == "kubernetes.io/dockercfg"
        and any((owner["kind"], owner["name"]) in KEPT for owner in owners)
    )
