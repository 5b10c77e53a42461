"""Which request goes to which handler."""

from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher


class Exactly(Matcher):
    """One path."""

    def __init__(self, path: str) -> None:
        self._path = path

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Called by Tornado: a dictionary, or None."""
        return {} if request.path == self._path else None


class WithArgument(Exactly):
    """One path, asked for with an argument."""

    def __init__(self, path: str, argument: str) -> None:
        super().__init__(path)
        self._argument = argument

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Called by Tornado: a dictionary, or None."""
        return super().match(request) if self._argument in request.query_arguments else None


class Below(Matcher):
    """Every path below a prefix; `upgrade` says which kind of request, or either."""

    def __init__(self, prefix: str, upgrade: bool | None = None) -> None:
        self._prefix = prefix
        self._upgrade = upgrade

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Called by Tornado: a dictionary, or None."""
        if not request.path.startswith(self._prefix):
            return None
        upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
        return {} if self._upgrade in {None, upgrade} else None
