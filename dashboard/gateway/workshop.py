"""What the gateway needs to know of the workshop."""

from typing import Protocol


class Workshop(Protocol):
    """The workshop that the pages show."""

    def ready(self) -> bool:
        """Whether there is something to look at."""

    def outside(self, tab: str) -> str:
        """The address that a tab of the workshop shows of others; nothing for any other tab."""
