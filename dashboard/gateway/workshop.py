"""What the gateway needs to know of the workshop."""

from collections.abc import Mapping
from typing import Any, Protocol


class Workshop(Protocol):
    """The workshop that the pages show."""

    def ready(self) -> bool:
        """Whether there is something to look at."""

    def outside(self, tab: str) -> str:
        """The address that a tab of the workshop shows of others; nothing for any other tab."""

    def brought(self) -> tuple[tuple[Mapping[str, Any], ...], tuple[str, ...]]:
        """What the workshop wants in the session's project, and the mistakes in saying so."""
