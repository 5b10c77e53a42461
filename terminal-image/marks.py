"""Shell integration marks become what a page wants to know: at a prompt, running, done."""

import re
import time
from typing import Any

from stream_filter import Mark

_LINE_LIMIT = 1000
_HISTORY = re.compile(r"\s*([0-9]+)\*? +(.*)", re.DOTALL)


class Commands:
    """Follows one shell's marks; a redrawn prompt or a repeated mark changes nothing."""

    def __init__(self) -> None:
        self._number = 0
        self._state = ""
        self._status: int | None = None
        self._seconds: float | None = None
        self._line = ""
        self._entry = ""
        self._began = 0.0

    @property
    def last(self) -> dict[str, Any] | None:
        """The last event, for a client that comes later."""
        if not self._state:
            return None
        return {
            "cmd": "command",
            "state": self._state,
            "n": self._number,
            "status": self._status,
            "seconds": self._seconds,
            "line": self._line,
        }

    @property
    def idle(self) -> bool:
        """Whether the shell waits at its prompt."""
        return self._state == "prompt"

    def take(self, mark: Mark) -> dict[str, Any] | None:
        """The event that the mark makes, if any."""
        if mark.kind == "C":
            self._number += 1
            self._began = time.monotonic()
            self._state, self._status, self._seconds = "running", None, None
            self._line = self._new_entry(mark.value)
        elif mark.kind == "D" and self._state == "running":
            self._state = "done"
            self._status = (
                int(mark.value) if mark.value.isascii() and mark.value.isdigit() else None
            )
            self._seconds = round(time.monotonic() - self._began, 3)
        elif mark.kind == "A" and self._state in ("", "done"):
            self._state = "prompt"
        else:
            return None
        return self.last

    def _new_entry(self, history: str) -> str:
        """The command's text, when the shell's history has a new entry for it."""
        match = _HISTORY.fullmatch(history)
        if match is None or match[1] == self._entry:
            return ""  # a line that its author kept out of history stays unknown
        self._entry = match[1]
        return match[2].strip()[:_LINE_LIMIT]
