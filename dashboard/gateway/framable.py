"""Whether a page of others lets itself be shown in a frame of ours, by the headers it sends."""

from urllib.parse import urlsplit

from tornado.httputil import HTTPHeaders

_PORTS = {"http": 80, "https": 443}


def refuses(headers: HTTPHeaders, ours: str) -> bool:
    """Whether a browser would not show the page in a frame of a page of our origin."""
    lists = [found for one in headers.get_list("Content-Security-Policy") for found in _lists(one)]
    if lists:
        # Where there is a list, browsers do not look at the older header.
        return not all(any(_matches(source, ours) for source in one) for one in lists)
    older = ",".join(headers.get_list("X-Frame-Options")).split(",")
    return any(value.strip().lower() in {"deny", "sameorigin"} for value in older)


def _lists(header: str) -> list[list[str]]:
    """The sources of each `frame-ancestors` of a policy header, which may hold several policies."""
    found = []
    for policy in header.split(","):
        for directive in policy.split(";"):
            name, *sources = directive.split() or [""]
            if name.lower() == "frame-ancestors":
                found.append(sources)
                break
    return found


def _matches(source: str, ours: str) -> bool:
    """Whether a source stands for our origin; 'self' is the page's own and never ours."""
    own = urlsplit(ours)
    if source == "*":
        return True
    if source.endswith(":"):
        return source.lower() in {f"{own.scheme}:", "http:"}
    scheme, found, rest = source.partition("://")
    if found and scheme.lower() not in {own.scheme, "http"}:
        return False
    host, _, port = (rest if found else source).partition("/")[0].lower().partition(":")
    if port not in {"", "*", str(own.port or _PORTS[own.scheme])}:
        return False
    if not port and own.port not in {None, _PORTS[own.scheme]}:
        return False
    name = own.hostname or ""
    return name.endswith(host[1:]) if host.startswith("*.") else name == host
