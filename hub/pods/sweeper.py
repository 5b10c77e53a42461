"""`python -m hub.pods.sweeper`: removes what sessions left on the cluster; a service of the hub."""

import asyncio
import datetime
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from kubernetes_asyncio import client, config

from hub.pods.patience import TROUBLES, patient, reason
from hub.pods.remains import mend, remains, remove
from hub.pods.settings import PodSettings
from hub.processes import hide_memory
from hub.sweeper import Found, Sweeper


class Cluster:
    """The sessions of one release."""

    def __init__(self, api: client.ApiClient, settings: PodSettings) -> None:
        self._api, self._settings = api, settings

    async def remains(self) -> list[Found]:
        """All that was made for sessions, its walls mended; OSError when the cluster is away."""
        try:
            found = await remains(self._api, self._settings)
            await mend(self._api, self._settings, found)
            return found
        except TROUBLES as error:
            raise OSError(reason(error)) from None

    async def remove(self, one: Found) -> None:
        """Have it go; OSError when the cluster does not say."""
        try:
            await remove(self._api, self._settings, one)
        except TROUBLES as error:
            raise OSError(reason(error)) from None


async def sweep(environ: Mapping[str, str]) -> None:
    """Sweep for ever."""
    settings = PodSettings.from_file(Path(environ["PODS_FILE"]))
    longest = datetime.timedelta(hours=int(environ["MAX_HOURS"]))
    hub, token = environ["HUB_API_URL"], environ["JUPYTERHUB_API_TOKEN"]
    config.load_incluster_config()  # type: ignore[no-untyped-call]
    async with client.ApiClient() as api:
        await Sweeper(Cluster(patient(api), settings), hub, token, longest).run()


def main(environ: Mapping[str, str]) -> None:
    """Sweep until the hub ends us."""
    hide_memory()
    logging.basicConfig(level=logging.INFO, format="sweeper: %(levelname)s: %(message)s")
    asyncio.run(sweep(environ))


if __name__ == "__main__":
    main(os.environ)
