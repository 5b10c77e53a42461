"""Blocks whose lines are no Markdown: fenced code, and raw HTML."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.notes.markup.containers import cut, indent

FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*?)[ \t]*$")
#: Raw text elements end where they are closed; empty lines do not matter to them.
RAW = re.compile(r" {0,3}<(pre|script|style|textarea)(?=[\s>]|$)", re.IGNORECASE)
COMMENT = re.compile(r" {0,3}<!--")
DECLARATION = re.compile(r" {0,3}<[!?]")
BLOCK = re.compile(
    r" {0,3}</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup"
    r"|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset"
    r"|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|meta|nav|noframes|ol"
    r"|optgroup|option|p|param|section|source|summary|svg|table|tbody|td|tfoot|th|thead|title|tr"
    r"|track|ul)(?=[\s/>]|$)",
    re.IGNORECASE,
)
ALONE = re.compile(r" {0,3}</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>\s*$")
MARKDOWN_INSIDE = re.compile(r"<[^<>]*\smarkdown(?:=|[\s>])")


@dataclass(frozen=True)
class Leaf:
    """A block taken out of the Markdown; `info` is None for raw HTML."""

    text: str
    line: int
    info: str | None = None
    closed: bool = True


#: Takes a line that stands in the block's containers; None says that the block has ended.
Next = Callable[[], str | None]


def fence(line: str, number: int, following: Next) -> Leaf | None:
    """Return the fenced block that `line` begins, taking its lines with it."""
    opening = FENCE.match(line)
    if opening is None:
        return None
    marks, width = opening[1], indent(line)
    closing = re.compile(rf" {{0,3}}{marks[0]}{{{len(marks)},}}[ \t]*$")
    lines: list[str] = []
    while (inner := following()) is not None:
        if closing.match(inner):
            return Leaf("\n".join(lines), number, opening[2])
        lines.append(cut(inner, min(width, indent(inner))) if width else inner)
    return Leaf("\n".join(lines), number, opening[2], closed=False)


def raw_html(line: str, number: int, in_paragraph: bool, following: Next) -> Leaf | None:
    """Return the raw HTML that `line` begins, taking its lines with it."""
    if "<" not in line[:4]:
        return None
    if match := RAW.match(line):
        return _until(line, number, re.compile(f"</{match[1]}>", re.IGNORECASE), following)
    if COMMENT.match(line):
        return _until(line, number, re.compile("-->"), following)
    if DECLARATION.match(line):
        return _until(line, number, re.compile(">"), following)
    if not BLOCK.match(line) and (in_paragraph or not ALONE.match(line)):
        return None
    lines = [line]
    if not MARKDOWN_INSIDE.search(line):
        while (inner := following()) is not None and inner.strip():
            lines.append(inner)
    return Leaf("\n".join(lines), number)


def _until(line: str, number: int, end: re.Pattern[str], following: Next) -> Leaf:
    lines = [line]
    while not end.search(lines[-1]):
        inner = following()
        if inner is None:
            break
        lines.append(inner)
    return Leaf("\n".join(lines), number)
