"""The style sheet of the gateway's own pages, which are shown without a login too."""

from pathlib import Path

from dashboard.gateway.door import Open

_SHEET = (Path(__file__).parent / "static" / "gateway.css").read_bytes()


class Style(Open):
    """The style sheet."""

    def get(self) -> None:
        """The same for everybody."""
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.set_header("Cache-Control", "public, max-age=3600")
        self.finish(_SHEET)
