"""Slides of the workshop: a page with reveal.js, or a PDF as it is."""

from flask import Blueprint, Response, abort, current_app, make_response, render_template, send_file

from dashboard.pages.library import Library

bp = Blueprint("slides", __name__)
#: The browser's own viewer is no script of ours, and the type is never guessed.
_PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; {}"
_FRAMED = "frame-ancestors 'self'"


@bp.get("/slides/<name>")
def slides(name: str) -> Response:
    """A deck that a tab of the workshop shows; other files of its folder do not exist."""
    library: Library = current_app.extensions["workshop"]
    workshop = library.workshop
    tabs = workshop.tabs if workshop else ()
    tab = next((one for one in tabs if one.kind == "slides" and one.at == name), None)
    if workshop is None or tab is None:
        abort(404)
    if name.endswith(".pdf"):
        response = send_file(
            workshop.around / "slides" / name, mimetype="application/pdf", etag=True
        )
        response.headers["Content-Security-Policy"] = _PDF_POLICY.format(_FRAMED)
        response.headers["Cache-Control"] = "private, no-cache"
        return response
    return make_response(render_template("slides.html", title=tab.name, html=workshop.slides[name]))
