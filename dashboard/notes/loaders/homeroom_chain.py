"""Homeroom's chain of pages: each names the next in its front matter, from content/index.md on."""

import posixpath
import re

from dashboard.notes.document import Entry, parse
from dashboard.notes.fields import Fields
from dashboard.notes.folder import Folder
from dashboard.notes.outline import Draft, humanise, split_front_matter

BEGINNING = "index"
#: A chain longer than this is not meant.
LONGEST = 500


def follow(content: Folder) -> tuple[Draft, ...]:
    """Return the chain's pages in order; a chain that comes back to a page ends there."""
    drafts: dict[str, Draft] = {}
    name, line = BEGINNING, 1
    while name and len(drafts) < LONGEST:
        draft, following, line = _page(content, name)
        drafts[name] = draft
        file = f"content/{name}.md"
        if following in drafts:
            content.report.warn(file, line, f"NextPage leads back to “{following}”; ended here")
            break
        if following and content.file(f"{following}.md") is None:
            content.report.warn(file, line, f"there is no content/{following}.md; ended here")
            break
        name = following
    return tuple(drafts.values())


def _page(content: Folder, name: str) -> tuple[Draft, str, int]:
    """Return a page, the name of the next one, and the line that names it."""
    file = f"content/{name}.md"
    text = content.read(f"{name}.md")
    split = split_front_matter(text or "")
    front = parse(split.front, file, content.report, first_line=2)
    values = front.value if isinstance(front.value, dict) else {}
    snaked = Entry({_snake(key): value for key, value in values.items()}, front.line)
    fields = Fields(snaked, file, content.report)
    draft = Draft(
        name,
        file,
        name,
        None if text is None else split.text,
        split.first_line,
        title=fields.text("title") or humanise(name),
        exit_sign=fields.text("exit_sign"),
        exit_link=fields.text("exit_link"),
    )
    following = fields.text("next_page")
    entry = fields.entry("next_page")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), following))
    return draft, path.removesuffix(".md") if following else "", entry.line if entry else 1


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower().replace("-", "_")
