"""The tabs of the work area, as workshop.yaml lists them, and as a session shows them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from dashboard.notes.document import Entry
from dashboard.notes.fields import Fields
from dashboard.notes.report import Report
from dashboard.notes.variables import Variables
from dashboard.notes.workshop import Tab

KINDS = ("terminal", "port", "url", "slides", "console")
#: The tab with the terminals that stand side by side; it is there unless `terminals` is 0.
GRID = Tab("terminal", "Terminal", "grid")
#: The web console of a session; what there is of it, only the session knows.
CONSOLE = Tab("console", "Console", "console")
TERMINAL = re.compile(r"[a-z0-9-]{1,32}$")
#: What a host may be made of, as strict as needed to put it into a Content-Security-Policy.
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")


def listed(entries: Sequence[Entry], file: str, report: Report) -> tuple[Tab, ...]:
    """Return the tabs of the list, in order, variables unreplaced; mistakes are reported."""
    found: dict[str, Tab] = {}
    for number, entry in enumerate(entries, 1):
        tab = _tab(entry, number, file, report)
        if tab is None:
            continue
        if tab.id in found:
            report.error(file, entry.line, f"two tabs are called “{tab.name}”")
        found[tab.id] = tab
    return tuple(found.values())


def _tab(entry: Entry, number: int, file: str, report: Report) -> Tab | None:
    for built_in in (GRID, CONSOLE):
        if entry.raw == built_in.id:
            return replace(built_in, file=file, line=entry.line)
    kinds = [kind for kind in KINDS if isinstance(entry.value, dict) and kind in entry.value]
    if len(kinds) != 1:
        expected = f"a tab is `terminal`, `console`, or has `name:` and one of {', '.join(KINDS)}"
        report.error(file, entry.line, expected)
        return None
    fields = Fields(entry, file, report)
    kind, name = kinds[0], fields.text("name", required=True)
    runs = kind in ("terminal", "port")
    tab = Tab(
        id=slug(name) or f"tab-{number}",
        name=name,
        kind=kind,
        at=_port(fields) if kind == "port" else fields.text(kind, required=True),
        page=fields.text("page") if kind == "port" else "",
        command=fields.text("command") if runs else "",
        directory=fields.text("directory") if runs else "",
        chapters=_chapters(fields),
        file=file,
        line=entry.line,
    )
    fields.no_others()
    return tab


def _port(fields: Fields) -> str:
    number = fields.number("port", 1, 65535)
    way = "https-" if fields.flag("https") else ""
    return f"{way}{number}" if number else fields.text("port", required=True)


def _chapters(fields: Fields) -> tuple[str, ...] | None:
    given = fields.entry("chapters")
    return None if given is None else tuple(entry.raw for entry in fields.texts("chapters"))


def slug(name: str) -> str:
    """Return the name as links have it: small letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64]


def named(tabs: Sequence[Tab], console: bool) -> dict[str, str]:
    """Return what links may call a tab, in small letters, with its id; an id goes first.

    With `console` there is one for the web console, whatever it is called.
    """
    found = {**{tab.name.lower(): tab.id for tab in tabs}, **{tab.id: tab.id for tab in tabs}}
    listed = next((tab for tab in tabs if tab.kind == CONSOLE.kind), CONSOLE if console else None)
    if listed is not None:
        found.setdefault(CONSOLE.id, listed.id)
    return found


def bound(
    tabs: Sequence[Tab],
    grid: bool,
    variables: Variables,
    chapters: Mapping[str, str],
    file: str,
    report: Report,
) -> tuple[Tab, ...]:
    """Return the tabs with their variables' values; `chapters` maps what one may be called to it.

    The terminals come first unless they are listed; without `grid` they are not there.
    """
    if grid and GRID.id not in {tab.id for tab in tabs}:
        tabs = (GRID, *tabs)
    for tab in tabs:
        if tab.kind == "grid" and not grid:
            report.error(tab.file, tab.line, "there is no tab of terminals when `terminals` is 0")
    found = tuple(_bound(tab, variables, chapters, report) for tab in tabs)
    for name in dict.fromkeys(chapters.values()):
        if not any(tab.chapters is None or name in tab.chapters for tab in found):
            report.error(file, 1, f"the chapter “{name}” has no tab; list one that is always there")
            break
    return found


def _bound(tab: Tab, variables: Variables, chapters: Mapping[str, str], report: Report) -> Tab:
    named = tuple(chapters.get(name.removesuffix(".md"), "") for name in tab.chapters or ())
    for name, known in zip(tab.chapters or (), named, strict=True):
        if not known:
            report.error(tab.file, tab.line, f"there is no chapter “{name}”")
    whole = replace(
        tab,
        name=variables.replace(tab.name),
        at=variables.replace(tab.at),
        page=variables.replace(tab.page),
        command=variables.replace(tab.command),
        directory=variables.replace(tab.directory),
        chapters=None if tab.chapters is None else named,
    )
    if wrong := _wrong(whole):
        report.error(tab.file, tab.line, wrong)
    return whole


def _wrong(tab: Tab) -> str:
    """Say what keeps a tab from being shown; nothing when all is well."""
    if not tab.at or tab.kind == "grid":
        return ""
    if tab.kind == "terminal" and (not TERMINAL.match(tab.at) or tab.at in ("1", "2", "3")):
        return f"“{tab.at}” cannot name a terminal; use a-z, digits and dashes, and not 1, 2 or 3"
    if tab.kind == "url" and not origin(tab.at):
        return f"“{tab.at}” is no address; expected one like https://docs.example.org/"
    if tab.kind == "console" and tab.at.startswith(("/", "..")):
        return f"“{tab.at}” is no page of the console; expected one like k8s/ns/NAME/pods"
    if tab.page and not tab.page.startswith("/"):
        return f"`page` is “{tab.page}”; it begins with a slash"
    return ""


def origin(url: str) -> str:
    """Return the origin of an address of the web, or nothing for what is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not HOST.match(host) or parts.username is not None:
        return ""
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")
