"""`python -m hub.pods.sweeper`: removes what sessions left behind, whatever happened to the hub.

A service of the hub: it asks the hub who has a session, and the cluster which objects carry our
release. What is older than two minutes goes when its name has no session; when the hub does not
even know the name, its database was lost, and then all is kept. What does not go is reported.
"""

import asyncio
import datetime
import json
import logging
import os
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from kubernetes_asyncio import client, config
from kubernetes_asyncio.client.exceptions import ApiException

from hub.pods.remains import Found, remains, remove
from hub.pods.settings import PodSettings
from hub.processes import hide_memory

log = logging.getLogger("workshop.sweeper")
EVERY = 30.0
#: Younger objects may be those of a session that the hub is just about to know.
YOUNG = datetime.timedelta(minutes=2)


def orphans(found: list[Found], users: Mapping[str, bool], now: datetime.datetime) -> list[Found]:
    """What is of a name that has no session (False in `users`), and old enough to be sure."""
    return [
        one
        for one in found
        if users.get(one.user) is False and one.going_since is None and now - one.made > YOUNG
    ]


def hanging(found: list[Found], now: datetime.datetime) -> list[Found]:
    """What was told to go and is still there."""
    return [one for one in found if one.going_since and now - one.going_since > YOUNG]


class Sweeper:
    """Looks again and again, until it is told to stop."""

    def __init__(self, settings: PodSettings, hub: str, token: str) -> None:
        self._settings, self._hub, self._token = settings, hub, token

    async def run(self) -> None:
        """Sweep for ever; what fails is tried again the next time."""
        config.load_incluster_config()  # type: ignore[no-untyped-call]
        async with client.ApiClient() as api:
            while True:
                try:
                    await self.sweep(api)
                except (OSError, ApiException, ValueError) as error:
                    log.warning("could not look for what sessions left: %s", error)
                await asyncio.sleep(EVERY)

    async def sweep(self, api: client.ApiClient) -> None:
        """Look once. The hub is asked last, so that nothing new is taken for an orphan."""
        found = await remains(api, self._settings)
        users = await asyncio.to_thread(self._users)
        now = datetime.datetime.now(datetime.UTC)
        for one in hanging(found, now):
            log.error("%s %s does not go: %s", one.kind, one.name, one.reason)
        for one in orphans(found, users, now):
            log.warning("%s %s of %s belongs to no session: removed", one.kind, one.name, one.user)
            await remove(api, self._settings, one)

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


def main(environ: Mapping[str, str]) -> None:
    """Sweep until the hub ends us."""
    hide_memory()
    logging.basicConfig(level=logging.INFO, format="sweeper: %(levelname)s: %(message)s")
    settings = PodSettings.from_file(Path(environ["PODS_FILE"]))
    token = environ["JUPYTERHUB_API_TOKEN"]
    asyncio.run(Sweeper(settings, environ["JUPYTERHUB_API_URL"], token).run())


if __name__ == "__main__":
    main(os.environ)
