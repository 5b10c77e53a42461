"""What is told after the system has killed a program, or the terminal server with its shells."""

import contextlib
import os
from collections.abc import Iterable

#: Where the kernel says how much memory this container may have: cgroup v2, then v1.
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
#: And how often it ended something that wanted more.
_COUNTS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
#: More than any machine has: there is no limit.
_NO_LIMIT = 1 << 60


class Running:
    """Remembers in a file beside the socket which terminals run, until this server ends well."""

    def __init__(
        self, folder: str, limits: Iterable[str] = _LIMITS, counts: Iterable[str] = _COUNTS
    ) -> None:
        self._file = os.path.join(folder, "running")
        self._limits, self._counts = limits, counts
        self._killed = kills(counts)
        self._cut_off = set(_words(self._file))
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

    def out_of_memory(self) -> str:
        """What a terminal is to show when a program in it failed, if memory was why; else nothing.

        Without a limit of this container's own what the kernel counts is not about it.
        """
        before, self._killed = self._killed, kills(self._counts)
        limit = memory_limit(self._limits)
        if self._killed <= before or not limit:
            return ""
        return (
            "\x1b[2m── The system ended a program here: your terminals may use "
            f"{limit >> 20} MiB of memory together. ──\x1b[22m\r\n"
        )


def kills(files: Iterable[str] = _COUNTS) -> int:
    """How often the kernel ended something of this container that wanted more memory."""
    for path in files:
        words = _words(path)
        if "oom_kill" in words:
            return int(words[words.index("oom_kill") + 1])
    return 0


def memory_limit(files: Iterable[str] = _LIMITS) -> int:
    """The memory this container may have, in bytes; 0 where there is no limit."""
    for path in files:
        for word in _words(path):
            if word.isdecimal() and int(word) < _NO_LIMIT:
                return int(word)
    return 0


def _words(path: str) -> list[str]:
    try:
        with open(path, encoding="ascii") as file:
            return file.read().split()
    except (OSError, ValueError):
        return []
