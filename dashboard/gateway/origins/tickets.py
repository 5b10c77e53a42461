"""Tickets: how a login at the dashboard comes to the origin of a program."""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.gateway.login.visitor import Visit
from dashboard.gateway.origins.place import Place

_HELD = 256


@dataclass(frozen=True)
class Ticket:
    """For whom it is, where it is good, and where it leads to there."""

    place: Place
    visit: Visit
    path: str
    until: float


class Tickets:
    """Each is good once, for seconds, and at one place; what is known of it is kept here alone."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._held: OrderedDict[str, Ticket] = OrderedDict()

    def issue(self, place: Place, visit: Visit, path: str) -> str:
        """A new one; of very many the oldest are good for nothing any more."""
        ticket = secrets.token_urlsafe(32)
        self._held[_key(ticket)] = Ticket(place, visit, path, self._clock() + self._seconds)
        while len(self._held) > _HELD:
            self._held.popitem(last=False)
        return ticket

    def redeem(self, ticket: str, place: Place) -> Ticket | None:
        """What it is for; None when it was used, is too old, or is for somewhere else.

        Shown in the wrong place it is spent as well.
        """
        held = self._held.pop(_key(ticket), None)
        good = held is not None and held.place == place and self._clock() < held.until
        return held if good else None


def _key(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "surrogateescape")).hexdigest()
