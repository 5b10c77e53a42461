"""Our own public address, known from settings only and never from a request."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Address:
    """Where the session is to be found: one origin and one path below it."""

    origin: str
    prefix: str

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by https."""
        return self.origin.startswith("https://")

    @property
    def host(self) -> str:
        """The Host header of a browser that came by our origin."""
        return urlsplit(self.origin).netloc

    def is_host(self, host: str) -> bool:
        """Whether a Host header is exactly ours; a default port may be written out."""
        usual = ":443" if self.secure else ":80"
        return host.lower().removesuffix(usual) == self.host.removesuffix(usual)

    def is_origin(self, origin: str) -> bool:
        """Whether an Origin header is, as a whole, ours."""
        return origin == self.origin
