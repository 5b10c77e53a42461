"""What sessions have on the cluster, found by the labels of their release."""

import logging
from typing import Any

from kubernetes_asyncio.client import ApiClient, CoreV1Api
from kubernetes_asyncio.client.exceptions import ApiException

from hub.pods.address import VERSIONS
from hub.pods.claims import Claims
from hub.pods.cleaning import made, was_granted
from hub.pods.objects import Objects
from hub.pods.pool import Pool
from hub.pods.project import RELEASE, SESSION, USER, wall
from hub.pods.seat import Object, Seat
from hub.pods.settings import PodSettings
from hub.sweeper import Found

log = logging.getLogger("workshop.remains")


async def remains(client: ApiClient, s: PodSettings) -> list[Found]:
    """All that was made for sessions of this release, homes left out."""
    core = CoreV1Api(client)
    mine = f"{RELEASE}={s.release}"
    pods = await core.list_namespaced_pod(s.namespace, label_selector=mine)
    found = [_found("Pod", one) for one in pods.items]
    if s.project.policy != "none":
        accounts = await core.list_namespaced_service_account(s.namespace, label_selector=mine)
        found += [_found("ServiceAccount", one) for one in accounts.items]
    if s.project.policy == "pool":
        found += [_claim(*one) for one in await Claims(await Objects.on(client), s).all()]
    if s.project.policy == "create":
        spaces = await core.list_namespace(label_selector=mine)
        found += [_found("Namespace", one) for one in spaces.items]
    if s.address:
        found += await _addresses(await Objects.on(client), s)
    return found


async def remove(client: ApiClient, s: PodSettings, one: Found) -> None:
    """Have it go; what cannot be removed is reported."""
    core = CoreV1Api(client)
    try:
        if one.kind == "Namespace":
            await core.delete_namespace(one.name)
        elif one.kind == "Claim":
            seat = Seat(prefix="", user=one.user, account=one.session)
            if left := await Pool(await Objects.on(client), s).release(seat, one.version):
                log.info("%s is not clean: %s", one.name, "; ".join(left))
        elif one.kind in VERSIONS and s.address:
            cluster = await Objects.on(client)
            await cluster.delete(VERSIONS[one.kind], one.kind, one.name, s.address.namespace)
        elif one.kind == "Pod":
            await core.delete_namespaced_pod(one.name, s.namespace)
        else:
            await core.delete_namespaced_service_account(one.name, s.namespace)
    except ApiException as error:
        if error.status != 404:
            log.error("%s %s cannot be removed: %s", one.kind, one.name, error.reason)


async def mend(client: ApiClient, s: PodSettings, found: list[Found]) -> None:
    """Put the walls of projects up again, which those who work there may take down.

    Where the session has ended the cleaning goes on.
    """
    cluster = await Objects.on(client)
    for one in found:
        seat = Seat(prefix="", user=one.user, account=one.session, project=one.name)
        try:
            if one.ended:
                await remove(client, s, one)
            elif one.kind == "Claim":
                await Pool(cluster, s).bound(seat, one.name)
            elif one.kind == "Namespace" and one.going_since is None:
                await cluster.apply(wall(s, seat, one.name))
        except ApiException as error:
            log.warning("%s has no walls: %s", one.name, error.reason)


def _claim(name: str, claim: Object) -> Found:
    """Who holds a project of the pool; as it was seen now, and no later one, it may be ended."""
    metadata = claim["metadata"]
    return Found(
        kind="Claim",
        name=name,
        user=metadata.get("annotations", {}).get(USER, ""),
        made=made(claim),
        session=metadata["labels"].get(SESSION, ""),
        version=metadata["resourceVersion"],
        ended=not claim.get("subjects") and was_granted(claim),
    )


async def _addresses(cluster: Objects, s: PodSettings) -> list[Found]:
    """The Routes or Ingresses of sessions."""
    if not s.address:
        return []
    kind = s.address.kind
    return [
        Found(
            kind=kind,
            name=one["metadata"]["name"],
            user=one["metadata"].get("annotations", {}).get(USER, ""),
            made=made(one),
        )
        for one in await cluster.items(VERSIONS[kind], kind, s.address.namespace)
        if one["metadata"].get("labels", {}).get(RELEASE) == s.release
    ]


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
        session=(meta.labels or {}).get(SESSION, ""),
    )
