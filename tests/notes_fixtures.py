"""Workshops written into real folders, and their pages as parsed documents."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from dashboard.notes import Mistake, Workshop, WorkshopError, load

#: Real workshops, beside the repository; tests that need them skip without them.
SHARED = Path(__file__).parents[2] / "shared" / "workshops"
GUIDE = Path(__file__).parents[1] / "content" / "guide"
SESSION = {
    "username": "ada",
    "base_url": "/user/ada/",
    "terminal_url": "/user/ada/terminal",
    "console_url": "/user/ada/console",
}


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files below `folder`, and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def load_here(folder: Path, session: Mapping[str, str] = SESSION) -> Workshop:
    """Load a workshop as the dashboard of `ada` does."""
    return load(folder, session, "/user/ada/assets/", "/user/ada/chapters/", "/user/ada/tabs/")


def native(
    folder: Path,
    chapter: str,
    more: str = "",
    session: Mapping[str, str] = SESSION,
    files: Mapping[str, str | bytes] | None = None,
) -> Workshop:
    """Load a workshop of ours with this text as its first chapter, and `more` in workshop.yaml."""
    given = {"workshop.yaml": f"title: T\n{more}", "chapters/01-page.md": chapter}
    return load_here(write(folder, {**given, **(files or {})}), session)


def homeroom(folder: Path, chapter: str, session: Mapping[str, str] = SESSION) -> Workshop:
    """Load a Homeroom workshop with this text as its only chapter."""
    files = {
        "workshop.yaml": "name: T\nmodules:\n  activate: [page]\n",
        "modules.yaml": "modules:\n  page:\n    name: Page\n",
        "content/page.md": chapter,
    }
    return load_here(write(folder, files), session)


def dom(workshop: Workshop, chapter: int = 0) -> BeautifulSoup:
    """Return a chapter's HTML, parsed as browsers do it."""
    return BeautifulSoup(workshop.chapters[chapter].html, "html.parser")


def mistakes(folder: Path) -> list[str]:
    """Return what is wrong with a workshop that cannot be shown, as an author reads it."""
    with pytest.raises(WorkshopError) as caught:
        load_here(folder)
    return [str(mistake) for mistake in caught.value.mistakes]


def warnings(workshop: Workshop) -> list[str]:
    """Return what an author should mend, as an author reads it."""
    assert all(isinstance(warning, Mistake) and warning.warning for warning in workshop.warnings)
    return [str(warning) for warning in workshop.warnings]


def shared(name: str) -> Path:
    """Return a real workshop's folder; skip the test where it is absent."""
    if not (SHARED / name).is_dir():
        pytest.skip(f"../shared/workshops/{name} is not there: real workshops are test input only")
    return SHARED / name
