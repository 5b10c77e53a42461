"""The dashboard's pages: a Flask application that the gateway shows to those it let in."""

from urllib.parse import unquote

from flask import Flask

from dashboard.pages import (
    assets,
    chapters,
    files,
    headers,
    marks,
    preview,
    problems,
    slides,
    tabs,
    terminals,
)
from dashboard.pages.config import PagesConfig
from dashboard.pages.library import Library

__all__ = ["PagesConfig", "create_app"]


def create_app(config: PagesConfig) -> Flask:
    """The pages of one session, with its workshop loaded and everything below `config.prefix`."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 1 << 16
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals |= {"home_url": config.prefix, "hub_url": config.hub_url}
    app.jinja_env.filters["mark_key"] = marks.key
    app.extensions["workshop"] = Library.opened(config)
    headers.init_app(app)
    problems.init_app(app)
    preview.init_app(app, config)
    files.init_app(app, config)
    # Requests are matched by what an address means, links are written as addresses.
    for part in (chapters, tabs, slides, terminals, assets, files):
        app.register_blueprint(part.bp, url_prefix=unquote(config.prefix).rstrip("/"))
    return app
