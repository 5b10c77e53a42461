"""The terminal's own page: xterm.js on a named terminal, shown in a frame or in a window."""

import re

from flask import Blueprint, Response, abort, make_response, render_template, request

bp = Blueprint("terminals", __name__)

_NAME = re.compile(r"[a-z0-9-]{1,32}")
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?")

#: xterm.js makes style elements, so styles may be inline; nothing else may, and no frame of others.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "connect-src {connect}; img-src 'self' data:; font-src 'self' data:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


@bp.get("/terminals/<name>")
def terminal(name: str) -> Response:
    """The view of one terminal; only names that a terminal can have exist."""
    if not _NAME.fullmatch(name):
        abort(404, f"There is no terminal {name!r}: names are up to 32 of a-z, 0-9 and -.")
    theme = request.args.get("theme", "")
    page = render_template(
        "terminal/view.html", name=name, theme=theme if theme in ("light", "dark") else ""
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = _policy(request.host)
    response.headers["Cache-Control"] = "no-store"
    return response


def _policy(host: str) -> str:
    # Older browsers do not count a WebSocket to the page's own host as 'self'.
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return _POLICY.format(connect=f"'self'{sockets}")
