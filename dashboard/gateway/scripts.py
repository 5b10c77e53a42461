"""Scripts of the gateway's own, for pages that it relays or makes."""

from pathlib import Path

from dashboard.gateway.door import Door
from dashboard.gateway.gate import Gate

_FOLDER = Path(__file__).parent / "static"


class Script(Door):
    """One script, for those whose page asks for it."""

    def initialize(  # type: ignore[override]  # Tornado hands over each route's own keywords
        self, gate: Gate, name: str
    ) -> None:
        """Called by Tornado with what the routes hand over."""
        super().initialize(gate)
        self._name = name

    def get(self) -> None:
        """The same for everybody."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "private, max-age=3600")
        self.finish((_FOLDER / self._name).read_bytes())
