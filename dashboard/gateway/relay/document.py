"""A console's page, with a script of ours before its own.

Below a path, that of OpenShift asks for `/api/…` at the root of the origin, whatever its base path,
and takes away the service workers of everybody else there. At an origin of its own any page tells
the dashboard where it is, which cannot see it.
"""

import html
import re

_HEAD = re.compile(rb"<head(\s[^>]*)?>", re.IGNORECASE)
#: What has no head by then will have none.
_SOON = 4096


class Insertion:
    """Puts the script first into a page's head, in whatever blocks the page comes."""

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
