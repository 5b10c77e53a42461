"""What the sanitiser takes out of an author's HTML, so that nobody wonders where it has gone."""

import re
from collections.abc import Iterable, Iterator

from dashboard.notes.markup.leaves import Leaf
from dashboard.notes.markup.sanitiser import AUTHORS

TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)(?=[\s/>])([^<>]*)>")
ATTRIBUTE = re.compile(r"\s(on[a-z]+|style)\s*=", re.IGNORECASE)
#: Not read as HTML: code within a line, comments, and signs that are escaped.
NO_HTML = re.compile(r"(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)|<!--.*?-->|\\<", re.DOTALL)


def taken(text: str, first_line: int, leaves: Iterable[Leaf]) -> Iterator[tuple[int, str]]:
    """Yield what is taken out, each once with the line where it first stands."""
    lines = text.split("\n")
    for leaf in leaves:
        if leaf.info is not None:
            start = leaf.line - first_line
            end = min(start + leaf.text.count("\n") + 3, len(lines))
            lines[start:end] = [""] * (end - start)
    readable = NO_HTML.sub(lambda match: "\n" * match[0].count("\n"), "\n".join(lines))
    seen: set[str] = set()
    line, last = first_line, 0
    for match in TAG.finditer(readable):
        line, last = line + readable.count("\n", last, match.start()), match.start()
        element = match[1].lower()
        found = [] if element in AUTHORS else [f"<{element}>"]
        found += [f"{name.lower()}=" for name in ATTRIBUTE.findall(match[2])]
        for name in found:
            if name not in seen:
                yield line, name
        seen.update(found)
