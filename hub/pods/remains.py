"""What sessions have on the cluster, found by the labels of their release."""

import datetime
import logging
from dataclasses import dataclass
from typing import Any

from kubernetes_asyncio.client import CoreV1Api
from kubernetes_asyncio.client.exceptions import ApiException

from hub.pods.project import RELEASE, USER
from hub.pods.settings import PodSettings

log = logging.getLogger("workshop.remains")


@dataclass(frozen=True)
class Found:
    """An object that was made for a session."""

    kind: str
    name: str
    user: str
    made: datetime.datetime
    going_since: datetime.datetime | None = None
    reason: str = ""


async def remains(core: CoreV1Api, s: PodSettings) -> list[Found]:
    """All that was made for sessions of this release, homes left out."""
    mine = f"{RELEASE}={s.release}"
    pods = await core.list_namespaced_pod(s.namespace, label_selector=mine)
    found = [_found("Pod", one) for one in pods.items]
    if s.project.policy != "none":
        accounts = await core.list_namespaced_service_account(s.namespace, label_selector=mine)
        found += [_found("ServiceAccount", one) for one in accounts.items]
    if s.project.policy == "create":
        spaces = await core.list_namespace(label_selector=mine)
        found += [_found("Namespace", one) for one in spaces.items]
    return found


async def remove(core: CoreV1Api, s: PodSettings, one: Found) -> None:
    """Have it go; what cannot be removed is reported."""
    try:
        if one.kind == "Namespace":
            await core.delete_namespace(one.name)
        elif one.kind == "Pod":
            await core.delete_namespaced_pod(one.name, s.namespace)
        else:
            await core.delete_namespaced_service_account(one.name, s.namespace)
    except ApiException as error:
        if error.status != 404:
            log.error("%s %s cannot be removed: %s", one.kind, one.name, error.reason)


def _found(kind: str, one: Any) -> Found:
    meta = one.metadata
    conditions = getattr(one.status, "conditions", None) or [] if kind == "Namespace" else []
    said = [c.message for c in conditions if c.status == "True" and c.message]
    return Found(
        kind=kind,
        name=meta.name,
        user=(meta.annotations or {}).get(USER, ""),
        made=meta.creation_timestamp,
        going_since=meta.deletion_timestamp,
        reason="; ".join(said) or "no reason is given",
    )
