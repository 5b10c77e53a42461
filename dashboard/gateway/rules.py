"""Every address below the session's prefix, and what is behind it."""

from dataclasses import dataclass
from typing import Any

from tornado.routing import Rule

from dashboard.gateway import entrance, health
from dashboard.gateway.console.relay import ConsolePage, ConsoleSocket, console_route
from dashboard.gateway.console.states import ConsoleHealth, ConsoleState
from dashboard.gateway.gate import Gate
from dashboard.gateway.login.hub import Hub
from dashboard.gateway.origins.origins import Origins
from dashboard.gateway.origins.rules import origin_rules, ways_there
from dashboard.gateway.outside import Framing
from dashboard.gateway.pages_mount import Mount, Pages
from dashboard.gateway.ports.own import OwnPorts
from dashboard.gateway.ports.relay import PortPage, PortSocket, PortStates
from dashboard.gateway.relay.pages import PageRelay
from dashboard.gateway.relay.route import Route
from dashboard.gateway.relay.slots import Slots
from dashboard.gateway.relay.sockets import SocketRelay
from dashboard.gateway.relay.target import Target
from dashboard.gateway.routing import Below, Exactly, WithArgument
from dashboard.gateway.scripts import Script
from dashboard.gateway.style import Style
from dashboard.gateway.workshop import Workshop


@dataclass(frozen=True)
class Behind:
    """What the door leads to, and how many requests may be under way to servers behind it.

    Programs of the attendee have places of their own, so that those that hang take nobody's.
    """

    terminal: Target
    workshop: Workshop
    mount: Mount
    slots: Slots
    program_slots: Slots
    hub: Hub | None = None
    origins: Origins | None = None


def rules(gate: Gate, behind: Behind) -> list[Rule]:
    """The rules, the narrower before the wider."""
    prefix = gate.address.prefix
    shared: dict[str, Any] = {"gate": gate}
    ports = OwnPorts(behind.terminal, gate.settings.limits.backend)
    return [
        *_elsewhere(gate, behind, ports),
        *_checks(gate, behind),
        Rule(Exactly(f"{prefix}api/session"), entrance.WhoAmI, shared),
        Rule(Exactly(f"{prefix}gateway.css"), Style, shared),
        Rule(Exactly(f"{prefix}logout"), entrance.Logout, shared),
        _entrance(gate),
        *_terminal(gate, behind),
        *_tabs(gate, behind, ports),
        *_programs(gate, behind, ports),
        Rule(Below(prefix), Pages, {**shared, "mount": behind.mount}),
    ]


def _checks(gate: Gate, behind: Behind) -> list[Rule]:
    prefix, shared = gate.address.prefix, {"gate": gate}
    parts = {"workshop": behind.workshop.ready, "terminal": behind.terminal, "hub": behind.hub}
    return [
        Rule(Exactly(f"{prefix}health/live"), health.Alive, shared),
        Rule(Exactly(f"{prefix}health/ready"), health.Ready, {**shared, **parts}),
        Rule(Exactly(f"{prefix}api"), health.HubCheck, shared),
    ]


def _entrance(gate: Gate) -> Rule:
    prefix, shared = gate.address.prefix, {"gate": gate}
    if gate.settings.preview:
        return Rule(WithArgument(prefix, "key"), entrance.PreviewLink, shared)
    return Rule(Exactly(f"{prefix}oauth_callback"), entrance.Callback, shared)


def _terminal(gate: Gate, behind: Behind) -> list[Rule]:
    # The terminal's page needs no cookie of a browser, and a shell must never see one.
    route = Route(f"{gate.address.prefix}terminal/", behind.terminal, cookies=False)
    shared = {"gate": gate, "route": route}
    return [
        Rule(Below(route.prefix, upgrade=True), SocketRelay, shared),
        Rule(Below(route.prefix, upgrade=False), PageRelay, {**shared, "slots": behind.slots}),
    ]


def _tabs(gate: Gate, behind: Behind, ports: OwnPorts) -> list[Rule]:
    prefix, shared = gate.address.prefix, {"gate": gate}
    framing = {"gate": gate, "workshop": behind.workshop, "known": {}}
    return [
        Rule(Exactly(f"{prefix}api/active"), entrance.Active, shared),
        Rule(Exactly(f"{prefix}api/framing"), Framing, framing),
        Rule(Exactly(f"{prefix}api/ports"), PortStates, {**shared, "ports": ports}),
        Rule(Exactly(f"{prefix}api/console"), ConsoleState, shared),
        *(
            [Rule(Exactly(f"{prefix}health/console"), ConsoleHealth, shared)]
            if gate.console
            else []
        ),
    ]


def _elsewhere(gate: Gate, behind: Behind, ports: OwnPorts) -> list[Rule]:
    if behind.origins is None:
        return []
    return origin_rules(gate, behind.origins, ports, behind.program_slots)


def _programs(gate: Gate, behind: Behind, ports: OwnPorts) -> list[Rule]:
    """What is shown of programs at the dashboard's own origin, or what leads to theirs."""
    if behind.origins is not None:
        return ways_there(gate, behind.origins)
    prefix, shared = gate.address.prefix, {"gate": gate}
    given, slots = {**shared, "ports": ports}, {"slots": behind.program_slots}
    rules = [
        Rule(Below(f"{prefix}port/", upgrade=True), PortSocket, given),
        Rule(Below(f"{prefix}port/", upgrade=False), PortPage, {**given, **slots}),
    ]
    route = console_route(gate)
    if route is None:
        return rules
    pages = {**shared, "route": route, "slots": Slots(gate.settings.limits.programs)}
    return [
        *rules,
        Rule(Exactly(f"{prefix}console.js"), Script, {**shared, "name": "console.js"}),
        Rule(Below(route.prefix, upgrade=True), ConsoleSocket, {**shared, "route": route}),
        Rule(Below(route.prefix, upgrade=False), ConsolePage, pages),
    ]
