"""A deck of slides: Markdown with `---` between slides, or HTML of sections, to safe HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.notes.markup.chapter import Source, render
from dashboard.notes.markup.links import Links
from dashboard.notes.markup.rewriter import Rewriter
from dashboard.notes.markup.sanitiser import clean_page
from dashboard.notes.report import Report
from dashboard.notes.variables import Variables

#: What a deck may be; a PDF is shown as it is.
ENDINGS = (".md", ".html", ".pdf")
_BREAK = re.compile(r"-{3,}\s*$")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")


@dataclass(frozen=True)
class Deck:
    """What slides are made with."""

    links: Links
    variables: Variables
    report: Report

    def to_html(self, file: str, text: str) -> str:
        """Return the deck's sections; what is wrong with it is reported with its line."""
        if file.endswith(".html"):
            return self._sections(file, text)
        slides = (self._slide(Source(file, part, line)) for line, part in parts(text))
        return "\n".join(f"<section>\n{slide}\n</section>" for slide in slides)

    def _slide(self, source: Source) -> str:
        # A title that no heading has: on a slide the heading stays where it is.
        page = render(source, self.links, self.variables, self.report, title=" ")
        for action in page.actions:
            message = "a slide runs nothing: put the command into a chapter"
            self.report.doubt(source.file, action.line, message)
        return page.html

    def _sections(self, file: str, text: str) -> str:
        rewriter = Rewriter(self.links, self.variables, self.report, file, text)
        html = clean_page(rewriter.rewrite(self.variables.hide(text)))
        if "data-markdown" in text:
            line = text[: text.index("data-markdown")].count("\n") + 1
            self.report.doubt(file, line, "Markdown in sections is not read; use a file NAME.md")
        if "<section" not in html:
            self.report.error(file, 1, "has no slide; each is a <section>")
        return html


def parts(text: str) -> Iterator[tuple[int, str]]:
    """Yield each slide's text with the line it begins in; a `---` in a code block is none."""
    first, lines, fence = 1, list[str](), ""
    for number, line in enumerate(text.split("\n"), 1):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if _BREAK.match(line) and not fence:
            yield first, "\n".join(lines)
            first, lines = number + 1, []
        else:
            lines.append(line)
    yield first, "\n".join(lines)
