"""How many requests are under way."""

import asyncio


class Slots:
    """So many at once and no more; `idle` is set while there are none."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self.idle = asyncio.Event()
        self.idle.set()

    def take(self) -> bool:
        """Whether there was one free."""
        if self._taken >= self._limit:
            return False
        self._taken += 1
        self.idle.clear()
        return True

    def give_back(self) -> None:
        """One is free again."""
        self._taken -= 1
        if not self._taken:
            self.idle.set()
