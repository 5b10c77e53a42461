"""The tabs of the work area: where each lies, and an address that leads to it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from flask import Blueprint, Response, abort, current_app, redirect, request

from dashboard.pages.library import Library

if TYPE_CHECKING:
    from dashboard.notes import Tab

bp = Blueprint("tabs", __name__)


def address(tab: "Tab", prefix: str) -> str:
    """Where the tab's page is; nothing for the terminals that stand side by side."""
    if tab.kind == "terminal":
        return f"{prefix}terminals/{tab.at}"
    if tab.kind == "port":
        return f"{prefix}port/{tab.at}{tab.page or '/'}"
    if tab.kind == "slides":
        return f"{prefix}slides/{quote(tab.at)}"
    return tab.at


def root(tab: "Tab", prefix: str) -> str:
    """What the pages of a tab are named relative to."""
    return f"{prefix}port/{tab.at}/" if tab.kind == "port" else address(tab, prefix)


def page_of(tab: "Tab", prefix: str, page: str) -> str | None:
    """Where a page of the tab is, of slides by its number; None for what would lead away."""
    if tab.kind == "slides" and page:
        return f"{address(tab, prefix)}#/{int(page) - 1}" if page.isdecimal() else None
    there = urljoin(root(tab, prefix), page) if page else address(tab, prefix)
    home = urlsplit(root(tab, prefix))
    inside = tab.kind != "port" or there.startswith(home.path)
    return there if inside and urlsplit(there)[:2] == home[:2] else None


def described(tab: "Tab", prefix: str) -> dict[str, Any]:
    """What the page's scripts need to know of a tab."""
    known = {
        "id": tab.id,
        "title": tab.name,
        "kind": tab.kind,
        "at": tab.at,
        "address": address(tab, prefix),
        "root": root(tab, prefix),
        "command": tab.command,
        "directory": tab.directory,
        "chapters": tab.chapters,
    }
    return {name: value for name, value in known.items() if value not in ("", None)}


@bp.get("/tabs/<name>", defaults={"page": ""})
@bp.get("/tabs/<name>/<path:page>")
def tab(name: str, page: str) -> Response:
    """The tab's own page, for a link that is opened elsewhere than in the dashboard."""
    query = request.query_string.decode("ascii", "ignore")
    page += f"?{query}" if query and page else ""
    library: Library = current_app.extensions["workshop"]
    tabs = library.workshop.tabs if library.workshop else ()
    found = next((tab for tab in tabs if tab.id == name), None)
    there = page_of(found, library.config.prefix, page) if found else None
    if there is None:
        abort(404)
    return redirect(there or library.config.prefix)  # type: ignore[return-value]
