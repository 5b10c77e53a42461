"""The pages that people see at the OAuth server."""

from collections.abc import Mapping
from html import escape

WORDS = {
    "access_denied": "Invalid login or password. Please try again.",
    "user_required": "Login is required. Please try again.",
    "token_expired": "Could not check CSRF token. Please try again.",
    "authentication_error": "An authentication error occurred.",
}


def login(then: str, csrf: str, reason: str) -> str:
    """The form that asks for name and password."""
    fields = _hidden({"then": then, "csrf": csrf})
    alert = f"<p role=alert>{escape(WORDS.get(reason, reason))}</p>" if reason else ""
    return _page(
        "Log in",
        f"""{alert}<form action="/login" method="POST">{fields}
<label>Username <input name="username"></label>
<label>Password <input name="password" type="password"></label>
<button type="submit">Log in</button></form>""",
    )


def approve(fields: Mapping[str, str], scopes: list[str]) -> str:
    """The form that asks what the client may do."""
    boxes = "".join(
        f'<label><input type="checkbox" checked name="scope" value="{escape(scope)}">'
        f"{escape(scope)}</label>"
        for scope in scopes
    )
    return _page(
        "Authorize Access",
        f"""<form action="approve" method="POST">{_hidden(fields)}{boxes}
<input type="submit" name="approve" value="Allow selected permissions">
<input type="submit" name="deny" value="Deny"></form>""",
    )


def mistake(words: str) -> str:
    """What the approve page says instead of its form."""
    return _page("Error", f"<p role=alert>{escape(words)}</p>")


def _hidden(fields: Mapping[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in fields.items()
    )


def _page(title: str, body: str) -> str:
    return f"<!doctype html><html lang=en><title>{title}</title><body><h1>{title}</h1>{body}</body>"
