"""The tabs of the work area: where each lies, and an address that leads to it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from flask import Blueprint, Response, abort, current_app, redirect, request

from dashboard.pages.config import PagesConfig
from dashboard.pages.library import Library

if TYPE_CHECKING:
    from dashboard.notes import Tab

bp = Blueprint("tabs", __name__)


def session_tabs(library: Library) -> "tuple[Tab, ...]":
    """The workshop's tabs, and one for the session's console unless it lists that or has it off.

    Where there is no console its tab is shown when a link asks for it, and says so.
    """
    from dashboard.notes.tabs import CONSOLE  # not before a workshop is loaded: it takes a while

    workshop, config = library.workshop, library.config
    if workshop is None:
        return ()
    taken = {CONSOLE.kind, CONSOLE.id} & {
        part for tab in workshop.tabs for part in (tab.kind, tab.id)
    }
    if taken or not workshop.console:
        return workshop.tabs
    return (*workshop.tabs, replace(CONSOLE, chapters=None if config.console_root else ()))


def address(tab: "Tab", config: PagesConfig) -> str:
    """Where the tab's page is; nothing for the terminals that stand side by side."""
    prefix = config.prefix
    if tab.kind == "terminal":
        return f"{prefix}terminals/{tab.at}"
    if tab.kind == "port":
        return f"{prefix}port/{tab.at}{tab.page or '/'}"
    if tab.kind == "slides":
        return f"{prefix}slides/{quote(tab.at)}"
    if tab.kind == "console":
        return config.console_root and config.console_root + (tab.at or config.console_page)
    return tab.at


def root(tab: "Tab", config: PagesConfig) -> str:
    """What the pages of a tab are named relative to."""
    if tab.kind == "console":
        return config.console_root
    return f"{config.prefix}port/{tab.at}/" if tab.kind == "port" else address(tab, config)


def page_of(tab: "Tab", config: PagesConfig, page: str) -> str | None:
    """Where a page of the tab is, of slides by number or name; None for what would lead away."""
    if tab.kind == "slides" and page:
        return f"{address(tab, config)}#{_slide(tab.at, page)}"
    there = urljoin(root(tab, config), page) if page else address(tab, config)
    home = urlsplit(root(tab, config))
    inside = tab.kind == "url" or urlsplit(there).path.startswith(home.path)
    return there if inside and urlsplit(there)[:2] == home[:2] else None


def _slide(file: str, page: str) -> str:
    """How a slide is called: by its number from 1 in a PDF, and from 0 in reveal.js."""
    number = int(page) if page.isascii() and page.isdecimal() else None
    if file.endswith(".pdf"):
        return f"page={number}" if number is not None else f"nameddest={quote(page)}"
    return f"/{number - 1 if number is not None else quote(page)}"


def described(tab: "Tab", config: PagesConfig) -> dict[str, Any]:
    """What the page's scripts need to know of a tab."""
    known = {
        "id": tab.id,
        "title": tab.name,
        "kind": tab.kind,
        "at": tab.at,
        "address": address(tab, config),
        "root": root(tab, config),
        "command": tab.command,
        "directory": tab.directory,
        "chapters": tab.chapters,
    }
    return {name: value for name, value in known.items() if value not in ("", None)}


@bp.get("/console")
def console() -> Response:
    """Where the web console opens; nothing where there is none."""
    config: PagesConfig = current_app.extensions["workshop"].config
    if not config.console_root:
        abort(404)
    return redirect(config.console_root + config.console_page)  # type: ignore[return-value]


@bp.get("/tabs/<name>", defaults={"page": ""})
@bp.get("/tabs/<name>/<path:page>")
def tab(name: str, page: str) -> Response:
    """The tab's own page, for a link that is opened elsewhere than in the dashboard."""
    query = request.query_string.decode("ascii", "ignore")
    page += f"?{query}" if query and page else ""
    library: Library = current_app.extensions["workshop"]
    found = next((tab for tab in session_tabs(library) if tab.id == name), None)
    there = page_of(found, library.config, page) if found else None
    if there is None:
        abort(404)
    return redirect(there or library.config.prefix)  # type: ignore[return-value]
