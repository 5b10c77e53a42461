"""`make bench-cluster`: measure on a cluster, print a table, write `build/bench-cluster.json`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from tests.attendee import Attendee
from tests.bench.figure import Figure, table, write
from tests.bench_cluster import pairs
from tests.bench_cluster.crowd import SEATS, Room, seated
from tests.bench_cluster.hubs import our_hub, their_hub
from tests.cluster import Cluster, Release
from tests.product import ROOT

RESULT = ROOT / "build/bench-cluster.json"
NAMES = ("spawn", "pod_memory", "twenty_five_pods", "hub_killed", "proxy_killed")
Tell = Callable[[Figure], None]
PAIRS = {"spawn", "pod_memory"}


def main() -> None:
    """Measure the figures asked for, ten pairs each unless told otherwise."""
    parser = argparse.ArgumentParser(prog="make bench-cluster")
    parser.add_argument("figures", nargs="*", help=f"which figures, of: {', '.join(NAMES)}")
    parser.add_argument("--pairs", type=int, default=10)
    options = parser.parse_args()
    wanted = set(options.figures or NAMES)
    if strangers := wanted - set(NAMES):
        parser.error(f"no such figure: {', '.join(sorted(strangers))}")
    if not os.environ.get("WORKSHOP_IMAGES"):
        sys.exit("there are no images: set WORKSHOP_IMAGES to PREFIX:TAG of those the cluster has")
    figures: list[Figure] = []

    def tell(figure: Figure) -> None:
        figures.append(figure)
        write(figures, NAMES, RESULT)  # what comes later may fail

    try:
        _measure(Cluster.of_environment(), wanted, options.pairs, tell)
    except pytest.skip.Exception as missing:
        sys.exit(str(missing))
    sys.stdout.write(table(figures) + "\n")


def _measure(cluster: Cluster, wanted: set[str], count: int, tell: Tell) -> None:
    if wanted & PAIRS:
        with our_hub(cluster) as ours, their_hub(cluster) as theirs:
            if "spawn" in wanted:
                readings = asyncio.run(pairs.spawn(ours, theirs, count))
                tell(Figure("spawn", "s", *zip(*readings, strict=True), 0.6))
            if "pod_memory" in wanted:
                readings = asyncio.run(pairs.memory(ours, theirs, count))
                tell(Figure("pod_memory", "MB", *zip(*readings, strict=True), 0.75))
    if wanted - PAIRS:
        with our_hub(cluster) as ours:
            asyncio.run(_class(ours, wanted, tell))


async def _class(release: Release, wanted: set[str], tell: Tell) -> None:
    """What a class sees; it is seated for each of these figures."""
    async with AsyncExitStack() as stack:
        names = [f"seat{number}" for number in range(SEATS)]
        people = [await stack.enter_async_context(Attendee(release, name)) for name in names]
        tell(await seated(release, people))
        if wanted & {"hub_killed", "proxy_killed"}:
            room = await stack.enter_async_context(Room.opened(release, people))
            if "hub_killed" in wanted:
                tell(await room.hub_killed())
            if "proxy_killed" in wanted:
                tell(await room.proxy_killed())


if __name__ == "__main__":
    main()
