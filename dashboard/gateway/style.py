"""The style sheet of the gateway's own pages, which are shown without a login too."""

from pathlib import Path

from dashboard.gateway.door import Open

_SHEET = (Path(__file__).parent / "static" / "gateway.css").read_bytes()


class Style(Open):
    """The style sheet."""

    def get(self) -> None:
        """The same for everybody; by it the dashboard's page sees that a program's host is ours."""
        self.set_header("Access-Control-Allow-Origin", self.gate.home.origin)
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.set_header("Cache-Control", "public, max-age=3600")
        self.finish(_SHEET)
