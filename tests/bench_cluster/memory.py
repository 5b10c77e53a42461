"""What a pod's processes hold in memory, as the kernel counts it for each container."""

import re

from tests.cluster import Release
from tests.waiting import until

#: cgroup v2's file, and v1's.
FILES = ("/sys/fs/cgroup/memory.stat", "/sys/fs/cgroup/memory/memory.stat")


def held(stat: str) -> float:
    """MB of anonymous and shared memory in a memory.stat, whichever version's."""
    found = {name: int(value) for name, value in re.findall(r"(?m)^(\w+) (\d+)$", stat)}
    return (found.get("anon", found.get("rss", 0)) + found["shmem"]) / 1e6


def pod_memory(release: Release, name: str) -> float:
    """MB of all containers of the session's pod, once it has come to rest."""
    seen = [0.0]

    def at_rest() -> bool:
        containers = release.pod(name)["spec"]["containers"]
        seen.append(sum(_held_in(release, name, one["name"]) for one in containers))
        return abs(seen[-1] - seen[-2]) < 0.2

    until(at_rest, what=f"the pod of {name} to rest", limit=60, every=2)
    return seen[-1]


def _held_in(release: Release, name: str, container: str) -> float:
    for file in FILES:
        stat = release.run(name, container, "cat", file, check=False)
        if "shmem" in stat:
            return held(stat)
    raise AssertionError(f"the container {container} does not show its memory")
