"""Headings of a chapter's HTML: each gets an anchor, and the title is not said twice."""

import html
import re

from dashboard.notes.markup.sanitiser import ID_PREFIX, anchor

HEADING = re.compile(r"<h([1-6])((?: [a-z-]+=\"[^\"]*\")*)>(.*?)</h\1>", re.DOTALL)
TITLE = re.compile(r"\s*<h1(?: [a-z-]+=\"[^\"]*\")*>(.*?)</h1>", re.DOTALL)
ID = re.compile(r' id="([^"]*)"')
TAG = re.compile(r"<[^>]*>")


def title_of(text: str) -> str:
    """Return the text of the first-level heading that the HTML begins with, or nothing."""
    match = TITLE.match(text)
    return _words(match[1]) if match else ""


def without_title(text: str, title: str) -> str:
    """Return the HTML without the heading it begins with, if that only repeats the title."""
    match = TITLE.match(text)
    return text[match.end() :] if match and _words(match[1]) == title else text


def with_anchors(text: str) -> str:
    """Return the HTML with an anchor for every heading, each of its own."""
    taken: dict[str, int] = {}

    def mark(match: re.Match[str]) -> str:
        level, attributes, inside = match.groups()
        given = ID.search(attributes)
        name = _unique(given[1] if given else anchor(_words(inside)), taken)
        attributes = ID.sub("", attributes)
        return f'<h{level}{attributes} id="{html.escape(name)}">{inside}</h{level}>'

    return HEADING.sub(mark, text)


def _unique(name: str, taken: dict[str, int]) -> str:
    """Return the name, with a number after it when another heading has it already."""
    name = name or f"{ID_PREFIX}section"
    count = taken.get(name, 0)
    found = f"{name}-{count}" if count else name
    while count and found in taken:
        count += 1
        found = f"{name}-{count}"
    taken[name] = count + 1
    taken.setdefault(found, 1)
    return found


def _words(text: str) -> str:
    return " ".join(html.unescape(TAG.sub("", text)).split())
