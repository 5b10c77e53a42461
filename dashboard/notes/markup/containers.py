"""The lists, quotes and notes that a line of Markdown stands in, as CommonMark counts them."""

import re
from dataclasses import dataclass, field

QUOTE = re.compile(r" {0,3}> ?")
ITEM = re.compile(r"( {0,3})([-*+]|\d{1,9}[.)])(?=[ \t]|$)")
NOTE = re.compile(r" {0,3}(?:!!!|\?\?\?\+?) *\S")
RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
#: Deeper nesting helps no reader, and costs the parser dearly.
DEEPEST = 12


class TooMuchError(Exception):
    """A chapter asks for more than a page can show; says of what."""


@dataclass
class Container:
    """A quote, or a list item or note with the width its lines are indented by."""

    kind: str
    width: int = 0

    def enter(self, line: str) -> str | None:
        """Return the line's rest inside this container, or None when the line is outside."""
        if self.kind == "quote":
            match = QUOTE.match(line)
            return line[match.end() :] if match else None
        if not line.strip():
            return ""
        if indent(line) < self.width:
            return None
        return cut(line, self.width)

    @property
    def is_item(self) -> bool:
        """True for an item of a list."""
        return self.kind in ("bullets", "ordered")

    @property
    def prefix(self) -> str:
        """Return what stands before a line of this container in normal form."""
        return "> " if self.kind == "quote" else "    "


@dataclass
class Opened:
    """What a line has opened: its rest, its new containers, and the marks that show them."""

    rest: str
    marks: str = ""
    containers: list[Container] = field(default_factory=list)


def indent(line: str) -> int:
    """Return how many columns of white space a line begins with."""
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    return len(lead.expandtabs(4))


def cut(line: str, width: int) -> str:
    """Return the line without its first `width` columns of white space."""
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    if "\t" in lead:
        return lead.expandtabs(4)[width:] + line[len(lead) :]
    return line[min(width, len(lead)) :]


def open_containers(line: str, in_paragraph: bool, depth: int) -> Opened:
    """Return what the line opens beyond the `depth` containers that it already stands in."""
    opened = Opened(line)
    while indent(opened.rest) < 4:
        step = _quote(opened.rest) or _note(opened.rest) or _item(opened.rest, in_paragraph)
        if step is None:
            break
        container, mark, opened.rest = step
        opened.containers.append(container)
        opened.marks += mark
        in_paragraph = False
        if depth + len(opened.containers) > DEEPEST:
            raise TooMuchError("lists and quotes are nested too deeply")
        if container.kind == "note":
            break
    return opened


def _quote(line: str) -> tuple[Container, str, str] | None:
    match = QUOTE.match(line)
    return (Container("quote"), "> ", line[match.end() :]) if match else None


def _note(line: str) -> tuple[Container, str, str] | None:
    return (Container("note", 4), line.strip(), "") if NOTE.match(line) else None


def _item(line: str, in_paragraph: bool) -> tuple[Container, str, str] | None:
    match = ITEM.match(line)
    if match is None or RULE.match(line):
        return None
    marker, rest = match[2], line[match.end() :]
    if in_paragraph and (not rest.strip() or (marker[0].isdigit() and marker[:-1] != "1")):
        return None  # a sentence that happens to go on with a number or a dash
    gap = indent(rest)
    inner = gap if 1 <= gap <= 4 and rest.strip() else 1
    mark = f"{marker[:-1]}." if marker[0].isdigit() else "-"
    width = match.end() + inner
    kind = "ordered" if marker[0].isdigit() else "bullets"
    return Container(kind, width), mark.ljust(3) + " ", cut(rest, inner)
