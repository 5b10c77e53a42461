"""Objects of any kind on the cluster: applied, looked up, removed."""

import json
from typing import Any

from kubernetes_asyncio.client import ApiClient
from kubernetes_asyncio.client.exceptions import ApiException
from kubernetes_asyncio.dynamic import DynamicClient
from kubernetes_asyncio.dynamic.exceptions import ResourceNotFoundError

from hub.pods.seat import Object

#: Who wrote a field, for server-side apply.
MANAGER = "workshop"


class Objects:
    """Kinds are looked up on the cluster, so that a workshop may bring its own."""

    def __init__(self, cluster: DynamicClient) -> None:
        self._cluster = cluster

    @classmethod
    async def on(cls, client: ApiClient) -> "Objects":
        """The objects of the cluster that the client speaks to."""
        return cls(await DynamicClient(client))

    async def apply(self, wanted: Object) -> Object:
        """Make the object, or make it like this; ApiException when the cluster refuses.

        With `uid` and `resourceVersion` among its metadata only what was seen like that is changed.
        """
        kind = await self._known(wanted)
        metadata = wanted["metadata"]
        answer = await self._cluster.server_side_apply(
            kind,
            body=wanted,
            name=metadata["name"],
            namespace=metadata.get("namespace") if kind.namespaced else None,
            field_manager=MANAGER,
            force_conflicts=True,
            serialize=False,
        )
        return await _checked(answer) or {}

    async def create(self, wanted: Object) -> Object | None:
        """Make the object; None where there is one of that name already."""
        kind = await self._known(wanted)
        namespace = wanted["metadata"].get("namespace")
        answer = await self._cluster.create(kind, body=wanted, namespace=namespace, serialize=False)
        return None if answer.status == 409 else await _checked(answer)

    async def items(
        self, version: str, kind: str, namespace: str, labels: str = ""
    ) -> list[Object]:
        """All objects of a kind in a namespace, or those with the labels; none where the cluster
        has no such kind."""
        found = await self._kind(version, kind)
        if found is None:
            return []
        answer = await self._cluster.get(
            found, namespace=namespace, label_selector=labels or None, serialize=False
        )
        listed = await _checked(answer) or {}
        # In a list they do not say what they are.
        return [{"apiVersion": version, "kind": kind} | one for one in listed.get("items", [])]

    async def get(self, version: str, kind: str, name: str, namespace: str = "") -> Object | None:
        """The object, or None where there is none."""
        found = await self._kind(version, kind)
        if found is None:
            return None
        answer = await self._cluster.get(
            found, name=name, namespace=namespace or None, serialize=False
        )
        return await _checked(answer, missing_is_fine=True)

    async def delete(self, version: str, kind: str, name: str, namespace: str = "") -> None:
        """Have the object go; one that is gone is no mistake."""
        found = await self._kind(version, kind)
        if found is None:
            return
        answer = await self._cluster.delete(
            found, name=name, namespace=namespace or None, serialize=False
        )
        await _checked(answer, missing_is_fine=True)

    async def delete_all(self, version: str, kind: str, namespace: str) -> None:
        """Have all objects of a kind in a namespace go."""
        answer = await self._cluster.delete(
            await self._kind(version, kind),
            namespace=namespace,
            field_selector=f"metadata.namespace={namespace}",
            serialize=False,
        )
        await _checked(answer)

    async def delete_this(self, found: Object, unchanged: bool = False) -> bool:
        """Have what was found go; False when there is another one of that name now.

        With `unchanged` also when it was changed since it was found.
        """
        metadata = found["metadata"]
        same = {"uid": metadata["uid"]}
        if unchanged:
            same["resourceVersion"] = metadata["resourceVersion"]
        answer = await self._cluster.delete(
            await self._known(found),
            name=metadata["name"],
            namespace=metadata.get("namespace"),
            body={"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": same},
            serialize=False,
        )
        if answer.status == 409:
            return False
        await _checked(answer, missing_is_fine=True)
        return True

    async def _kind(self, version: str, kind: str) -> Any:
        """The kind, or None where the cluster has none of that name."""
        try:
            return await self._cluster.resources.get(api_version=version, kind=kind)
        except ResourceNotFoundError:
            return None

    async def _known(self, wanted: Object) -> Any:
        version, kind = wanted["apiVersion"], wanted["kind"]
        if found := await self._kind(version, kind):
            return found
        unknown = ApiException(status=422, reason="Unknown kind")
        words = f"{kind} {wanted['metadata']['name']}: the cluster has no such kind in {version}"
        unknown.body = json.dumps({"message": words}).encode()
        raise unknown


async def _checked(answer: Any, missing_is_fine: bool = False) -> Object | None:
    """The object answered; the dynamic client itself takes a refusal for one (36.1)."""
    body = await answer.read()
    if answer.status == 404 and missing_is_fine:
        return None
    if answer.status >= 400:
        refusal = ApiException(status=answer.status, reason=answer.reason)
        refusal.body = body.decode(errors="replace")
        raise refusal
    found: Object = json.loads(body)
    return found
