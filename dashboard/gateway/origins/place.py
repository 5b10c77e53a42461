"""What of a session has a host of its own, such as `p8080--ada.HOST`, and how it is called."""

import re
from dataclasses import dataclass

from dashboard.gateway.address import Address

_PATH = re.compile(r"console/|port/(?P<tls>https-)?(?P<port>[1-9]\d{0,4})/")
_LABEL = re.compile(r"console|(?P<kind>[ps])(?P<port>[1-9]\d{0,4})")


@dataclass(frozen=True)
class Place:
    """A program on a port, or the console where there is none."""

    port: int = 0
    tls: bool = False

    @property
    def label(self) -> str:
        """What its host begins with; no session's own does, for want of the double hyphen."""
        return f"{'s' if self.tls else 'p'}{self.port}" if self.port else "console"

    @property
    def path(self) -> str:
        """Where the dashboard has it, below the session's prefix."""
        return f"port/{'https-' if self.tls else ''}{self.port}/" if self.port else "console/"

    def address(self, home: Address) -> Address:
        """Its own origin, beside that of the dashboard at `home`."""
        scheme, _, host = home.origin.partition("://")
        return Address(f"{scheme}://{self.label}--{host}", "/")


def place_of(path: str) -> Place | None:
    """What a path below the session's prefix leads to."""
    match = _PATH.match(path)
    return _place(match["port"], bool(match["tls"])) if match else None


def place_at(host: str, home: Address) -> Place | None:
    """What a Host header leads to; None for every host that is not one of this session's."""
    label, _, rest = host.lower().partition("--")
    match = _LABEL.fullmatch(label)
    return _place(match["port"], match["kind"] == "s") if match and home.is_host(rest) else None


def _place(port: str | None, tls: bool) -> Place | None:
    return Place(int(port or 0), tls) if int(port or 0) <= 65535 else None
