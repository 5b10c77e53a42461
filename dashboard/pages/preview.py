"""An author's preview: each page is read anew, so that a reload shows what was just written."""

from flask import Flask, render_template, request

from dashboard.pages.config import PagesConfig
from dashboard.pages.library import Library


def init_app(app: Flask, config: PagesConfig) -> None:
    """Without a hub, show the workshop as it is now on every page, or what must be mended."""
    if config.hub_url:
        return

    def look_again() -> tuple[str, int] | None:
        if request.blueprint != "chapters" or request.method != "GET":
            return None
        library, now = app.extensions["workshop"], Library.opened(config)
        library.workshop, library.mistakes = now.workshop, now.mistakes
        if now.workshop is not None:
            return None
        return render_template("mistakes.html", mistakes=now.mistakes), 500

    app.before_request(look_again)
