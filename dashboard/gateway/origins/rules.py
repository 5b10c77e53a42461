"""What is where at the origins of programs: two addresses are ours, the rest the program's."""

from collections.abc import Callable
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule

from dashboard.gateway.console.relay import ConsolePage, ConsoleSocket, console_route
from dashboard.gateway.gate import OWN, Gate
from dashboard.gateway.origins.entering import Entering, Entrance
from dashboard.gateway.origins.origins import Origins
from dashboard.gateway.origins.place import Place
from dashboard.gateway.ports.own import OwnPorts
from dashboard.gateway.ports.posing import Local
from dashboard.gateway.ports.relay import PortPage, PortSocket
from dashboard.gateway.relay.slots import Slots
from dashboard.gateway.routing import Below, Exactly
from dashboard.gateway.scripts import Script
from dashboard.gateway.style import Style

#: What a handler is given at a place; None where it is not the one for it.
Given = Callable[[Place, Gate], dict[str, Any] | None]


class At(Matcher):
    """Requests that came by the host of a program."""

    def __init__(self, origins: Origins, there: Matcher, given: Given) -> None:
        self._origins, self._there, self._given = origins, there, given

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Called by Tornado: what the handler is given, or None."""
        place = self._origins.place_at(request.host)
        if place is None or self._there.match(request) is None:
            return None
        given = self._given(place, self._origins.gate_of(place))
        return None if given is None else {"target_kwargs": given}


def origin_rules(gate: Gate, origins: Origins, ports: OwnPorts, slots: Slots) -> list[Rule]:
    """The rules of all of them, to be asked before those of the dashboard's own host."""
    route, console_slots = console_route(gate), Slots(gate.settings.limits.programs)

    def ours(place: Place, there: Gate) -> dict[str, Any]:
        return {"gate": there}

    def script(place: Place, there: Gate) -> dict[str, Any]:
        return {"gate": there, "name": "inside.js"}

    def port(place: Place, there: Gate) -> dict[str, Any] | None:
        local = Local(place.port, place.tls, there.address, "/")
        return {"gate": there, "ports": ports, "local": local} if place.port else None

    def port_page(place: Place, there: Gate) -> dict[str, Any] | None:
        given = port(place, there)
        return given and {**given, "slots": slots}

    def console(place: Place, there: Gate) -> dict[str, Any] | None:
        return {"gate": there, "route": route} if route and not place.port else None

    def console_page(place: Place, there: Gate) -> dict[str, Any] | None:
        given = console(place, there)
        return given and {**given, "slots": console_slots}

    pages, sockets = Below("/", upgrade=False), Below("/", upgrade=True)
    return [
        Rule(At(origins, Exactly(f"{OWN}enter"), ours), Entrance),
        Rule(At(origins, Exactly(f"{OWN}gateway.css"), ours), Style),
        Rule(At(origins, Exactly(f"{OWN}inside.js"), script), Script),
        Rule(At(origins, sockets, port), PortSocket),
        Rule(At(origins, pages, port_page), PortPage),
        Rule(At(origins, sockets, console), ConsoleSocket),
        Rule(At(origins, pages, console_page), ConsolePage),
    ]


def ways_there(gate: Gate, origins: Origins) -> list[Rule]:
    """What leads there from the dashboard's own origin."""
    prefix, given = gate.address.prefix, {"gate": gate, "origins": origins}
    return [
        Rule(Exactly(f"{prefix}entering.js"), Script, {"gate": gate, "name": "entering.js"}),
        Rule(Below(f"{prefix}port/"), Entering, given),
        *([Rule(Below(f"{prefix}console/"), Entering, given)] if gate.console else []),
    ]
