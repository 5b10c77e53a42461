"""What is relayed where, and how strictly."""

from dataclasses import dataclass

from dashboard.gateway.relay.target import Connectable


@dataclass(frozen=True)
class Route:
    """Requests below `prefix` go to `target`, which sees the path without the prefix.

    `cookies`: whether the backend's own cookies travel; `body`: its largest, in bytes; `xsrf`:
    whether a change must carry our token, which only our own pages know; without `strip` the target
    sees the path as browsers have it.
    """

    prefix: str
    target: Connectable
    cookies: bool = True
    xsrf: bool = True
    strip: bool = True
    body: int = 1 << 20
    body_seconds: float = 55.0

    def path_for(self, uri: str) -> str:
        """The path and query that the backend is asked for."""
        return "/" + uri.removeprefix(self.prefix) if self.strip else uri
