"""What a workshop is once it is read: chapters of safe HTML, or its mistakes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing an author should mend; a warning does not keep the workshop from loading."""

    file: str
    line: int
    message: str
    warning: bool = False

    def __str__(self) -> str:
        """Return `file:line: message`, as compilers and editors print it."""
        kind = "warning: " if self.warning else ""
        return f"{self.file}:{self.line}: {kind}{self.message}"


class WorkshopError(Exception):
    """A workshop cannot be shown; `mistakes` holds all of them, warnings too, in reading order."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Variable:
    """A name that chapters may use as %name%, with the value it has unless the session has one."""

    name: str
    value: str = ""
    description: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Action:
    """A clickable block: `text` is exactly what is shown, and what is run or copied."""

    kind: str
    text: str
    terminal: str
    id: str
    line: int


@dataclass(frozen=True)
class Tab:
    """A tab of the work area; `at` says what of its `kind`: a terminal's name, a port, an address.

    `chapters`: in which it is shown; None is all. `command` is run in `directory` at first use.
    """

    id: str
    name: str
    kind: str
    at: str = ""
    page: str = ""
    command: str = ""
    directory: str = ""
    chapters: tuple[str, ...] | None = None
    #: Where it is listed.
    file: str = ""
    line: int = 1


@dataclass(frozen=True)
class Chapter:
    """A page of notes; `html` is sanitised and does not repeat the title."""

    slug: str
    title: str
    html: str
    exit_sign: str = ""
    exit_link: str = ""
    minutes: int | None = None
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True)
class Brought:
    """An object that the project of a session begins with, and the file and line it stands at."""

    place: str
    value: Mapping[str, Any]


@dataclass(frozen=True)
class Workshop:
    """A workshop that can be shown; pictures are served from below `root`, and of slides from
    slides/ in `around`, and nowhere else.

    `frames` are the origins of others that its tabs show; `slides` has each deck's sections;
    `console` says whether the web console of a session has a tab though none is listed; `objects`
    are what the project of a session begins with.
    """

    title: str
    description: str
    chapters: tuple[Chapter, ...]
    terminals: int
    tabs: tuple[Tab, ...]
    warnings: tuple[Mistake, ...]
    image_hosts: tuple[str, ...]
    frames: tuple[str, ...]
    slides: Mapping[str, str]
    root: Path
    around: Path
    console: bool = True
    objects: tuple[Brought, ...] = ()
