"""A chapter's Markdown in, its safe HTML out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.notes.markup import headings
from dashboard.notes.markup.blocks import Blocks
from dashboard.notes.markup.links import Links
from dashboard.notes.markup.prose import to_html
from dashboard.notes.markup.rewriter import Rewriter
from dashboard.notes.markup.sanitiser import clean_page
from dashboard.notes.markup.scan import mark, scan
from dashboard.notes.markup.taken import taken
from dashboard.notes.report import Report
from dashboard.notes.variables import Variables
from dashboard.notes.workshop import Action

#: A block's mark, with the paragraph that Markdown has put around it.
MARK = re.compile("<p>\\s*\ue002([0-9]+)\ue003\\s*</p>|\ue002([0-9]+)\ue003")

#: Half a mark or token, where Markdown has swallowed the other half of broken syntax.
LEFT_OVER = re.compile("[\ue000-\ue00f]")


@dataclass(frozen=True)
class Source:
    """A chapter as it is written; `first_line` is where the text begins in the file."""

    file: str
    text: str
    first_line: int = 1


@dataclass(frozen=True)
class Page:
    """A chapter's safe HTML, with what is in it."""

    title: str
    html: str
    actions: tuple[Action, ...] = ()


def render(
    source: Source, links: Links, variables: Variables, report: Report, title: str = ""
) -> Page:
    """Return the chapter's page; TooMuchError when no page can show it."""
    scanned = scan(source.text, source.first_line)
    blocks = Blocks(source.file, variables, report)
    shown = [None if leaf.info is None else blocks.to_html(leaf) for leaf in scanned.leaves]
    # Raw HTML goes through the sanitiser with the rest; blocks of ours come in after it.
    raw = [
        variables.hide(leaf.text) if leaf.info is None else f"<p>{mark(number)}</p>"
        for number, leaf in enumerate(scanned.leaves)
    ]
    text = _fill(to_html(variables.hide(scanned.text)), raw)
    written = "\n" * (source.first_line - 1) + source.text
    text = Rewriter(links, variables, report, source.file, written).rewrite(text)
    title = title or headings.title_of(text)
    text = headings.with_anchors(headings.without_title(text, title))
    text = _fill(text, [html or "" for html in shown])
    _report_unknown(source, variables, report)
    for line, name in taken(source.text, source.first_line, scanned.leaves):
        report.warn(source.file, line, f"`{name}` is taken out: a page of notes may not hold it")
    return Page(title, clean_page(LEFT_OVER.sub("", text)).strip(), tuple(blocks.actions))


def _fill(text: str, blocks: Sequence[str]) -> str:
    """Return the text with blocks in the place of their marks."""
    return MARK.sub(lambda match: blocks[int(match[1] or match[2])], text)


def _report_unknown(source: Source, variables: Variables, report: Report) -> None:
    for number, line in enumerate(source.text.split("\n"), source.first_line):
        for name in variables.unknown(line):
            message = f"%{name}% is no variable of this workshop; it stays as it is"
            report.warn(source.file, number, message)
