"""A page with a script of ours before its own, and otherwise byte for byte as it was.

Below a path, the console of OpenShift asks for `/api/…` at the root of the origin, whatever its
base path, and takes away the service workers of everybody else there. At an origin of its own any
page tells the dashboard where it is and when the keys lead out, which cannot see it.
"""

import html
import re

from tornado.httputil import HTTPHeaders

_NO_ELEMENT = rb"(?:\s++|<!--(?:-?>|.*?--!?>)|<[?][^>]*>|<!(?!--)[^>]*>)"
#: What may stand before the first element of a page, as browsers read it; at its end the script
#: neither takes a doctype's place nor becomes an element that the page does not have. No group is
#: in what is repeated: Python 3.11 loses its place there, or ends in a SystemError.
_BEFORE = re.compile(
    rb"(?:\xef\xbb\xbf)?"
    rb"(?:(?!<!doctype)%b)*+(?P<doctype><!doctype[^>]*>)?%b*+"
    rb"(?:<html(?=[\s/>])(?:\"[^\"]*\"|'[^']*'|[^>\"'])*+>(?:\s++|<!--(?:-?>|.*?--!?>))*+)?"
    rb"(?P<head><head(?=[\s/>])(?:\"[^\"]*\"|'[^']*'|[^>\"'])*+>)?" % (_NO_ELEMENT, _NO_ELEMENT),
    re.IGNORECASE | re.DOTALL,
)
#: What may become more of that when more of the page comes.
_UNFINISHED = re.compile(
    rb"\Z|<(?:[!?]|(?:html|head)(?:[\s/>]|\Z)|(?:h(?:tm?|ea?)?)?\Z)", re.IGNORECASE
)
_TOO_FEW, _SOON = 4, 4096
#: Beside these a page has no body, or a part of one.
_PARTIAL = frozenset({204, 205, 206, 304})


def is_document(status: int, headers: HTTPHeaders) -> bool:
    """Whether an answer is a whole page to look at, in plain bytes."""
    return (
        status not in _PARTIAL
        and headers.get("Content-Type", "").lower().startswith("text/html")
        and "utf-16" not in headers["Content-Type"].lower()
        and headers.get("Content-Encoding", "identity").lower() == "identity"
        and not headers.get("Content-Disposition", "").lower().startswith("attachment")
    )


def headers_of_longer(headers: HTTPHeaders) -> HTTPHeaders:
    """The headers of a page that gets longer on the way: what counts its bytes is no more true."""
    changed = headers.copy()
    for name in ("Content-Length", "Accept-Ranges"):
        changed.pop(name, None)
    tag = changed.get("ETag", "")
    if tag and not tag.startswith("W/"):
        changed["ETag"] = f"W/{tag}"
    changed.add("Vary", "Sec-Fetch-Dest")
    return changed


class Insertion:
    """Puts the script first into a page, in whatever blocks the page comes."""

    def __init__(self, address: str, **data: str) -> None:
        told = "".join(f' data-{name}="{html.escape(value)}"' for name, value in data.items())
        self._tag = f'<script src="{html.escape(address)}"{told}></script>'.encode()
        self._held = b""
        self._done = False

    def take(self, block: bytes) -> bytes:
        """What can go on of the page with this block."""
        if self._done:
            return block
        self._held += block
        if len(self._held) < _TOO_FEW:
            return b""
        before = _BEFORE.match(self._held)
        assert before is not None
        if before["head"] or not _UNFINISHED.match(self._held, before.end()):
            return self._with_tag(before.end())
        if len(self._held) < _SOON:
            return b""
        # A doctype that comes later would count no more behind a script.
        return self._with_tag(before.end() if before["doctype"] else None)

    def rest(self) -> bytes:
        """What was held back of a page that ended before anything could be seen of it."""
        before = _BEFORE.match(self._held)
        assert before is not None
        return b"" if self._done else self._with_tag(before.end() if self._held else None)

    def _with_tag(self, at: int | None) -> bytes:
        self._done = True
        held, self._held = self._held, b""
        if at is None or b"\0" in held:  # wide letters: our narrow ones would be none
            return held
        return held[:at] + self._tag + held[at:]
