"""What the visitor sees when something cannot be shown."""

from http import HTTPStatus

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException, InternalServerError

_WORDS = {
    404: ("There is nothing here", "The address may have changed since you got it."),
    405: ("That cannot be done here", "Go back to the workshop and try it from there."),
    413: ("That is too large", "Send less at once."),
    500: ("This page could not be made", "Try again; if it stays so, tell your instructor."),
}


def init_app(app: Flask) -> None:
    """Answer every error with a page that has a way on, and no trace of the inside."""
    app.register_error_handler(HTTPException, _show)
    app.register_error_handler(InternalServerError, _show)


def _show(error: HTTPException) -> tuple[str, int]:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    title, text = _WORDS.get(status, ("That did not work", "Go back and try again."))
    return render_template("problem.html", status=status, title=title, text=text), status
