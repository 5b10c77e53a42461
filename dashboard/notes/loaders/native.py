"""Our own format: workshop.yaml, and chapters/NN-name.md with pictures beside them."""

import re
from pathlib import Path

from dashboard.notes.document import parse
from dashboard.notes.fields import Fields
from dashboard.notes.folder import Folder
from dashboard.notes.loaders.declared_variables import variables
from dashboard.notes.loaders.image_hosts import image_hosts
from dashboard.notes.outline import Draft, Outline, split_front_matter
from dashboard.notes.tabs import listed

DESCRIPTION = ("workshop.yaml", "workshop.yml")
CHAPTER = re.compile(r"([0-9]{1,4})-([A-Za-z0-9][A-Za-z0-9._-]*)\.md$")
OTHER_MARKUP = (".adoc", ".asciidoc")


def is_in(path: Path) -> bool:
    """Whether the folder holds a workshop of ours, or the beginnings of one."""
    return any((path / name).exists() for name in (*DESCRIPTION, "chapters"))


def read(folder: Folder) -> Outline:
    """Return the outline of a workshop in our format; every mistake goes to the report."""
    report = folder.report
    names = [name for name in DESCRIPTION if folder.file(name)]
    if not names:
        report.error("workshop.yaml", 1, "this file is missing; it needs at least `title:`")
    file = names[0] if names else DESCRIPTION[0]
    text = folder.read(file) if names else None
    fields = Fields(parse(text or "", file, report), file, report)
    drafts = _drafts(folder)
    outline = Outline(
        folder,
        title=fields.text("title", required=bool(names)),
        description=fields.text("description"),
        drafts=drafts,
        names={f"chapters/{draft.slug}": draft.slug for draft in drafts},
        variables=variables(fields.entry("variables"), file, report),
        terminals=fields.number("terminals", 0, 3),
        tabs=listed(fields.entries("tabs"), file, report),
        console=fields.flag("console", usual=True),
        file=file,
        image_hosts=image_hosts(fields, "images", file, report),
    )
    fields.no_others()
    return outline


def _drafts(folder: Folder) -> tuple[Draft, ...]:
    numbered: list[tuple[int, str, str]] = []
    for name in folder.names("chapters"):
        file = f"chapters/{name}"
        match = CHAPTER.match(name)
        if match:
            numbered.append((int(match[1]), match[2].lower(), file))
        elif name.endswith(".md"):
            message = "a chapter's name is a number, a dash and a word, like 01-welcome.md"
            folder.report.error(file, 1, message)
        elif name.endswith(OTHER_MARKUP):
            folder.report.error(file, 1, "AsciiDoc chapters cannot be read yet; use Markdown")
    if not numbered:
        folder.report.error("chapters", 1, "there is no chapter; the first is chapters/01-NAME.md")
    _report_twins(folder, numbered)
    return tuple(_draft(folder, slug, file) for _, slug, file in sorted(numbered))


def _report_twins(folder: Folder, numbered: list[tuple[int, str, str]]) -> None:
    """Report chapters that share a number, or a name and so an address."""
    for position, what in ((0, "number"), (1, "name")):
        seen: dict[int | str, str] = {}
        for row in sorted(numbered):
            other = seen.setdefault(row[position], row[2])
            if other != row[2]:
                folder.report.error(row[2], 1, f"has the same {what} as {other}")


def _draft(folder: Folder, slug: str, file: str) -> Draft:
    text = folder.read(file)
    split = split_front_matter(text or "")
    if (text or "").startswith("---\n") and split.first_line == 1:
        folder.report.error(file, 1, "the front matter that begins here is not closed with `---`")
    fields = Fields(parse(split.front, file, folder.report, first_line=2), file, folder.report)
    draft = Draft(
        slug,
        file,
        file.removesuffix(".md"),
        None if text is None else split.text,
        split.first_line,
        title=fields.text("title"),
        exit_sign=fields.text("exit_sign"),
        exit_link=fields.text("exit_link"),
        minutes=fields.number("minutes", 1, 999),
    )
    fields.no_others()
    return draft
