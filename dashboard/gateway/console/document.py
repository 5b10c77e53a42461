"""The OpenShift console's page, with a script of ours before its own.

Its page asks for `/api/…` at the root of the origin, whatever its base path, and takes away the
service workers of everybody else there.
"""

import html
import re
from pathlib import Path

from dashboard.gateway.door import Door

_SCRIPT = (Path(__file__).parents[1] / "static" / "console.js").read_bytes()
_HEAD = re.compile(rb"<head(\s[^>]*)?>", re.IGNORECASE)
#: What has no head by then will have none.
_SOON = 4096


class Insertion:
    """Puts the script first into a page's head, in whatever blocks the page comes."""

    def __init__(self, prefix: str) -> None:
        quoted = html.escape(prefix)
        tag = f'<script src="{quoted}console.js" data-base="{quoted}console/"></script>'
        self._tag = tag.encode()
        self._held = b""
        self._done = False

    def take(self, block: bytes) -> bytes:
        """What can go on of the page with this block."""
        if self._done:
            return block
        self._held += block
        match = _HEAD.search(self._held)
        if match is None and len(self._held) < _SOON:
            return b""
        self._done = True
        at = match.end() if match else 0
        tag = self._tag if match else b""
        return self._held[:at] + tag + self._held[at:]

    def rest(self) -> bytes:
        """What was held back of a page that ended before its head."""
        return b"" if self._done else self._held


class Script(Door):
    """The script, for those whose page asks for it."""

    def get(self) -> None:
        """The same for everybody."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "private, max-age=3600")
        self.finish(_SCRIPT)
