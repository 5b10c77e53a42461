"""Requests and WebSockets for the attendee's programs: each at an origin of its own, or below
`port/8080/` and `port/https-8443/` where sessions have no hosts of their own."""

import json
import ssl
from dataclasses import replace

from tornado.httpclient import HTTPRequest
from tornado.httputil import HTTPHeaders
from tornado.iostream import IOStream
from tornado.websocket import WebSocketClientConnection

from dashboard.gateway import problems
from dashboard.gateway.door import Door
from dashboard.gateway.gate import Gate
from dashboard.gateway.origins.place import place_of
from dashboard.gateway.ports.own import OwnPorts
from dashboard.gateway.ports.posing import Local, framed_by
from dashboard.gateway.refusals import Refusal
from dashboard.gateway.relay.document import Insertion
from dashboard.gateway.relay.route import Route
from dashboard.gateway.relay.scripted import ScriptedPage
from dashboard.gateway.relay.slots import Slots
from dashboard.gateway.relay.sockets import SocketRelay
from dashboard.gateway.relay.target import Target

#: Uploads are streamed, so that this is no matter of memory.
_BODY, _BODY_SECONDS = 4 << 30, 3600.0
#: The program is known by its socket; the certificate of one on this machine proves nothing.
_TLS = ssl.create_default_context()
_TLS.check_hostname = False
_TLS.verify_mode = ssl.CERT_NONE


def local_of(path: str, gate: Gate) -> Local | None:
    """The program that a path below the session's prefix is for; None for no port."""
    prefix = gate.address.prefix
    place = place_of(path.removeprefix(prefix))
    if place is None or not place.port:
        return None
    return Local(place.port, place.tls, gate.address, prefix + place.path)


def check_visitor(door: Door) -> None:
    """Where sessions share one origin, a program's page would act for whoever looks at it.

    There it is shown to the attendee only, whose own program it is.
    """
    s = door.gate.settings
    if not s.own_host and not s.preview and door.visit.visitor.name != s.user:
        raise Refusal(problems.OWNER_ONLY)


class _Way:
    """Connects to a program of the attendee's and to nothing else."""

    def __init__(self, ports: OwnPorts, local: Local) -> None:
        self._ports, self._local = ports, local

    async def connect(self, seconds: float, buffer: int) -> IOStream:
        """A stream to the program; NotOwnError when there is none."""

        async def connect(target: Target) -> IOStream:
            return await target.connect(seconds, buffer)

        stream = await self._ports.reach(self._local.port, connect, IOStream.close)
        if not self._local.tls:
            return stream
        return await stream.start_tls(False, _TLS, self._local.host)


class PortPage(ScriptedPage):
    """One request to a program; the program sees one of its own machine."""

    away = problems.NO_PROGRAM

    def initialize(  # type: ignore[override]  # Tornado hands over each route's own keywords
        self, gate: Gate, ports: OwnPorts, slots: Slots, local: Local | None = None
    ) -> None:
        """Called by Tornado with what the routes hand over."""
        self._ports = ports
        self._local = local or local_of(self.request.path, gate)
        prefix = self._local.prefix if self._local else "/"
        route = Route(prefix, Target(), body=_BODY, body_seconds=_BODY_SECONDS, xsrf=False)
        if self._local:
            route = replace(route, target=_Way(ports, self._local))
        super().initialize(gate, route, slots)

    async def admit(self) -> None:
        """Only whose program it is; other sites were refused by their Origin at the door."""
        if self._local is None:
            raise Refusal(problems.NOT_FOUND)
        check_visitor(self)
        if self.request.headers.get("Sec-Fetch-User") == "?1":
            self.gate.activity.note()
        await super().admit()

    def passed_on(self) -> HTTPHeaders:
        """As from a browser beside the program."""
        headers = super().passed_on()
        assert self._local is not None
        self._local.pose(headers, upgrade=False)
        return headers

    def passed_back(self, headers: HTTPHeaders) -> list[tuple[str, str]]:
        """What would keep the page from a frame of ours is replaced, and its redirects followed."""
        assert self._local is not None
        location = headers.pop("Location", "")
        passed = framed_by(super().passed_back(headers), self.gate.ancestors)
        if location:
            passed.append(("Location", self._local.public_location(location)))
        return passed

    def wants_script(self) -> bool:
        """In a frame at an origin of its own; in a window every byte is the program's."""
        elsewhere = self.gate.address != self.gate.home
        return elsewhere and self.fetch.is_framed and self.request.method in {"GET", "POST"}

    def script(self) -> Insertion:
        """What tells where the page is, and when the keys lead out of it."""
        return Insertion(f"{self.gate.own_prefix}inside.js", home=self.gate.home.origin)


class PortSocket(SocketRelay):
    """One WebSocket to a program."""

    def initialize(  # type: ignore[override]  # Tornado hands over each route's own keywords
        self, gate: Gate, ports: OwnPorts, local: Local | None = None
    ) -> None:
        """Called by Tornado with what the routes hand over."""
        self._ports = ports
        self._local = local or local_of(self.request.path, gate)
        super().initialize(gate, Route(self._local.prefix if self._local else "/", Target()))
        self._frame = gate.settings.limits.program_frame

    def check_visit(self) -> None:
        """Only whose program it is."""
        if self._local is None:
            raise Refusal(problems.NOT_FOUND)
        check_visitor(self)

    def handshake(self) -> HTTPRequest:
        """As from a browser beside the program."""
        request = super().handshake()
        assert self._local is not None
        self._local.pose(request.headers, upgrade=True)
        if self._local.tls:
            request.url = f"wss{request.url.removeprefix('ws')}"
            request.ssl_options = _TLS
        return request

    async def connect(self) -> WebSocketClientConnection:
        """Connect to the attendee's own program and to nothing else."""
        assert self._local is not None

        async def connect(target: Target) -> WebSocketClientConnection:
            self._route = replace(self._route, target=target)
            return await super(PortSocket, self).connect()

        return await self._ports.reach(self._local.port, connect, WebSocketClientConnection.close)


class PortStates(Door):
    """Tells a page which ports the attendee's programs listen on."""

    def initialize(  # type: ignore[override]  # Tornado hands over each route's own keywords
        self, gate: Gate, ports: OwnPorts
    ) -> None:
        """Called by Tornado with what the routes hand over."""
        super().initialize(gate)
        self._ports = ports

    async def get(self) -> None:
        """The ports, as JSON."""
        try:
            ports = await self._ports.ports()
        except (OSError, TimeoutError) as error:
            raise Refusal(problems.BACKEND_AWAY) from error
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"ports": ports}))
