"""`python -m hub.pods.clean`: removes all that sessions have, before the chart is uninstalled.

Homes that are kept are named. Ends when all is gone, or with status 1 naming what is not.
"""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from kubernetes_asyncio import client, config

from hub.pods.patience import patient
from hub.pods.project import RELEASE
from hub.pods.remains import remains, remove
from hub.pods.settings import PodSettings
from hub.sweeper import Found

#: Seconds that everything together may take to go.
PATIENCE = 150.0


async def clean(settings: PodSettings) -> list[Found]:
    """Remove everything; what is still there at the end."""
    config.load_incluster_config()  # type: ignore[no-untyped-call]
    async with client.ApiClient() as api:
        patient(api)
        end = time.monotonic() + PATIENCE
        while (found := await remains(api, settings)) and time.monotonic() < end:
            for one in found:
                if one.going_since is None:
                    await remove(api, settings, one)
            await asyncio.sleep(1)
        if settings.home.persistent:
            await _homes(client.CoreV1Api(api), settings)
        return found


async def _homes(core: client.CoreV1Api, s: PodSettings) -> None:
    """Name the homes that are kept; remove them where they are not to be."""
    mine = f"{RELEASE}={s.release}"
    found = await core.list_namespaced_persistent_volume_claim(s.namespace, label_selector=mine)
    for home in found.items:
        name = home.metadata.name
        if not s.home.keep:
            await core.delete_namespaced_persistent_volume_claim(name, s.namespace)
        sys.stdout.write(f"{'kept' if s.home.keep else 'removed'}: home {name} in {s.namespace}\n")


def main(environ: Mapping[str, str]) -> int:
    """Clean; 1 when something does not go."""
    left = asyncio.run(clean(PodSettings.from_file(Path(environ["PODS_FILE"]))))
    for one in left:
        sys.stderr.write(f"{one.kind} {one.name} does not go: {one.reason}\n")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main(os.environ))
