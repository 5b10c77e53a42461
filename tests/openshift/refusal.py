"""How the OAuth server says no."""

import json
from urllib.parse import urlencode, urlsplit, urlunsplit

from aiohttp import web

DENIED = "The resource owner or authorization server denied the request."


def as_json(error: str, description: str = "") -> web.Response:
    """An answer of status 400; it is never 401, whatever is wrong."""
    body = {"error": error, "error_description": description or f"refused: {error}"}
    return web.Response(status=400, text=json.dumps(body), content_type="application/json")


def to_client(redirect_uri: str, error: str, words: str, state: str | None) -> web.Response:
    """Back to the client with the error; `state` None where the real server forgets it."""
    told = {"error": error, "error_description": words}
    if state is not None:
        told["state"] = state
    return moved(with_query(redirect_uri, told))


def with_query(url: str, more: dict[str, str]) -> str:
    """The address with these parameters added."""
    parts = urlsplit(url)
    query = "&".join(filter(None, [parts.query, urlencode(more)]))
    return urlunsplit(parts._replace(query=query))


def moved(location: str) -> web.Response:
    """A redirect to the address as it stands, relative or not."""
    return web.Response(status=302, headers={"Location": location})
