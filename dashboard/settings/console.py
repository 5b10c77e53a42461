"""The web console beside the terminals, as the hub tells of it."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Console:
    """A server on a port of loopback, or an address that opens in a window of its own.

    `page` is where it opens, `health` answers when all is well, both relative to its own path or to
    `url`, which ends in a slash.
    `strip`: it serves at /, not at the path that browsers have for it; `local`: it answers to the
    name localhost only.
    """

    port: int = 0
    url: str = ""
    page: str = ""
    health: str = ""
    strip: bool = False
    local: bool = False
    openshift: bool = False

    def __post_init__(self) -> None:
        if not (0 < self.port < 65536) and not self.url.startswith(("https://", "http://")):
            raise ValueError("neither a port nor an address")
        if self.url and not self.url.endswith("/"):
            raise ValueError("an address without a slash at its end")
        if self.page.startswith("/") or self.health.startswith("/"):
            raise ValueError("a path that is not its own")


def parsed(value: str) -> Console:
    """The console of a JSON object; ValueError for what is none."""
    found = json.loads(value)
    if not isinstance(found, dict):
        raise ValueError(value)
    try:
        return Console(**found)
    except TypeError as error:
        raise ValueError(value) from error
