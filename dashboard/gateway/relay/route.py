"""What is relayed where, and how strictly."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.gateway.relay.target import Target


@dataclass(frozen=True)
class Route:
    """Requests below `prefix` go to `target`.

    `cookies`: whether the backend's own cookies travel; `xsrf`: whether its state changes carry our
    token; `headers`: set on every answer, over what the backend says.
    """

    prefix: str
    target: Target
    strip_prefix: bool = True
    cookies: bool = True
    xsrf: bool = True
    body: int = 1 << 20
    body_seconds: float = 55.0
    headers: Mapping[str, str] = field(default_factory=dict)

    def path_for(self, uri: str) -> str:
        """The path and query that the backend is asked for."""
        if not self.strip_prefix:
            return uri
        return "/" + uri.removeprefix(self.prefix)
