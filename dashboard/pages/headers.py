"""What every answer tells the browser to refuse."""

import re
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from dashboard.pages.config import PagesConfig
from dashboard.pages.library import Library

_HOST = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?", re.ASCII | re.IGNORECASE)
_ALWAYS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def init_app(app: Flask) -> None:
    """Put the headers on every answer of the application, errors included."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    library: Library = current_app.extensions["workshop"]
    workshop = library.workshop
    others = (workshop.image_hosts, workshop.frames) if workshop else ((), ())
    framed = request.blueprint in {"slides", "terminals"}
    response.headers.setdefault(
        "Content-Security-Policy",
        policy(library.config, request.url_root, *others, framed=framed),
    )
    return response


def policy(
    config: PagesConfig,
    own_url: str,
    image_hosts: tuple[str, ...] = (),
    frames: tuple[str, ...] = (),
    *,
    framed: bool = False,
) -> str:
    """The policy of a page at `own_url`; `framed` ones may stand in ours and style themselves."""
    own = urlsplit(own_url)
    socket = f"{'wss' if own.scheme == 'https' else 'ws'}://{own.netloc}"
    hosts = "".join(f" https://{host}" for host in image_hosts if _HOST.fullmatch(host))
    # Chromium holds the redirect after a form to this list too: logging out ends at the hub.
    hub = urlsplit(config.hub_url)
    forms = f" {hub.scheme}://{hub.netloc}" if hub.netloc and hub.netloc != own.netloc else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'" if framed else "style-src 'self'",
            f"img-src 'self' data:{hosts}",
            f"connect-src 'self' {socket}",
            "font-src 'self'",
            "frame-src 'none'" if framed else " ".join(("frame-src 'self'", *frames)),
            f"form-action 'self'{forms}",
            "base-uri 'none'",
            "frame-ancestors 'self'" if framed else "frame-ancestors 'none'",
        )
    )
