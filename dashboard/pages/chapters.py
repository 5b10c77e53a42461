"""The dashboard with a chapter, and chapters by themselves for turning pages."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, abort, current_app, render_template, request

from dashboard.pages import tabs
from dashboard.pages.library import Library

if TYPE_CHECKING:
    from dashboard.notes import Chapter, Workshop

bp = Blueprint("chapters", __name__)


@dataclass(frozen=True)
class Leaf:
    """A chapter among its neighbours, as the templates show it; no chapter is the finish."""

    workshop: "Workshop"
    chapter: "Chapter | None"

    @property
    def number(self) -> int:
        """Its place, counted from one; the finish stands at the last chapter's."""
        if self.chapter is None:
            return self.total
        return self.workshop.chapters.index(self.chapter) + 1

    @property
    def behind(self) -> int:
        """How many chapters lie behind the reader: all of them only on the finish."""
        return self.number if self.chapter is None else self.number - 1

    @property
    def total(self) -> int:
        """How many chapters there are."""
        return len(self.workshop.chapters)

    @property
    def previous(self) -> "Chapter | None":
        """The chapter before."""
        if self.chapter is None:
            return self.last
        return self.workshop.chapters[self.number - 2] if self.number > 1 else None

    @property
    def next(self) -> "Chapter | None":
        """The chapter after; None on the last and on the finish."""
        if self.chapter is None or self.number == self.total:
            return None
        return self.workshop.chapters[self.number]

    @property
    def last(self) -> "Chapter":
        """The last chapter."""
        return self.workshop.chapters[-1]


def _library() -> Library:
    library: Library = current_app.extensions["workshop"]
    return library


def _page(leaf: Leaf) -> str:
    return render_template(
        "dashboard.html",
        leaf=leaf,
        workshop=leaf.workshop,
        pages=_library().config,
        tabs=[tabs.described(tab, _library().config) for tab in tabs.session_tabs(_library())],
        visitor=request.environ.get("workshop.visitor"),
        xsrf=request.environ.get("workshop.xsrf", ""),
        only_notes="notes" in request.args,
        guest=_is_guest(),
        shows_code=_shows_code(),
    )


def _is_guest() -> bool:
    visitor = request.environ.get("workshop.visitor")
    return visitor is not None and visitor.name != _library().config.user


def _shows_code() -> bool:
    """Whether the personal code is still news to who is here: its owner, who has not seen it."""
    library = _library()
    return bool(library.config.personal_code) and not library.code_seen and not _is_guest()


def _leaf(slug: str | None) -> Leaf:
    """The leaf of a chapter, of the finish for None; a broken workshop or a wrong name ends it."""
    library = _library()
    if library.workshop is None:
        abort(503)
    chapter = None if slug is None else library.chapter(slug)
    if slug is not None and chapter is None:
        abort(404)
    return Leaf(library.workshop, chapter)


@bp.get("/")
def home() -> str | tuple[str, int]:
    """The dashboard with the first chapter, or what the author must mend before there is one."""
    library = _library()
    if library.workshop is None:
        library.load()  # it may have been mended since
    if library.workshop is None:
        return render_template("mistakes.html", mistakes=library.mistakes), 500
    return _page(Leaf(library.workshop, library.workshop.chapters[0]))


@bp.post("/code-seen")
def code_seen() -> tuple[str, int]:
    """From now on the personal code is in the menu only, in every browser of its owner."""
    if _shows_code():
        _library().code_seen = True
    return "", 204


@bp.get("/chapters/<path:slug>")
def chapter(slug: str) -> str:
    """The dashboard with that chapter."""
    return _page(_leaf(slug))


@bp.get("/notes/<path:slug>")
def notes(slug: str) -> str:
    """That chapter alone, for a page that is already there."""
    leaf = _leaf(slug)
    return render_template("notes.html", leaf=leaf, workshop=leaf.workshop, pages=_library().config)


@bp.get("/finish")
def finish() -> str:
    """The dashboard with the page after the last chapter."""
    return _page(_leaf(None))


@bp.get("/finish/notes")
def finish_notes() -> str:
    """The page after the last chapter alone."""
    leaf = _leaf(None)
    return render_template("notes.html", leaf=leaf, workshop=leaf.workshop, pages=_library().config)
