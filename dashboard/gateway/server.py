"""The gateway as a whole: its parts put together, started, and stopped without loss."""

import asyncio
import contextlib
import hashlib
import hmac
import secrets
from dataclasses import replace
from pathlib import Path
from wsgiref.types import WSGIApplication

from tornado.netutil import bind_sockets
from tornado.web import Application

from dashboard.gateway import entrance, logs, objects
from dashboard.gateway.activity import Activity
from dashboard.gateway.address import Address
from dashboard.gateway.console.look import Look
from dashboard.gateway.cookies import Jar
from dashboard.gateway.door import loader
from dashboard.gateway.framing import HEADER_BYTES, StrictServer
from dashboard.gateway.gate import Gate
from dashboard.gateway.login.hub import Hub
from dashboard.gateway.login.hub_login import HubLogin
from dashboard.gateway.login.preview_login import PreviewLogin
from dashboard.gateway.login.way import Login
from dashboard.gateway.origins.origins import Origins
from dashboard.gateway.own_token import OwnToken
from dashboard.gateway.pages_mount import Mount
from dashboard.gateway.relay.live import Live
from dashboard.gateway.relay.slots import Slots
from dashboard.gateway.relay.target import Target
from dashboard.gateway.rules import Behind, rules
from dashboard.gateway.workshop import Workshop
from dashboard.settings import Settings

HERE = Path(__file__).parent
#: What is taken where nothing needs more; pages and relays have limits of their own.
_SMALL_BODY = 64 << 10


class Gateway:
    """One HTTP server: the pages and the terminal behind the door."""

    def __init__(self, settings: Settings, pages: WSGIApplication, workshop: Workshop) -> None:
        self._sockets = bind_sockets(settings.listen_port, settings.listen_host)
        port = self._sockets[0].getsockname()[1]
        if settings.preview:
            settings = replace(settings, origin=f"http://{settings.listen_host}:{port}")
        self.port = port
        self.settings = settings
        self._hub = None if settings.preview else Hub(settings)
        self._mount = Mount(pages)
        self._slots = Slots(settings.limits.relays)
        # Of their own, so that programs that hang leave the terminals theirs.
        self._program_slots = Slots(settings.limits.programs)
        self.gate = _gate(settings, self._hub)
        self._workshop = workshop
        self._server = StrictServer(
            self._application(workshop),
            max_header_size=2 * HEADER_BYTES,
            max_body_size=_SMALL_BODY,
            idle_connection_timeout=settings.limits.headers,
            body_timeout=settings.limits.body,
        )
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def link(self) -> str:
        """The address to open: in a preview the link that logs its author in, once."""
        login = self.gate.login
        path = login.link if isinstance(login, PreviewLogin) else self.settings.prefix
        return self.settings.origin + path

    def start(self) -> None:
        """Serve from now on."""
        self._server.add_sockets(self._sockets)
        self._tasks = [
            asyncio.ensure_future(self.gate.live.watch(self.gate.login.still_allowed)),
            asyncio.ensure_future(self.gate.activity.run()),
        ]
        if self._hub is not None:
            self._tasks.append(asyncio.ensure_future(self._hub.meet()))
        if self.gate.own_token is not None:
            self._tasks.append(asyncio.ensure_future(self.gate.own_token.run()))
        brought, mistakes = self._workshop.brought()
        if not self.settings.preview and (brought or mistakes):
            terminal = Target(path=self.settings.terminal_socket)
            project = self.settings.variables.get("project_namespace", "")
            making = objects.make(terminal, brought, mistakes, project)
            self._tasks.append(asyncio.ensure_future(making))

    async def stop(self) -> None:
        """Take nothing new, close WebSockets with 1001, let answers end for a moment, and go."""
        self._server.stop()
        self.gate.live.end_all()
        limit = self.settings.limits.drain
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await self.gate.live.wait_until_empty()
                await self._mount.slots.idle.wait()
                await self._slots.idle.wait()
        await self._server.close_all_connections()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._mount.close()
        if self._hub is not None:
            self._hub.close()

    def _application(self, workshop: Workshop) -> Application:
        terminal = Target(path=self.settings.terminal_socket)
        origins = _origins(self.gate, self._hub)
        slots = (self._slots, self._program_slots)
        behind = Behind(terminal, workshop, self._mount, *slots, self._hub, origins)
        return Application(
            rules(self.gate, behind),
            default_handler_class=entrance.Homeward,
            default_handler_args={"gate": self.gate},
            log_function=logs.log_request,
            pages=loader(str(HERE / "templates")),
        )


def _gate(settings: Settings, hub: Hub | None) -> Gate:
    address = Address(settings.origin, settings.prefix)
    jar = Jar(settings.client_id or "preview", settings.prefix, address.secure, settings.own_host)
    limits = settings.limits
    login: Login = HubLogin(settings, hub, jar) if hub else PreviewLogin(settings, jar)
    secret = settings.api_token or secrets.token_urlsafe(32)
    report = hub.report if hub and settings.activity_url else None
    return Gate(
        settings=settings,
        address=address,
        jar=jar,
        login=login,
        live=Live(limits.sockets, limits.recheck),
        activity=Activity(settings.server_name, limits.activity, report),
        own_token=_own_token(settings, hub),
        console=_console(settings, hub),
        xsrf_key=hmac.new(secret.encode(), b"workshop xsrf", hashlib.sha256).digest(),
    )


def _own_token(settings: Settings, hub: Hub | None) -> OwnToken | None:
    if hub is None or settings.token_file is None:
        return None
    limits = settings.limits
    return OwnToken(settings.token_file, hub.own_token, limits.token_awaited, limits.token)


def _console(settings: Settings, hub: Hub | None) -> Look | None:
    if settings.console is None or not settings.console.port:
        return None
    told = hub.console_state if hub else None
    base = "/" if settings.own_hosts else f"{settings.prefix}console/"
    return Look(settings.console, base, settings.limits.health, told)


def _origins(gate: Gate, hub: Hub | None) -> Origins | None:
    if hub is None or not gate.settings.own_hosts:
        return None
    assert isinstance(gate.login, HubLogin)
    return Origins(gate, hub, gate.login)
