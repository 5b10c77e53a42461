"""A deck of slides: Markdown with `---` between slides, or HTML of sections, to safe HTML."""

import posixpath
import re
import textwrap
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
#: A section of Markdown as reveal.js has it: the name of a file, or text, which may be wrapped.
_MARKDOWN = re.compile(
    r"""<section\b[^>]*?\bdata-markdown(?:=["']([^"'>]*)["'])?[^>]*>(.*?)</section>""",
    re.DOTALL | re.IGNORECASE,
)
_WRAPPED = re.compile(r"</?(?:textarea|script)\b[^>]*>", re.IGNORECASE)
_SECTION = re.compile(r"<(/?)section>|<section [^>]*>")


@dataclass(frozen=True)
class Deck:
    """What slides are made with."""

    links: Links
    variables: Variables
    report: Report

    def to_html(self, file: str, text: str) -> str:
        """Return the deck's sections; what is wrong with it is reported with its line."""
        if not file.endswith(".html"):
            return self._markdown(file, text)
        slides, at = [], 0
        for found in _MARKDOWN.finditer(text):
            slides += self._sections(file, text, text[at : found.start()])
            slides.append(self._inside(file, text, found))
            at = found.end()
        slides += self._sections(file, text, text[at:])
        if not slides:
            self.report.error(file, 1, "has no slide; each is a <section>")
        return "\n".join(slides)

    def _markdown(self, file: str, text: str, before: int = 0) -> str:
        slides = (self._slide(Source(file, part, before + line)) for line, part in parts(text))
        return "\n".join(f"<section>\n{slide}\n</section>" for slide in slides)

    def _inside(self, file: str, text: str, found: re.Match[str]) -> str:
        if name := found[1]:
            name = posixpath.join(posixpath.dirname(file), name)
            return self._markdown(name, self.links.site.folder.read(name) or "")
        line = text.count("\n", 0, found.start(2))
        return self._markdown(file, textwrap.dedent(_WRAPPED.sub("", found[2])), line)

    def _slide(self, source: Source) -> str:
        # A title that no heading has: on a slide the heading stays where it is.
        page = render(source, self.links, self.variables, self.report, title=" ")
        for action in page.actions:
            message = "a slide runs nothing: put the command into a chapter"
            self.report.doubt(source.file, action.line, message)
        return page.html

    def _sections(self, file: str, text: str, part: str) -> list[str]:
        rewriter = Rewriter(self.links, self.variables, self.report, file, text)
        return list(sections(clean_page(rewriter.rewrite(self.variables.hide(part)))))


def sections(html: str) -> Iterator[str]:
    """Yield each slide of clean HTML, with those below it; what stands around them is left out."""
    depth = start = 0
    for mark in _SECTION.finditer(html):
        if not mark[1]:
            start = start if depth else mark.start()
            depth += 1
            continue
        depth -= 1
        slide = html[start : mark.end()]
        if depth == 0 and _SECTION.sub("", slide).strip():
            yield slide


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
