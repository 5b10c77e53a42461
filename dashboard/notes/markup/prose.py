"""Markdown to HTML, by Python-Markdown, within a bounded time. The HTML is not safe yet."""

import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor

from dashboard.notes.markup.containers import TooMuchError

EXTENSIONS: list[str] = [
    "tables",
    "sane_lists",
    "admonition",
    "pymdownx.tilde",
    "pymdownx.tasklist",
    "pymdownx.magiclink",
    "pymdownx.details",
    "pymdownx.superfences",
    "pymdownx.blocks.admonition",
    "pymdownx.blocks.details",
]


def _as_it_is(source: str, *_: object, **__: object) -> str:
    """Return what a fence holds: the mark of the code that the scanner has taken out."""
    return f"<p>{source}</p>"


OPTIONS: dict[str, dict[str, Any]] = {
    # The page allows no inline styles.
    "tables": {"use_align_attribute": True},
    "pymdownx.tilde": {"subscript": False},
    "pymdownx.superfences": {
        "disable_indented_code_blocks": True,
        "custom_fences": [{"name": "*", "class": "", "format": _as_it_is}],
    },
}
#: Processor seconds for one chapter; long real ones take a twentieth of it.
MOST_SECONDS = 0.5
#: The one parser keeps what it reads in itself.
LOCK = threading.Lock()


class _Clock(BlockProcessor):
    """Looks at the clock before every block and every inline match; never takes a block."""

    until = 0.0

    def start(self) -> None:
        self.until = time.thread_time() + MOST_SECONDS

    def check(self) -> None:
        if time.thread_time() > self.until:
            raise TooMuchError("it takes too long to read")

    def test(self, parent: Element, block: str) -> bool:
        self.check()
        return False

    def run(self, parent: Element, blocks: list[str]) -> None:
        raise NotImplementedError

    def timed(self, handle: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*args: Any) -> Any:
            self.check()
            return handle(*args)

        return checked


@cache
def _parser() -> tuple[Markdown, _Clock]:
    parser = Markdown(extensions=EXTENSIONS, extension_configs=OPTIONS)
    # Raw HTML and code have been taken out by the scanner, which reads them as GitHub does.
    parser.preprocessors.deregister("html_block")
    parser.parser.blockprocessors.deregister("code")
    clock = _Clock(parser.parser)
    parser.parser.blockprocessors.register(clock, "clock", 1000)
    for pattern in parser.inlinePatterns:
        # Every text is searched for every pattern: time goes there even when nothing is found.
        vars(pattern).update(
            handleMatch=clock.timed(pattern.handleMatch),
            getCompiledRegExp=clock.timed(pattern.getCompiledRegExp),
        )
    return parser, clock


def to_html(text: str) -> str:
    """Return the HTML of scanned Markdown; TooMuchError when that takes too long."""
    with LOCK:
        parser, clock = _parser()
        clock.start()
        try:
            return parser.reset().convert(text)
        except RecursionError:
            raise TooMuchError("it is nested too deeply") from None
