"""Whether a process or a place to connect to is there, by asking the system."""

import os
import socket

from tornado.httpclient import AsyncHTTPClient, HTTPError


def accepts(place: tuple[str, int] | str) -> bool:
    """Whether somebody listens at the address, or on the unix socket of that path."""
    family = socket.AF_UNIX if isinstance(place, str) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.2)
        try:
            probe.connect(place)
        except OSError:
            return False
    return True


async def answers(url: str) -> bool:
    """Whether a server there says that all is well."""
    try:
        await AsyncHTTPClient().fetch(url, connect_timeout=2, request_timeout=2)
    except (HTTPError, OSError):
        return False
    return True


def when_started(pid: int) -> str:
    """When a process began, in a form to compare; empty when there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat, open("/proc/stat", "rb") as machine:
            ticks = stat.read().rpartition(b")")[2].split()[19].decode()
            boot = next(line for line in machine if line.startswith(b"btime")).split()[1].decode()
    except OSError:
        return ""
    return f"{boot}-{ticks}"


def still_runs(pid: int, started: str) -> bool:
    """Whether the process is the one that began then, not a later one with its number."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return bool(started) and when_started(pid) == started
