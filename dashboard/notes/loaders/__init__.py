"""Which format a workshop is in, and its outline. One module for each format."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dashboard.notes.folder import Folder
from dashboard.notes.loaders import homeroom, native
from dashboard.notes.outline import Outline
from dashboard.notes.report import Report


@dataclass(frozen=True)
class Format:
    """How a format is known and read; `strict`: whether dubious content is a fatal mistake."""

    is_in: Callable[[Path], bool]
    read: Callable[[Folder], Outline]
    strict: bool


#: In the order they are tried: the first that is in a folder reads it.
FORMATS = (
    Format(homeroom.is_in, homeroom.read, strict=False),
    Format(native.is_in, native.read, strict=True),
)
#: In a checkout of a repository the workshop often lies in this folder.
INSIDE = "workshop"


def read(path: Path) -> Outline:
    """Return the outline of the workshop in `path`, or in its folder `workshop`."""
    for candidate in (path, path / INSIDE):
        for known in FORMATS:
            if known.is_in(candidate):
                return known.read(Folder(candidate, Report(strict=known.strict)))
    report = Report()
    folder = Folder(path, report)
    if not path.is_dir():
        report.error(path.name, 1, "there is no such folder")
    elif (path / "_modules.yml").exists():
        report.error("_modules.yml", 1, "workshopper's format cannot be read yet")
    else:
        report.error(path.name, 1, "no workshop here: expected workshop.yaml and chapters/")
    return Outline(folder)
