"""Links to headings: those that lead to none are reported, when all chapters are there."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from dashboard.notes.markup.sanitiser import ID_PREFIX, anchor
from dashboard.notes.outline import Draft
from dashboard.notes.report import Report
from dashboard.notes.workshop import Chapter

LINK = re.compile(rf'href="[^"#]*#({ID_PREFIX}[^"]*)"(?: data-chapter="([^"]*)")?')
PLACE = re.compile(rf' (?:id|name)="({ID_PREFIX}[^"]*)"')
WRITTEN = re.compile(r"#([^\s\"'()<>]+)")


def report_broken(drafts: Sequence[Draft], chapters: Sequence[Chapter], report: Report) -> None:
    """Report each chapter's links to headings that it, or the other chapter, does not have."""
    places = {chapter.slug: set(PLACE.findall(chapter.html)) for chapter in chapters}
    for draft, chapter in zip(drafts, chapters, strict=True):
        links = {(slug or chapter.slug, name) for name, slug in LINK.findall(chapter.html)}
        broken = [name for slug, name in links if name not in places.get(slug, ())]
        lines = _lines(draft) if broken else {}
        for name in broken:
            message = f"there is no heading “#{name.removeprefix(ID_PREFIX)}” there"
            report.warn(draft.file, lines.get(name, draft.first_line), message)


def _lines(draft: Draft) -> dict[str, int]:
    """Return the line in which each place is first written of as a link's end."""
    lines: dict[str, int] = {}
    for number, line in enumerate((draft.text or "").split("\n"), draft.first_line):
        for found in WRITTEN.findall(line):
            lines.setdefault(anchor(unquote(found)), number)
    return lines
