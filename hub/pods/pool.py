"""Projects that an administrator made beforehand: handed out one at a time, and cleaned.

Others may have the same pool. What is removed was seen while the session's claim was there, and is
removed only as it was seen.
"""

import logging
from dataclasses import replace

from hub.pods import project
from hub.pods.beside import beside, is_ours
from hub.pods.claims import Claims
from hub.pods.cleaning import KINDS, is_older, sorted_out
from hub.pods.objects import Objects
from hub.pods.seat import Object, Seat
from hub.pods.settings import PodSettings
from hub.pods.tokens import end_tokens

log = logging.getLogger("workshop.pool")

LEVEL = "pod-security.kubernetes.io/enforce"


class FullError(Exception):
    """Every project of the pool is in use."""


class Pool:
    """The projects of one installation."""

    def __init__(self, cluster: Objects, settings: PodSettings) -> None:
        self._cluster = cluster
        self._settings = settings
        self.claims = Claims(cluster, settings)

    async def claim(self, seat: Seat) -> str:
        """A project of the pool, for this session alone; FullError when there is none left.

        One that is being cleaned is not given back to its session before it is clean.
        """
        for name, claim in await self.claims.of(seat):
            if not claim.get("subjects"):
                # Once more, or somebody else would find it taken: what went at once is gone by now.
                if await self._clean(seat, name, claim):
                    await self._clean(seat, name, claim)
            elif granted := await self.claims.grant(claim, seat):
                await self._fill(seat, name, granted)
                return name
        for name in self._settings.project.pool:
            if made := await self.claims.make(seat, name):
                await self._fill(seat, name, made)
                if await self.claims.grant(made, seat):
                    return name
        raise FullError

    async def _fill(self, seat: Seat, name: str, claim: Object) -> None:
        """Make what the project has for this session, except what its administrator has there."""
        space = await self._cluster.get("v1", "Namespace", name)
        if space and LEVEL not in space["metadata"].get("labels", {}):
            log.warning("%s lets any pod in: its administrator sets the label %s", name, LEVEL)
        await self._bind(seat, name, claim)
        for made in project.extra(self._settings, replace(seat, project=name)):
            there = await self._like(made)
            if there and is_older(there, claim):
                log.warning("%s: its own %s stays", name, described(there))
            else:
                await self._cluster.apply(made)

    async def bound(self, seat: Seat, name: str) -> None:
        """Put walls and budget up where the session's are not, or not any more."""
        claim = await self.claims.in_project(name)
        if claim and claim.get("subjects") and self.claims.is_of(claim, seat):
            made = await self._bind(seat, name, claim)
            if not await self.claims.is_still(claim):
                for one in made:
                    await self._cluster.delete_this(one, unchanged=True)

    async def _bind(self, seat: Seat, name: str, claim: Object) -> list[Object]:
        made = []
        for wanted in self._bounds(seat, name):
            there = await self._cluster.items(wanted["apiVersion"], wanted["kind"], name)
            theirs = [one for one in there if is_older(one, claim) and not is_ours(one, wanted)]
            if rest := beside(wanted, theirs):
                made.append(await self._cluster.apply(rest))
        return made

    def _bounds(self, seat: Seat, name: str) -> list[Object]:
        """Walls and budget, marked as the session's, so that no administrator's are removed."""
        owner = project.owned(seat, self._settings.release)
        made = project.bounds(self._settings, replace(seat, project=name), name)
        return [one | {"metadata": one["metadata"] | owner} for one in made]

    async def release(self, seat: Seat, seen: str = "") -> list[str]:
        """Have all go that the session made, and the claim when it is gone; else tell what is not.

        The session loses its rights first, so that nothing is made behind the cleaning, and nobody
        else gets the project before it is clean. With `seen` only a claim of that version.
        """
        left = []
        for name, claim in await self.claims.of(seat):
            if not seen or claim["metadata"]["resourceVersion"] == seen:
                ending = await self.claims.revoke(claim)
                left += await self._clean(seat, name, ending) if ending else [f"{name} changes"]
        return left

    async def _clean(self, seat: Seat, name: str, claim: Object) -> list[str]:
        bounds, extra = await self._bounds_in(seat, name), await self._extra_in(seat, name, claim)
        known = {one["metadata"]["uid"] for one in bounds}
        there = [one for kind in KINDS for one in await self._cluster.items(*kind, name)]
        found = sorted_out([one for one in there if one["metadata"]["uid"] not in known], claim)
        # What was seen until now was seen while the claim was there.
        if not await self.claims.is_still(claim):
            return []
        rights = [one for one in extra if one["kind"] == "RoleBinding"]
        session = [*rights, *found.session]
        for one in (*session, *found.late) if session else (*bounds, *extra):
            await self._cluster.delete_this(one)
        if not session:
            await end_tokens(self._cluster, claim)
            await self._cluster.delete_all("v1", "Event", name)
            await self.claims.end(claim)
        return [f"{described(one)} in {name}" for one in session]

    async def _bounds_in(self, seat: Seat, name: str) -> list[Object]:
        """Budget and walls: whoever comes next gets new ones."""
        return [
            one
            for made in self._bounds(seat, name)
            for one in await self._cluster.items(made["apiVersion"], made["kind"], name)
            if is_ours(one, made)
        ]

    async def _extra_in(self, seat: Seat, name: str, claim: Object) -> list[Object]:
        """Further objects, which may be of other kinds and elsewhere."""
        wanted = project.extra(self._settings, replace(seat, project=name))
        found = [await self._like(made) for made in wanted]
        return [one for one in found if one and not is_older(one, claim)]

    async def _like(self, made: Object) -> Object | None:
        metadata = made["metadata"]
        version, kind = made["apiVersion"], made["kind"]
        return await self._cluster.get(version, kind, metadata["name"], metadata["namespace"])


def described(one: Object) -> str:
    """What it is, for people."""
    return f"{one['kind']} {one['metadata']['name']}"
