"""Code that is only to be read, in colours when its language is known."""

from functools import cache
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

#: Longer listings, and what is beyond this in a chapter, stay without colours, to be quick.
LONGEST = 20_000
MOST_IN_CHAPTER = 60_000


class Painter:
    """Turns listings into HTML; one for each chapter, so that its work is bounded."""

    def __init__(self) -> None:
        self._left = MOST_IN_CHAPTER

    def to_html(self, text: str, language: str) -> str:
        """Return the listing's HTML, with Pygments' classes and no styles."""
        block = Element("div", {"class": "highlight"})
        code = SubElement(SubElement(block, "pre"), "code")
        lexer = _lexer(language.lower()) if len(text) <= min(LONGEST, self._left) else None
        if lexer is None:
            code.text = text
            return tostring(block, encoding="unicode", method="html")
        self._left -= len(text)
        code.set("class", f"language-{language.lower()}")
        self._paint(code, lexer, text)
        return tostring(block, encoding="unicode", method="html")

    def _paint(self, code: Element, lexer: Any, text: str) -> None:
        from pygments.token import STANDARD_TYPES

        last: Element | None = None
        for kind, part in lexer.get_tokens(text):
            while kind not in STANDARD_TYPES:
                kind = kind.parent
            style = STANDARD_TYPES[kind]
            if not style or style == "w":
                if last is None:
                    code.text = (code.text or "") + part
                else:
                    last.tail = (last.tail or "") + part
                continue
            last = SubElement(code, "span", {"class": style})
            last.text = part


def is_language(word: str) -> bool:
    """Say whether listings in the language have colours."""
    return _lexer(word.lower()) is not None


@cache
def _lexer(language: str) -> Any:
    """Return the language's lexer, or None for one that Pygments does not know."""
    if not language or len(language) > 32 or language in ("text", "plain", "none", "output"):
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
