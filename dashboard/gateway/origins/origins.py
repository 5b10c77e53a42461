"""The origins of one session: which there are, and who lets visitors in there."""

from dataclasses import replace

from dashboard.gateway.gate import Gate
from dashboard.gateway.login.hub import Hub
from dashboard.gateway.login.hub_login import HubLogin
from dashboard.gateway.login.visitor import HubAwayError, Visit
from dashboard.gateway.origins.login import OriginLogin
from dashboard.gateway.origins.place import Place, place_at
from dashboard.gateway.origins.tickets import Tickets

#: Seconds between the dashboard's page with a ticket and the browser's arrival.
_TICKET = 30.0
_REMEMBERED = 64


class Origins:
    """Makes for each place a gate of its own, at its own address and with a login of its own."""

    def __init__(self, gate: Gate, hub: Hub, login: HubLogin) -> None:
        self._gate, self._hub, self._login = gate, hub, login
        self._tickets = Tickets(_TICKET)
        self._gates: dict[Place, Gate] = {}
        self._opened: set[Place] = set()

    def place_at(self, host: str) -> Place | None:
        """What a Host header leads to, other than to the dashboard."""
        return place_at(host, self._gate.address)

    def gate_of(self, place: Place) -> Gate:
        """What its handlers are given."""
        if place not in self._gates:
            if len(self._gates) >= _REMEMBERED:
                self._gates.clear()
            gate = self._gate
            self._gates[place] = replace(
                gate,
                address=place.address(gate.address),
                jar=replace(gate.jar, prefix="/"),
                login=OriginLogin(gate.settings, self._login, gate.jar, place, self._tickets),
            )
        return self._gates[place]

    async def enter(self, place: Place, visit: Visit, path: str) -> str:
        """A ticket for the place, to which the proxy leads from now on; HubAwayError and its kin.

        While the hub is away, what it has opened before is there still.
        """
        try:
            await self._hub.open_host(place.label)
        except HubAwayError:
            if place not in self._opened:
                raise
        self._opened.add(place)
        return self._tickets.issue(place, visit, path)
