"""Which format a workshop is in, and its outline. One module for each format."""

from pathlib import Path

from dashboard.notes.folder import Folder
from dashboard.notes.loaders import homeroom, native
from dashboard.notes.outline import Outline
from dashboard.notes.report import Report

#: In a checkout of a repository the workshop often lies in this folder.
INSIDE = "workshop"


def read(path: Path) -> Outline:
    """Return the outline of the workshop in `path`, or in its folder `workshop`."""
    for candidate in (path, path / INSIDE):
        if _is_homeroom(candidate):
            return homeroom.read(Folder(candidate, Report(strict=False)))
        if _is_native(candidate):
            return native.read(Folder(candidate, Report(strict=True)))
    report = Report()
    folder = Folder(path, report)
    if not path.is_dir():
        report.error(path.name, 1, "there is no such folder")
    elif (path / "_modules.yml").exists():
        report.error("_modules.yml", 1, "workshopper's format cannot be read yet")
    else:
        report.error(path.name, 1, "no workshop here: expected workshop.yaml and chapters/")
    return Outline(folder)


def _is_homeroom(path: Path) -> bool:
    return (path / "content").is_dir() and not (path / "chapters").is_dir()


def _is_native(path: Path) -> bool:
    return any((path / name).exists() for name in (*native.DESCRIPTION, "chapters"))
