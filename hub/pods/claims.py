"""Who has a project of a pool: the role binding of its session, written into the project itself.

The cluster makes one of that name only once, and it is changed only as it was seen: so that nobody,
late or in another installation, touches what somebody else has by now.
"""

import asyncio
import logging
import secrets

from kubernetes_asyncio.client.exceptions import ApiException

from hub.pods import project
from hub.pods.objects import Objects
from hub.pods.seat import Object, Seat
from hub.pods.settings import PodSettings

log = logging.getLogger("workshop.claims")

CLAIM = "workshop-session"
#: Which start of the session it is: after each, the claim is another one than was seen before.
START = "workshop/start"
RBAC = "rbac.authorization.k8s.io/v1"
#: Answers of a project that the hub may not use, or that is not there.
CLOSED = frozenset({403, 404})


class Claims:
    """Those of one installation; others may have claims in some of the same projects."""

    def __init__(self, cluster: Objects, settings: PodSettings) -> None:
        self._cluster = cluster
        self._settings = settings

    async def all(self) -> list[tuple[str, Object]]:
        """The projects that sessions of this installation hold, with their claims."""
        pool, release = self._settings.project.pool, self._settings.release
        found = await asyncio.gather(*map(self.in_project, pool))
        return [
            (name, claim)
            for name, claim in zip(pool, found, strict=True)
            if claim and (claim["metadata"].get("labels") or {}).get(project.RELEASE) == release
        ]

    async def of(self, seat: Seat) -> list[tuple[str, Object]]:
        """Those of the session: one, or none, or one that is being cleaned."""
        return [one for one in await self.all() if self.is_of(one[1], seat)]

    def is_of(self, claim: Object, seat: Seat) -> bool:
        """Whether it is the session's."""
        return project.is_own(claim, self._settings, seat)

    async def in_project(self, name: str) -> Object | None:
        """The claim in a project, whosever it is."""
        try:
            return await self._cluster.get(RBAC, "RoleBinding", CLAIM, name)
        except ApiException as error:
            if error.status not in CLOSED:
                raise
            log.error("%s of the pool cannot be looked into: %s", name, error.reason)
            return None

    async def is_still(self, claim: Object) -> bool:
        """Whether it is there, changed or not."""
        there = await self.in_project(claim["metadata"]["namespace"])
        return bool(there and there["metadata"]["uid"] == claim["metadata"]["uid"])

    async def make(self, seat: Seat, name: str) -> Object | None:
        """A new claim, without any rights; None where there is one, or cannot be one."""
        wanted = self._binding(seat, name) | {"subjects": []}
        try:
            if made := await self._cluster.create(wanted):
                return made
        except ApiException as error:
            if error.status not in CLOSED:
                raise
            log.error("%s of the pool cannot be given to anybody: %s", name, error.reason)
            return None
        # It may be this very one, whose answer was lost.
        there = await self.in_project(name)
        same = there and (there["metadata"].get("annotations") or {}).get(START)
        return there if same == wanted["metadata"]["annotations"][START] else None

    async def grant(self, claim: Object, seat: Seat) -> Object | None:
        """Give the session its rights; None where the claim is another one than was seen."""
        wanted = self._binding(seat, claim["metadata"]["namespace"])
        return await self._changed(claim, wanted | {"roleRef": claim["roleRef"]})

    async def revoke(self, claim: Object) -> Object | None:
        """Take the session's rights; None where the claim is another one than was seen."""
        if not claim.get("subjects"):
            return claim
        return await self._changed(claim, claim | {"subjects": []})

    async def end(self, claim: Object) -> None:
        """Remove it, as it was seen."""
        await self._cluster.delete_this(claim, unchanged=True)

    async def _changed(self, claim: Object, wanted: Object) -> Object | None:
        seen = {key: claim["metadata"][key] for key in ("uid", "resourceVersion")}
        metadata = wanted["metadata"]
        kept = {key: metadata[key] for key in ("name", "namespace", "labels", "annotations")}
        try:
            return await self._cluster.apply(wanted | {"metadata": kept | seen})
        except ApiException as error:
            if error.status == 409:
                return None
            raise

    def _binding(self, seat: Seat, name: str) -> Object:
        owner = project.owned(seat, self._settings.release)
        notes = {**owner["annotations"], START: secrets.token_hex(8)}
        metadata = {"name": CLAIM, "namespace": name, **owner, "annotations": notes}
        return project.binding(self._settings, seat, name) | {"metadata": metadata}
