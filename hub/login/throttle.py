"""Slows down guessing: after some free mistakes, a key has to wait ever longer after each.

A try during the wait is refused unheard and does not lengthen it, so nobody is shut out for good.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """So many mistakes are free; then waits double from one second to `longest`.

    Every `forgive` seconds one mistake is forgotten.
    """

    free: int
    longest: float
    forgive: float

    def wait(self, mistakes: float) -> float:
        """Seconds to wait after so many mistakes."""
        if mistakes < self.free:
            return 0.0
        return min(self.longest, math.exp2(min(mistakes - self.free, 16)))


#: Guesses at one name from browsers that do not hold it.
NAME = Pace(free=5, longest=30.0, forgive=30.0)
#: A classroom shares one address, so it gets more tries and shorter waits.
ADDRESS = Pace(free=30, longest=8.0, forgive=5.0)
#: The browser that holds the name: only its own mistakes slow it down.
HOLDER = Pace(free=10, longest=8.0, forgive=10.0)


class Throttle:
    """Counts mistakes by key; when there are `most` keys, the one longest untouched is dropped."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = 10_000) -> None:
        self._clock = clock
        self._most = most
        self._mistakes: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str, pace: Pace) -> float:
        """Seconds until the key may try again; 0 when it may."""
        count, last = self._mistakes.get(key, (0.0, 0.0))
        return max(0.0, pace.wait(count) - (self._clock() - last))

    def mistake(self, key: str, pace: Pace) -> None:
        """Count a mistake against the key."""
        now = self._clock()
        count, last = self._mistakes.pop(key, (0.0, now))
        self._mistakes[key] = (max(0.0, count - (now - last) / pace.forgive) + 1, now)
        while len(self._mistakes) > self._most:
            self._mistakes.popitem(last=False)

    def success(self, key: str) -> None:
        """Forget the key's mistakes."""
        self._mistakes.pop(key, None)
