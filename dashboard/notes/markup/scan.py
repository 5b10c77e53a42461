"""Markdown as GitHub and `marked` read it, put into the form that Python-Markdown reads alike.

Fenced code and raw HTML are taken out and leave a mark in their place: what they hold is never
looked at as Markdown, however deep in a list they stand. Lists are indented by four columns and
get the empty line before them that Python-Markdown asks for.

pymdownx.superfences places the code, in lists, quotes and notes, but gets it in plain fences that
hold a mark: by itself it knows no fence whose first word holds a colon (`terminal:execute`, in
Educates' workshops), and would read such a one's closing mark as the opening of the next. Of the
365 blocks of eight published workshops it loses eight.
"""

import re
from dataclasses import dataclass

from dashboard.notes.markup.containers import (
    RULE,
    Container,
    TooMuchError,
    cut,
    indent,
    open_containers,
)
from dashboard.notes.markup.cursor import Cursor
from dashboard.notes.markup.leaves import Leaf, fence, raw_html

HEADING = re.compile(r" {0,3}#{1,6}(?=[ \t]|$)")
NO_HEADING = re.compile(r"#+[^#\s]")
TABLE = re.compile(r" {0,3}\|? *:?-+:? *(?:\| *:?-+:? *)+\|? *$|^ {0,3}\| *:?-+:? *\| *$")
#: What stands before and after the mark of fenced code, for pymdownx.superfences.
FENCE = "~~~"
#: What ends a paragraph even when it stands outside the paragraph's list or quote.
STARTS_BLOCK = re.compile(r" {0,3}(?:#{1,6}[ \t]|```|~~~|([-*_])[ \t]*(?:\1[ \t]*){2,}$|///)")
#: Longer lines and paragraphs are no prose, and cost the inline patterns dearly.
LONGEST_LINE = 20_000
LONGEST_PARAGRAPH = 100_000
MOST_LINES = 10_000


@dataclass(frozen=True)
class Scanned:
    """Markdown with a mark for each leaf, and the leaves in the marks' order."""

    text: str
    leaves: tuple[Leaf, ...]


def mark(number: int) -> str:
    """Return what stands in the Markdown for a leaf."""
    return f"\ue002{number}\ue003"


def scan(text: str, first_line: int = 1) -> Scanned:
    """Return the text in normal form; TooMuchError when no page can show it."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        raise TooMuchError(f"it has more than {MOST_LINES} lines")
    scanner = _Scanner(Cursor(lines, first_line))
    scanner.run()
    return Scanned("\n".join(scanner.out), tuple(scanner.leaves))


class _Scanner:
    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._opening = ""
        self._paragraph = self._loose = False
        self._length = 0
        self.out: list[str] = []
        self.leaves: list[Leaf] = []

    def run(self) -> None:
        while (line := self._cursor.take()) is not None:
            self._line(line)

    def _line(self, line: str) -> None:
        depth, rest = self._cursor.enter(line)
        if not rest.strip():
            self._blank(depth)
            return
        left = self._cursor.inside[depth:]
        next_item = bool(left) and left[0].is_item
        opened = open_containers(rest, self._paragraph and not next_item, depth)
        if left and not opened.containers and self._goes_on(rest, left):
            self._emit(rest.lstrip())
            return
        self._paragraph = self._paragraph and not left
        self._cursor.inside = self._cursor.inside[:depth]
        if opened.containers:
            self._open(opened.containers, opened.marks, left)
        elif left:
            self._gap()
        self._leaf_or_text(opened.rest, opened.marks)

    def _goes_on(self, rest: str, left: list[Container]) -> bool:
        """Say whether a line outside its list or quote is still part of the paragraph there."""
        if not self._paragraph or any(container.kind == "note" for container in left):
            return False
        return not STARTS_BLOCK.match(rest)

    def _blank(self, depth: int) -> None:
        # An empty line ends a quote, while list items and notes go on after it.
        quotes = (n for n, c in enumerate(self._cursor.inside) if n >= depth and c.kind == "quote")
        self._cursor.inside = self._cursor.inside[: next(quotes, len(self._cursor.inside))]
        self._paragraph = False
        self._gap()

    def _open(self, containers: list[Container], marks: str, left: list[Container]) -> None:
        first = containers[0]
        next_item = bool(left) and left[0].kind == first.kind
        nested = bool(self._cursor.inside) and self._cursor.inside[-1].is_item and not self._loose
        if not first.is_item or self._loose or not (next_item or nested):
            self._gap()
        self._opening = "".join(c.prefix for c in self._cursor.inside) + marks
        self._cursor.inside = [*self._cursor.inside, *containers]
        self._paragraph = self._loose = False

    def _leaf_or_text(self, rest: str, marks: str) -> None:
        if not rest.strip():
            self._emit("", marks)
        elif leaf := self._leaf(rest):
            self._take_out(leaf, marks)
        elif rest.startswith("///"):
            self._directive(rest)
        else:
            self._text(rest.lstrip(), marks)

    def _leaf(self, rest: str) -> Leaf | None:
        number, following = self._cursor.number, self._cursor.following
        if self._paragraph or indent(rest) < 4:
            leaf = fence(rest, number, following)
            return leaf or raw_html(rest, number, self._paragraph, following)
        lines = self._cursor.following_while(lambda inner: not inner.strip() or indent(inner) >= 4)
        code = "\n".join(cut(line, 4) for line in (rest, *lines))
        return Leaf(code.rstrip("\n"), number, "")

    def _directive(self, line: str) -> None:
        """Pass on a block directive with its options, which follow it indented."""
        self._gap()
        for part in (line, *self._cursor.following_while(lambda inner: indent(inner) >= 4)):
            self._emit(part)
        self._paragraph = False
        self._gap()

    def _take_out(self, leaf: Leaf, marks: str) -> None:
        if not marks:
            self._gap()
        number = len(self.leaves)
        # superfences sees no fence right behind a bullet.
        fenced = leaf.info is not None and not marks
        for line in (FENCE, mark(number), FENCE) if fenced else (mark(number),):
            self._emit(line, marks)
        self.leaves.append(leaf)
        self._paragraph = False
        self._gap()

    def _text(self, rest: str, marks: str) -> None:
        if len(rest) > LONGEST_LINE:
            raise TooMuchError(f"a line is longer than {LONGEST_LINE} characters")
        underline = self._paragraph and rest.startswith("-")
        if HEADING.match(rest) or (RULE.match(rest) and not underline):
            if not marks:
                self._gap()
            self._emit(rest, marks)
            self._paragraph = False
            self._gap()
            return
        if NO_HEADING.match(rest):
            rest = "\\" + rest
        if self._paragraph and TABLE.match(rest) and "|" in self.out[-1]:
            header = self.out.pop()
            self._gap()
            self.out.append(header)
        if rest.endswith("\\") and not rest.endswith("\\\\"):
            rest = rest[:-1] + "  "
        self._emit(rest, marks)
        self._paragraph = True

    def _emit(self, text: str, marks: str = "") -> None:
        prefix = self._opening if marks else "".join(c.prefix for c in self._cursor.inside)
        self.out.append(prefix + text)
        self._length += len(text)
        if self._length > LONGEST_PARAGRAPH:
            raise TooMuchError(f"a paragraph is longer than {LONGEST_PARAGRAPH} characters")

    def _gap(self) -> None:
        """Leave an empty line, once, inside the quotes that are open."""
        self._loose, self._length = True, 0
        quotes = [n for n, c in enumerate(self._cursor.inside) if c.kind == "quote"]
        kept = self._cursor.inside[: quotes[-1] + 1] if quotes else []
        line = "".join(c.prefix for c in kept).rstrip()
        if self.out and self.out[-1].strip() and self.out[-1] != line:
            self.out.append(line)
