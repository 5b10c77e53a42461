"""Pictures of the workshop, and nothing else that lies in its folder."""

from pathlib import Path

from flask import Blueprint, Response, abort, current_app, send_file

TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".ico": "image/vnd.microsoft.icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
#: A picture opened by itself runs nothing: SVG may hold scripts.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

bp = Blueprint("assets", __name__)


def find(root: Path, name: str) -> Path | None:
    """The picture of that name, if it truly lies below `root` after every link is followed."""
    if "\0" in name or "\\" in name or any(part.startswith(".") for part in name.split("/")):
        return None
    root = root.resolve()
    try:
        path = (root / name).resolve(strict=True)
    except OSError:
        return None
    if not path.is_relative_to(root) or not path.is_file():
        return None
    return path if path.suffix.lower() in TYPES else None


@bp.get("/assets/<path:name>")
def picture(name: str) -> Response:
    """A picture, revalidated on each use because authors change them."""
    workshop = current_app.extensions["workshop"].workshop
    path = find(workshop.root, name) if workshop else None
    if path is None and workshop and name.startswith("slides/"):
        path = find(workshop.around / "slides", name.removeprefix("slides/"))
    if path is None:
        abort(404)
    response = send_file(path, mimetype=TYPES[path.suffix.lower()], etag=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = POLICY
    return response
