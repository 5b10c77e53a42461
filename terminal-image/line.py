"""Whether something stands at the prompt already, to which a further command would be glued."""

import re
from typing import Any

_PASTE = re.compile(r"(\x1b\[20[01]~)")
_RETURN = re.compile("[\r\n]")
_UNSEEN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|.)|[\x00-\x20]", re.DOTALL)
_KEYS_AT_ONCE = 256


class Line:
    """Follows what is typed and the prompt's marks; when in doubt, the line counts as taken."""

    def __init__(self) -> None:
        self._waiting = False  # the shell waits at its prompt
        self._drawing = False  # between the marks around the prompt's own text
        self._open = False  # Return was typed there, and no command has begun
        self._keys = 0
        self._odd = False  # keys that may bring text or move in it: history, completion, arrows
        self._ahead = False  # all of it was typed before the prompt: what ran may have read it
        self._pasting = False
        self._told = False

    @property
    def taken(self) -> bool:
        """Whether a command typed now would not begin the line."""
        return self._waiting and (self._open or (self._filled and not self._ahead))

    @property
    def event(self) -> dict[str, Any] | None:
        """What views are told: only what is new."""
        if self.taken == self._told:
            return None
        self._told = self.taken
        return {"cmd": "line", "taken": self._told}

    @property
    def _filled(self) -> bool:
        return self._keys > 0 or self._odd

    def mark(self, kind: str) -> None:
        """The prompt begins (A), is drawn (B), perhaps once more; or a command begins (C)."""
        self._drawing = kind == "A"
        if kind == "C":
            self._waiting = self._open = False
        elif kind == "B" and (self._open or not self._waiting):
            self._waiting, self._open, self._ahead = True, False, self._filled

    def shown(self, text: str) -> None:
        """Output: behind the prompt it is the echo of what was typed ahead."""
        if self._waiting and self._ahead and not self._drawing and _UNSEEN.sub("", text):
            self._ahead = False

    def typed(self, data: str) -> None:
        """Input, of whoever types."""
        if self._waiting and self._ahead:
            self._begin()  # it was not echoed, so what ran has read it
        for part in _PASTE.split(data):
            if _PASTE.fullmatch(part):
                self._pasting = part == "\x1b[200~"
            elif self._pasting:
                self._keys += len(part)
            else:
                self._press(part)

    def _press(self, keys: str) -> None:
        *before, tail = _RETURN.split(keys)
        if before:
            self._open = self._waiting
            self._begin()
        self._odd = self._odd or len(tail) > _KEYS_AT_ONCE
        for key in tail[:_KEYS_AT_ONCE]:
            if key == "\x03" or (key == "\x15" and not self._odd):
                self._begin()
            elif key in "\x7f\x08":
                self._keys = max(self._keys - 1, 0)
            elif key >= " ":
                self._keys += 1
            elif key not in "\x04\x0c\x15\x17":
                self._odd = True

    def _begin(self) -> None:
        self._keys, self._odd, self._ahead = 0, False, False
