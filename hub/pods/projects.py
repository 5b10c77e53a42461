"""Gives each session its project and its address, and takes them away again."""

import asyncio
import logging

from kubernetes_asyncio.client import ApiClient

from hub.no_session import NoSession
from hub.pods import project
from hub.pods.address import Addresses
from hub.pods.failures import no_address, taken
from hub.pods.objects import Objects
from hub.pods.pool import FullError, Pool
from hub.pods.seat import Seat
from hub.pods.settings import PodSettings

#: Seconds that a namespace of an earlier session may take to go.
GOING = 120
#: Seconds that a stop waits for what the session made; pods may take 30.
CLEANING = 60

log = logging.getLogger("workshop.projects")


class Projects:
    """Makes and removes the objects of sessions; asked twice it does no harm."""

    def __init__(self, client: ApiClient, settings: PodSettings) -> None:
        self._client = client
        self._settings = settings

    async def give(self, seat: Seat) -> str:
        """Make the session's address, account and project, and tell the project's name.

        ApiException when the cluster refuses, FullError when a pool has none left, NoSession when
        a namespace of that name is not the session's.
        """
        cluster = await Objects.on(self._client)
        if seat.host:
            await Addresses(cluster, self._settings).give(seat)
        if not seat.account:
            return ""
        await cluster.apply(project.account(self._settings, seat))
        if self._settings.project.policy == "pool":
            return await self._claim(cluster, seat)
        names = project.namespaces(self._settings.project, seat)
        await asyncio.gather(*(self._fill(cluster, seat, name) for name in names))
        for made in project.extra(self._settings, seat):
            await cluster.apply(made)
        return seat.project

    async def served(self, seat: Seat) -> None:
        """Return when the session's address leads there; NoSession when it never will."""
        if not seat.host:
            return
        addresses = Addresses(await Objects.on(self._client), self._settings)
        if said := await addresses.refusal(seat):
            raise NoSession(no_address(said), reason="address")

    async def take(self, seat: Seat) -> None:
        """Remove what the session was given, and nothing else of those names.

        What is gone already is no mistake.
        """
        cluster = await Objects.on(self._client)
        if seat.host:
            await Addresses(cluster, self._settings).take_all(seat)
        if not seat.account:
            return
        if self._settings.project.policy == "pool":
            await self._clean(cluster, seat)
        else:
            for name in project.namespaces(self._settings.project, seat):
                found = await cluster.get("v1", "Namespace", name)
                if found and project.is_own(found, self._settings, seat):
                    await cluster.delete("v1", "Namespace", name)
        await cluster.delete("v1", "ServiceAccount", seat.account, self._settings.namespace)

    async def _claim(self, cluster: Objects, seat: Seat) -> str:
        """Where no other project is free, the one that an earlier session of the same left."""
        pool = Pool(cluster, self._settings)
        try:
            return await pool.claim(seat)
        except FullError:
            if not await pool.claims.of(seat):
                raise
        await self._clean(cluster, seat)
        return await pool.claim(seat)

    async def _clean(self, cluster: Objects, seat: Seat) -> None:
        """Return when the next one may have the project; the sweeper goes on where that is long."""
        pool = Pool(cluster, self._settings)
        end = asyncio.get_running_loop().time() + CLEANING
        while left := await pool.release(seat):
            if asyncio.get_running_loop().time() > end:
                log.error("a project of the pool is not clean: %s", "; ".join(left))
                return
            await asyncio.sleep(1)

    async def _fill(self, cluster: Objects, seat: Seat, name: str) -> None:
        await self._have(cluster, seat, name)
        things = project.inside(self._settings, seat, name)
        await asyncio.gather(*(cluster.apply(thing) for thing in things))

    async def _have(self, cluster: Objects, seat: Seat, name: str) -> None:
        """Make the namespace, or go on with the session's own that an earlier hub left.

        One that an earlier session left is on its way out for a while.
        """
        wanted = project.namespace(self._settings, seat, name)
        async with asyncio.timeout(GOING):
            while not await cluster.create(wanted):
                found = await cluster.get("v1", "Namespace", name)
                if found and found["status"]["phase"] != "Terminating":
                    if not project.is_own(found, self._settings, seat):
                        raise NoSession(taken(name), reason="taken")
                    return
                await asyncio.sleep(0.5)
