"""The place in a chapter that is being read, with the lists and quotes it stands in."""

from collections.abc import Callable

from dashboard.notes.markup.containers import Container


class Cursor:
    """Hands out the chapter's lines one after another; `inside` is what the last one stood in."""

    def __init__(self, lines: list[str], first_line: int) -> None:
        self._lines, self._first, self._next = lines, first_line, 0
        self.inside: list[Container] = []

    @property
    def number(self) -> int:
        """Return the number, in its file, of the line that was taken last."""
        return self._first + self._next - 1

    def take(self) -> str | None:
        """Take the next line, whatever it stands in; None at the end."""
        if self._next == len(self._lines):
            return None
        self._next += 1
        return self._lines[self._next - 1]

    def enter(self, line: str) -> tuple[int, str]:
        """Return how many of the open containers the line stands in, and what is left of it."""
        for depth, container in enumerate(self.inside):
            inner = container.enter(line)
            if inner is None:
                return depth, line
            line = inner
        return len(self.inside), line

    def following(self) -> str | None:
        """Take the next line if it stands in all that is open, and return what is left of it."""
        if self._next == len(self._lines):
            return None
        depth, rest = self.enter(self._lines[self._next])
        if depth < len(self.inside):
            return None
        self._next += 1
        return rest

    def following_while(self, wanted: Callable[[str], bool]) -> list[str]:
        """Take the lines that stand in all that is open for as long as they are wanted."""
        taken: list[str] = []
        while (rest := self.following()) is not None:
            if not wanted(rest):
                self._next -= 1
                break
            taken.append(rest)
        return taken
