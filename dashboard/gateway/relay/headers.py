"""Which headers pass a relay, each way."""

import re
from collections.abc import Iterable

from tornado.httputil import HTTPHeaders

from dashboard.gateway.cookies import Jar
from dashboard.gateway.relay.route import Route

#: About one connection only (RFC 9110, 7.6.1).
_HOP_BY_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
#: Who somebody is, where they come from and what they were called: only the gateway may say so.
_UNTRUSTED = re.compile(
    r"(authorization|forwarded|x-forwarded-.*|x-remote-.*|x-real-ip|x-jupyterhub-.*|x-scheme"
    r"|x-script-name|x-original-.*|x-rewrite-.*|x-auth-.*|x-xsrftoken)",
    re.IGNORECASE,
)
#: Would reach past the backend's own path, to all of our origin.
_TOO_WIDE = frozenset({"clear-site-data", "service-worker-allowed", "strict-transport-security"})
_HANDSHAKE = re.compile(r"sec-websocket-.*|host", re.IGNORECASE)


def is_untrusted(name: str) -> bool:
    """Whether a request header claims what only the gateway knows."""
    return _UNTRUSTED.fullmatch(name) is not None


def for_backend(headers: HTTPHeaders, jar: Jar, route: Route) -> HTTPHeaders:
    """A request's headers without ours, without credentials and without claims."""
    passed = HTTPHeaders()
    dropped = _HOP_BY_HOP | _named_in_connection(headers)
    for name, value in headers.get_all():
        lower = name.lower()
        if lower in dropped or is_untrusted(lower) or lower in {"cookie", "expect"}:
            continue
        passed.add(name, value)
    cookies = jar.for_backend(headers.get("Cookie", ""))
    if cookies and route.cookies:
        passed["Cookie"] = cookies
    return passed


def for_handshake(headers: HTTPHeaders, jar: Jar, route: Route) -> HTTPHeaders:
    """The same for a WebSocket, whose own headers are made anew for the backend."""
    passed = HTTPHeaders()
    for name, value in for_backend(headers, jar, route).get_all():
        if not _HANDSHAKE.fullmatch(name) or name.lower() == "host":
            passed.add(name, value)
    return passed


def for_browser(headers: HTTPHeaders, jar: Jar, route: Route) -> list[tuple[str, str]]:
    """An answer's headers, its cookies and redirects kept to the route."""
    dropped = _HOP_BY_HOP | _named_in_connection(headers) | _TOO_WIDE
    passed = []
    for name, value in headers.get_all():
        lower = name.lower()
        if lower in dropped:
            continue
        if lower == "set-cookie":
            cookie = _narrowed(value, jar, route)
            if cookie:
                passed.append((name, cookie))
        elif lower == "location":
            passed.append((name, _below(value, route)))
        else:
            passed.append((name, value))
    return passed


def _narrowed(cookie: str, jar: Jar, route: Route) -> str:
    """A Set-Cookie value that reaches the route only; nothing when it would take our name."""
    name = cookie.partition("=")[0].strip()
    bound = name.lower().startswith("__host-") and route.prefix != "/"
    if jar.is_ours(name) or bound or not route.cookies:
        return ""
    value, *attributes = [part.strip() for part in cookie.split(";")]
    kept = [one for one in attributes if not re.match(r"(path|domain)\s*(=|$)", one, re.IGNORECASE)]
    return "; ".join([value, *kept, f"Path={_cookie_path(attributes, route)}"])


def _cookie_path(attributes: Iterable[str], route: Route) -> str:
    paths = [one.partition("=")[2].strip() for one in attributes if one.lower().startswith("path=")]
    path = paths[-1] if paths else ""
    if path.startswith(route.prefix):
        return path
    return route.prefix + path.removeprefix("/") if path.startswith("/") else route.prefix


def _below(location: str, route: Route) -> str:
    """A redirect to a path of the backend, as the browser must ask for it."""
    if location.startswith("/") and not location.startswith(("//", route.prefix)):
        return route.prefix + location.removeprefix("/")
    return location


def _named_in_connection(headers: HTTPHeaders) -> frozenset[str]:
    named = ",".join(headers.get_list("Connection"))
    return frozenset(part.strip().lower() for part in named.split(",") if part.strip())
