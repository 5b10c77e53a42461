"""Scripts and style sheets: our own, and those taken from npm packages by name."""

from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request

from dashboard.pages.bundle import Bundle
from dashboard.pages.config import PagesConfig

HERE = Path(__file__).parent
#: Everything of npm that browsers get; nothing else in node_modules is reachable.
VENDOR = (
    "reveal.js/dist/reveal.css",
    "reveal.js/dist/reveal.mjs",
    "@xterm/xterm/css/xterm.css",
    "@xterm/xterm/lib/xterm.mjs",
    *(
        f"@xterm/addon-{name}/lib/addon-{name}.mjs"
        for name in ("search", "unicode11", "web-links", "webgl")
    ),
)
_FOR_EVER = "public, max-age=31536000, immutable"

bp = Blueprint("files", __name__)


def init_app(app: Flask, config: PagesConfig) -> None:
    """Gather the files and teach templates `static_url(path)` and `vendor_url(path)`."""
    bundles = {
        "static": Bundle.of_tree(HERE / "static", joined="css/page"),
        "vendor": Bundle.of_names(config.node_modules, VENDOR),
    }
    app.extensions["bundles"] = bundles

    def url(kind: str, path: str) -> str:
        return f"{config.prefix}{kind}/{bundles[kind].hash}/{path}"

    app.jinja_env.globals["static_url"] = lambda path: url("static", path)
    app.jinja_env.globals["vendor_url"] = lambda path: url("vendor", path)


@bp.get("/<any(static, vendor):kind>/<tree>/<path:name>")
def file(kind: str, tree: str, name: str) -> Response:
    """A file of a bundle, compressed where the browser takes it."""
    bundle: Bundle = current_app.extensions["bundles"][kind]
    if tree != bundle.hash or name not in bundle:
        abort(404)
    squeezed = bundle.gzipped(name) if request.accept_encodings.quality("gzip") else None
    body = bundle.body(name) if squeezed is None else squeezed
    response = Response(body, content_type=bundle.media_type(name))
    response.headers["Cache-Control"] = _FOR_EVER
    response.headers["Vary"] = "Accept-Encoding"
    if squeezed is not None:
        response.headers["Content-Encoding"] = "gzip"
    return response
