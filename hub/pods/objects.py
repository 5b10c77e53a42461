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

    async def apply(self, wanted: Object) -> None:
        """Make the object, or make it like this; ApiException when the cluster refuses."""
        kind = await self._kind(wanted["apiVersion"], wanted["kind"])
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
        await _checked(answer)

    async def create(self, wanted: Object) -> bool:
        """Make the object; False where there is one of that name already."""
        kind = await self._kind(wanted["apiVersion"], wanted["kind"])
        namespace = wanted["metadata"].get("namespace")
        answer = await self._cluster.create(kind, body=wanted, namespace=namespace, serialize=False)
        if answer.status == 409:
            return False
        await _checked(answer)
        return True

    async def items(self, version: str, kind: str, namespace: str) -> list[Object]:
        """All objects of a kind in a namespace; none where the cluster has no such kind."""
        try:
            found = await self._kind(version, kind)
        except ResourceNotFoundError:
            return []
        answer = await self._cluster.get(found, namespace=namespace, serialize=False)
        listed = await _checked(answer)
        return list((listed or {}).get("items", []))

    async def get(self, version: str, kind: str, name: str, namespace: str = "") -> Object | None:
        """The object, or None where there is none."""
        found = await self._kind(version, kind)
        answer = await self._cluster.get(
            found, name=name, namespace=namespace or None, serialize=False
        )
        return await _checked(answer, missing_is_fine=True)

    async def delete(self, version: str, kind: str, name: str, namespace: str = "") -> None:
        """Have the object go; one that is gone is no mistake."""
        found = await self._kind(version, kind)
        answer = await self._cluster.delete(
            found, name=name, namespace=namespace or None, serialize=False
        )
        await _checked(answer, missing_is_fine=True)

    async def _kind(self, version: str, kind: str) -> Any:
        return await self._cluster.resources.get(api_version=version, kind=kind)


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
