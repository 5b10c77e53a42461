"""The stand-in as the console's container runs it, in front of the cluster that it is in."""

import asyncio
import os
import sys
from collections.abc import Mapping

from tests.console_standin.bridge import Console, running_console
from tests.console_standin.cluster import ClusterKube
from tests.console_standin.flags import Flags

CLUSTER = "https://kubernetes.default.svc"


async def serve(environ: Mapping[str, str]) -> None:
    """Answer until ended."""
    flags = Flags.of(environ)
    kube = ClusterKube(CLUSTER, flags.token, str(flags.authority))
    console = Console(flags.base, kube, secure=flags.secure, host=flags.host, port=flags.port)
    async with running_console(console):
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        if unknown := sys.argv[1:]:
            raise ValueError(f"no argument is known here: {unknown}")
        asyncio.run(serve(os.environ))
    except ValueError as error:
        sys.exit(f"console: {error}")
