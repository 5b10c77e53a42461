"""Whether the session lives, and whether it is ready to be used."""

import asyncio
import json
from collections.abc import Callable

from dashboard.gateway.door import Open
from dashboard.gateway.gate import Gate
from dashboard.gateway.login.hub import Hub
from dashboard.gateway.relay.exchange import fetch_status
from dashboard.gateway.relay.target import Target

#: The hub whose protocol we speak; it warns when a session's major version is another one.
HUB_VERSION = "6.1.1"


class Alive(Open):
    """The process answers."""

    def get(self) -> None:
        """Always 200."""
        self.finish({"live": True})


class HubCheck(Open):
    """What the hub asks while it waits for a session to come up."""

    def get(self) -> None:
        """The version of the hub's protocol that is spoken here."""
        self.set_header("X-JupyterHub-Version", HUB_VERSION)
        self.finish({"version": HUB_VERSION})


class Ready(Open):
    """The workshop is loaded, the terminal answers, and so has the hub, which lets people in."""

    def initialize(  # type: ignore[override]  # Tornado hands over each route's own keywords
        self, gate: Gate, workshop: Callable[[], bool], terminal: Target, hub: Hub | None
    ) -> None:
        """Called by Tornado with what the routes hand over."""
        super().initialize(gate)
        self._workshop = workshop
        self._terminal = terminal
        self._hub = hub

    async def get(self) -> None:
        """200 when all is there, else 503; either way which part is."""
        parts = {
            "workshop": self._workshop(),
            "terminal": await self._terminal_answers(),
            "hub": self._hub is None or self._hub.met,
            "open": not self.gate.live.closed,
        }
        ready = all(parts.values())
        self.set_status(200 if ready else 503)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"ready": ready, **parts}))

    async def _terminal_answers(self) -> bool:
        try:
            async with asyncio.timeout(self.gate.settings.limits.health):
                return await fetch_status(self._terminal, "/health") == 200
        except (OSError, TimeoutError):
            return False
