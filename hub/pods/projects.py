"""Gives each session its project, and takes it away again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from kubernetes_asyncio.client import ApiClient
from kubernetes_asyncio.client.exceptions import ApiException
from kubernetes_asyncio.dynamic import DynamicClient

from hub.pods import project
from hub.pods.seat import Object, Seat
from hub.pods.settings import PodSettings

#: Who wrote a field, for server-side apply.
MANAGER = "workshop"
#: Seconds that a namespace of an earlier session may take to go.
GOING = 120


class Projects:
    """Makes and removes the objects of sessions; asked twice it does no harm."""

    def __init__(self, client: ApiClient, settings: PodSettings) -> None:
        self._api = client
        self._settings = settings

    async def give(self, seat: Seat) -> None:
        """Make the session's account and project; ApiException when the cluster refuses."""
        async with self._dynamic() as cluster:
            await _apply(cluster, project.account(self._settings, seat))
            if self._settings.project.policy != "create":
                return
            names = project.namespaces(self._settings.project, seat)
            await asyncio.gather(*(self._fill(cluster, seat, name) for name in names))
            for made in project.extra(self._settings, seat):
                await _apply(cluster, made)

    async def take(self, seat: Seat) -> None:
        """Remove the session's project and account; what is gone already is no mistake."""
        async with self._dynamic() as cluster:
            if self._settings.project.policy == "create":
                for name in project.namespaces(self._settings.project, seat):
                    await _delete(cluster, "Namespace", name)
            await _delete(cluster, "ServiceAccount", seat.account, self._settings.namespace)

    async def _fill(self, cluster: DynamicClient, seat: Seat, name: str) -> None:
        await self._until_gone(cluster, name)
        await _apply(cluster, project.namespace(self._settings, seat, name))
        things = project.inside(self._settings, seat, name)
        await asyncio.gather(*(_apply(cluster, thing) for thing in things))

    async def _until_gone(self, cluster: DynamicClient, name: str) -> None:
        """A namespace that an earlier session left is on its way out for a while."""
        kind = await cluster.resources.get(api_version="v1", kind="Namespace")
        async with asyncio.timeout(GOING):
            while True:
                try:
                    found = await cluster.get(kind, name=name)
                except ApiException as error:
                    if error.status == 404:
                        return
                    raise
                if found.status.phase != "Terminating":
                    return
                await asyncio.sleep(0.5)

    @asynccontextmanager
    async def _dynamic(self) -> AsyncIterator[DynamicClient]:
        yield await DynamicClient(self._api)


async def _apply(cluster: DynamicClient, wanted: Object) -> Any:
    kind = await cluster.resources.get(api_version=wanted["apiVersion"], kind=wanted["kind"])
    metadata = wanted["metadata"]
    return await cluster.server_side_apply(
        kind,
        body=wanted,
        name=metadata["name"],
        namespace=metadata.get("namespace") if kind.namespaced else None,
        field_manager=MANAGER,
        force_conflicts=True,
    )


async def _delete(cluster: DynamicClient, kind: str, name: str, namespace: str = "") -> None:
    found = await cluster.resources.get(api_version="v1", kind=kind)
    try:
        await cluster.delete(found, name=name, namespace=namespace or None)
    except ApiException as error:
        if error.status != 404:
            raise
