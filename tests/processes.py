"""Processes as the kernel shows them: who they are, whose they are, what they cost."""

import contextlib
import os
from pathlib import Path


def children(pid: int) -> list[int]:
    """The process and all its descendants, parents first."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                below.setdefault(parent(int(entry.name)), []).append(int(entry.name))
    found = [pid]
    for process in found:
        found += below.get(process, [])
    return found


def pss_mb(pids: list[int]) -> float:
    """Sum of the proportional set sizes, in MB (10⁶ bytes); see proc(5), smaps_rollup."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total / 1e6


def cpu_seconds(pids: list[int]) -> float:
    """User and system time spent so far, in seconds."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def with_command(*words: str) -> list[int]:
    """Processes whose command line holds every one of the words."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if all(word in command for word in words):
                found.append(int(entry.name))
    return found


def parent(pid: int) -> int:
    """The process that would be told of this one's death."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def alive(pid: int) -> bool:
    """True while the process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
