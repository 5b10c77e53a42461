"""Requests and WebSockets for the console, which asks nobody for a login: the door alone does."""

from dataclasses import replace

from tornado.httpclient import HTTPRequest
from tornado.httputil import HTTPHeaders

from dashboard.gateway.console.look import Patient
from dashboard.gateway.gate import Gate
from dashboard.gateway.ports.posing import Local, framed_by
from dashboard.gateway.ports.relay import check_visitor
from dashboard.gateway.relay.document import Insertion
from dashboard.gateway.relay.route import Route
from dashboard.gateway.relay.scripted import ScriptedPage
from dashboard.gateway.relay.sockets import SocketRelay

#: What is typed in the console's own terminal: the channel of standard input.
_TYPED = "0"


def console_route(gate: Gate) -> Route | None:
    """The way to the console, if there is one."""
    look, limits = gate.console, gate.settings.limits
    if look is None:
        return None
    return Route(
        look.base,
        Patient(look.target, limits.backend),
        xsrf=False,  # the console has a token of its own, and the door asks for our Origin
        strip=look.console.strip,
        body=limits.console_frame,
    )


def _local(gate: Gate, route: Route) -> Local | None:
    """What it takes itself for, where it answers to no other name."""
    console = gate.settings.console
    if console is None or not console.local:
        return None
    return Local(console.port, False, gate.address, route.prefix)


class ConsolePage(ScriptedPage):
    """One request to the console."""

    async def admit(self) -> None:
        """Other sites were refused by their Origin at the door; the console has a token itself."""
        check_visitor(self)
        # Reviews of rights are asked by the page itself; what else changes something is a person's.
        if self.fetch.changes_state and not self.request.path.endswith("reviews"):
            self.gate.activity.note()
        await super().admit()

    def passed_on(self) -> HTTPHeaders:
        """As the console wants to be asked."""
        headers = super().passed_on()
        if local := _local(self.gate, self._route):
            local.pose(headers, upgrade=False)
        return headers

    def passed_back(self, headers: HTTPHeaders) -> list[tuple[str, str]]:
        """What forbids framing is replaced by our own word; the rest of it stays."""
        local, location = _local(self.gate, self._route), headers.get("Location", "")
        if local and location:
            headers = headers.copy()
            headers["Location"] = local.public_location(location)
        return framed_by(super().passed_back(headers), self.gate.ancestors)

    def wants_script(self) -> bool:
        """At an origin of its own any console; below a path that of OpenShift, in a window too."""
        console = self.gate.settings.console
        added_to = self._at_home or (console is not None and console.openshift)
        return added_to and self.request.method == "GET" and self.fetch.shows_page

    def script(self) -> Insertion:
        """What tells where the page is, or keeps it below its path."""
        prefix = self.gate.address.prefix
        if self._at_home:
            return Insertion(f"{self.gate.own_prefix}inside.js", home=self.gate.home.origin)
        return Insertion(f"{prefix}console.js", base=f"{prefix}console/")

    @property
    def _at_home(self) -> bool:
        """Whether it is at an origin of its own."""
        return self._route.prefix == "/"


class ConsoleSocket(SocketRelay):
    """One WebSocket to the console: what is watched, a log, a terminal."""

    def initialize(  # type: ignore[override]  # Tornado hands over each route's own keywords
        self, gate: Gate, route: Route
    ) -> None:
        """Called by Tornado with what the routes hand over."""
        assert gate.console is not None
        super().initialize(gate, replace(route, target=gate.console.target))
        self._frame = gate.settings.limits.console_frame

    def check_visit(self) -> None:
        """Whose console it is, where sessions share an origin."""
        check_visitor(self)

    def handshake(self) -> HTTPRequest:
        """What the console is asked."""
        request = super().handshake()
        if local := _local(self.gate, self._route):
            local.pose(request.headers, upgrade=True)
        return request

    async def on_message(self, message: str | bytes) -> None:
        """Pass a message to the console."""
        if isinstance(message, str) and message.startswith(_TYPED):
            self.gate.activity.note()
        await super().on_message(message)
