"""The tabs that an operator sets beside a workshop's own, in their place, or leaves out."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.notes.document import Entry, parse
from dashboard.notes.fields import Fields
from dashboard.notes.report import Report
from dashboard.notes.tabs import CONSOLE, listed, slug
from dashboard.notes.workshop import Tab

#: Where mistakes are found: the setting.
SETTING = "WORKSHOP_TABS"


@dataclass(frozen=True)
class Changed:
    """The tabs as the operator wants them, and whether the console's may be among them."""

    tabs: tuple[Tab, ...]
    console: bool


def changed(tabs: Sequence[Tab], text: str, report: Report) -> Changed:
    """Return the workshop's tabs with an operator's, given as YAML or JSON; mistakes are reported.

    One that is called as another takes its place, any other comes last; `off: NAME` leaves one out.
    """
    fields = Fields(parse(f'{{"tabs": {text or "[]"}}}', SETTING, report), SETTING, report)
    entries = fields.entries("tabs")
    off = {slug(_off(entry)): entry for entry in entries if _off(entry)}
    own = listed([entry for entry in entries if not _off(entry)], SETTING, report)
    known = {tab.id for tab in (*tabs, *own, CONSOLE)}
    for name, entry in off.items():
        if name not in known:
            report.error(SETTING, entry.line, f"there is no tab “{_off(entry)}” to leave out")
    ours = {tab.id: tab for tab in own}
    whole = [ours.pop(tab.id, tab) for tab in tabs]
    whole += ours.values()
    return Changed(tuple(tab for tab in whole if tab.id not in off), CONSOLE.id not in off)


def _off(entry: Entry) -> str:
    """Say which tab an entry leaves out; nothing of any other entry."""
    given = entry.value if isinstance(entry.value, dict) else {}
    return given["off"].raw if given.keys() == {"off"} else ""
