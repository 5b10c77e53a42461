"""Removes what sessions left behind, whatever happened to the hub.

It asks the hub who has a session, and whoever keeps sessions what was made for them. What is older
than two minutes goes when its name has no session. When the hub does not even know the name, its
database was lost: then all is kept for its owner to go on with, for as long as a session may last.
What does not go is reported.
"""

import asyncio
import datetime
import json
import logging
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

log = logging.getLogger("workshop.sweeper")
EVERY = 30.0
#: Younger objects may be those of a session that the hub is just about to know.
YOUNG = datetime.timedelta(minutes=2)


@dataclass(frozen=True)
class Found:
    """Something that was made for a session."""

    kind: str
    name: str
    user: str
    made: datetime.datetime
    going_since: datetime.datetime | None = None
    reason: str = ""
    session: str = ""
    version: str = ""
    #: Whether its session has ended, whoever has one of that name by now.
    ended: bool = False


class Place(Protocol):
    """Where sessions are kept."""

    async def remains(self) -> list[Found]:
        """All that was made for sessions; OSError or ValueError when it cannot be known."""

    async def remove(self, one: Found) -> None:
        """Have it go."""


def orphans(
    found: list[Found],
    users: Mapping[str, bool],
    now: datetime.datetime,
    longest: datetime.timedelta,
) -> list[Found]:
    """What is of a name that has no session (False in `users`), and old enough to be sure.

    What goes already, or is known to be of a session that has ended, is left to whoever sees to it.
    Of a name that is not in `users` it is what is older than the longest session.
    """
    return [
        one
        for one in found
        if one.going_since is None
        and not one.ended
        and not users.get(one.user)
        and now - one.made > (YOUNG if one.user in users else longest)
    ]


def hanging(found: list[Found], now: datetime.datetime) -> list[Found]:
    """What was told to go and is still there."""
    return [one for one in found if one.going_since and now - one.going_since > YOUNG]


class Sweeper:
    """Looks again and again, until it is told to stop."""

    def __init__(
        self,
        place: Place,
        hub: str,
        token: str,
        longest: datetime.timedelta = datetime.timedelta.max,
    ) -> None:
        self._place, self._hub, self._token = place, hub, token
        self._longest = longest

    async def run(self) -> None:
        """Sweep for ever; what fails is tried again the next time."""
        while True:
            try:
                await self.sweep()
            except (OSError, ValueError) as error:
                log.warning("could not look for what sessions left: %s", error)
            await asyncio.sleep(EVERY)

    async def sweep(self) -> None:
        """Look once. The hub is asked last, so that nothing new is taken for an orphan."""
        found = await self._place.remains()
        users = await asyncio.to_thread(self._users)
        now = datetime.datetime.now(datetime.UTC)
        for one in hanging(found, now):
            log.error("%s %s does not go: %s", one.kind, one.name, one.reason)
        for one in orphans(found, users, now, self._longest):
            log.warning("%s %s of %s belongs to no session: removed", one.kind, one.name, one.user)
            await self._place.remove(one)

    def _users(self) -> dict[str, bool]:
        """All names, and whether each has a session, also one that is only starting or stopping."""
        everybody = dict.fromkeys(self._names(""), False)
        return everybody | dict.fromkeys(self._names("state=active&"), True)

    def _names(self, which: str) -> list[str]:
        names: list[str] = []
        url = f"{self._hub}/users?{which}limit=200"
        headers = {
            "Authorization": f"token {self._token}",
            "Accept": "application/jupyterhub-pagination+json",
        }
        while url:
            asked = urllib.request.Request(url, headers=headers)
            with urllib.request.urlopen(asked, timeout=10) as answer:
                page = json.load(answer)
            names += [user["name"] for user in page["items"]]
            following = page["_pagination"]["next"]
            url = following["url"] if following else ""
        return names
