"""Where the kubelet and a page ask how the console is."""

import json

from dashboard.gateway import problems
from dashboard.gateway.door import Door, Open
from dashboard.gateway.refusals import Refusal


class ConsoleHealth(Open):
    """Answers the kubelet, which does not come to loopback itself."""

    async def get(self) -> None:
        """200 when the console can be used, else 503."""
        look = self.gate.console
        there = look is not None and await look.answers()
        self.set_status(200 if there else 503)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"console": there}))


class ConsoleState(Door):
    """Tells a page whether the console can be shown, and why not."""

    async def get(self) -> None:
        """The state, as JSON; 404 where there is no console."""
        if self.gate.console is None:
            raise Refusal(problems.NOT_FOUND)
        self.finish({"state": await self.gate.console.state()})
