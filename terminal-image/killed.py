"""What is told after the system has killed the terminal server with all its shells."""

import contextlib
import os
from collections.abc import Iterable

#: Where the kernel says how much memory this container may have: cgroup v2, then v1.
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
#: More than any machine has: there is no limit.
_NO_LIMIT = 1 << 60


class Running:
    """Remembers in a file beside the socket which terminals run, until this server ends well."""

    def __init__(self, folder: str, limits: Iterable[str] = _LIMITS) -> None:
        self._file = os.path.join(folder, "running")
        self._limits = limits
        self._cut_off = set(_lines(self._file))
        self.note(())

    def note(self, names: Iterable[str]) -> None:
        """These terminals run now; a full disk is no reason not to run them."""
        with contextlib.suppress(OSError), open(self._file, "w", encoding="ascii") as file:
            file.write("\n".join(names))

    def over(self) -> None:
        """This server ends as it should."""
        with contextlib.suppress(OSError):
            os.remove(self._file)

    def notice(self, name: str) -> str:
        """What a terminal is to show first, once, when it was cut off; else nothing."""
        if name not in self._cut_off:
            return ""
        self._cut_off.remove(name)
        limit = memory_limit(self._limits)
        why = f" It may use {limit >> 20} MiB of memory, and more ends it." if limit else ""
        return (
            f"\x1b[2m── This terminal was ended by the system, with all in it.{why} ──\x1b[22m\r\n"
        )


def memory_limit(files: Iterable[str] = _LIMITS) -> int:
    """The memory this container may have, in bytes; 0 where there is no limit."""
    for path in files:
        for line in _lines(path):
            if line.isdecimal() and int(line) < _NO_LIMIT:
                return int(line)
    return 0


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="ascii") as file:
            return file.read().split()
    except (OSError, ValueError):
        return []
