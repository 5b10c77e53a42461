"""Workshop notes: a folder of chapters in, a Workshop of safe HTML out.

Knows no web and no environment. Parsers are imported at the first load, so importing this is cheap.
"""

from collections.abc import Mapping
from pathlib import Path

from dashboard.notes.workshop import (
    Action,
    Brought,
    Chapter,
    Mistake,
    Tab,
    Variable,
    Workshop,
    WorkshopError,
)

__all__ = [
    "Action",
    "Brought",
    "Chapter",
    "Mistake",
    "Tab",
    "Variable",
    "Workshop",
    "WorkshopError",
    "load",
]


def load(
    folder: Path,
    variables: Mapping[str, str],
    asset_url: str = "assets/",
    chapter_url: str = "chapters/",
    tab_url: str = "tabs/",
    operator_tabs: str = "",
) -> Workshop:
    """Return the workshop in `folder`, or raise WorkshopError with every mistake it has."""
    from dashboard.notes.binder import bind
    from dashboard.notes.markup.links import Urls

    return bind(folder, variables, Urls(asset_url, chapter_url, tab_url), operator_tabs)
