"""The size of a terminal, and which of its views speaks for it."""

from collections.abc import Collection
from typing import Any

from client import Client


class Window:
    """Has the size of the view whose person typed last; without that view, of any that is left."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.typist = ""

    @property
    def fields(self) -> dict[str, Any]:
        """The size as messages have it."""
        return {"cols": self.size[0], "rows": self.size[1]}

    def takes(self, client: Client, clients: Collection[Client]) -> bool:
        """Take a view's size if it counts; whether that is a change."""
        alone = len(clients) == 1
        typist_here = any(c.id == self.typist for c in clients)
        if client.size == self.size or not (alone or client.id == self.typist or not typist_here):
            return False
        self.size = client.size
        return True

    def answering(self, clients: Collection[Client]) -> list[Client]:
        """The view that answers what programs ask: the typist's, or else the newest that can."""
        able = [client for client in clients if client.answers]
        typist = [client for client in able if client.id == self.typist]
        return (typist or able)[-1:]
