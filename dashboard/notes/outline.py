"""A workshop as its files describe it, before any chapter is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.notes.folder import Folder
from dashboard.notes.workshop import Tab, Variable


@dataclass(frozen=True)
class Draft:
    """A chapter that is still to be rendered; no text means that it cannot be.

    `file` is its name for people, `path` where it lies below the root, without its ending.
    """

    slug: str
    file: str
    path: str
    text: str | None
    first_line: int = 1
    title: str = ""
    exit_sign: str = ""
    exit_link: str = ""
    minutes: int | None = None


@dataclass(frozen=True)
class Outline:
    """What a loader has found; pictures lie below `root`, `names` are more paths of chapters.

    `file` is the workshop's description, where its mistakes are. The folder slides/ lies in
    `around`, or beside the chapters when there is none.
    """

    root: Folder
    around: Folder | None = None
    title: str = ""
    description: str = ""
    drafts: tuple[Draft, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[Variable, ...] = ()
    terminals: int | None = None
    tabs: tuple[Tab, ...] = ()
    console: bool = True
    file: str = "workshop.yaml"
    image_hosts: tuple[str, ...] = ()
    images_url: str = ""


@dataclass(frozen=True)
class Split:
    """A chapter's front matter as text, its own text, and the line that begins in."""

    front: str
    text: str
    first_line: int


def split_front_matter(text: str) -> Split:
    """Return the chapter's text without the `---` … `---` that it may begin with."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return Split("", text, 1)
    ends = (number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---")
    end = next(ends, None)
    if end is None:
        return Split("", text, 1)
    return Split("\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2)


def humanise(name: str) -> str:
    """Return a title made of a file's name: `01-first-steps` becomes “First steps”."""
    stem = name.rsplit("/", 1)[-1].lstrip("0123456789").strip("-_ ") or name
    words = stem.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
