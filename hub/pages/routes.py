"""The hub's own pages, and where they are found."""

import hashlib
from pathlib import Path
from typing import Any

from tornado import web

from hub.login.claims import code_of
from hub.pages.failed import failed_starts
from hub.pages.logout import LogoutPage
from hub.pages.page import keeps_files
from hub.pages.restart import RestartPage
from hub.pages.session_api import ConsoleApi, HostApi

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"


class StaticFiles(web.StaticFileHandler):
    """Our style and scripts: the address holds their fingerprint, so browsers keep them."""

    def set_extra_headers(self, path: str) -> None:
        """Let browsers keep the file, and take it only for what it is."""
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("X-Content-Type-Options", "nosniff")


def fingerprint() -> str:
    """Changes whenever one of our static files does."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def handlers(*own: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Addresses below /hub/, and what answers there; `own` are those of a way to log in."""
    return [
        *own,
        (r"/logout", LogoutPage),
        (r"/session/restart", RestartPage),
        (r"/api/session/console", ConsoleApi),
        (r"/api/session/host", HostApi),
        (r"/workshop-static/[0-9a-f]+/(.*)", StaticFiles, {"path": str(STATIC)}),
    ]


def personal_code(user: Any) -> dict[str, str]:
    """The code of the visitor's own name, for templates; empty for visitors without one."""
    code = code_of(getattr(user, "authenticator", None), user)
    return {"name": user.name, "code": code} if code else {}


def configure_pages(c: Any) -> None:
    """Our templates go before JupyterHub's; every answer has the security headers."""
    c.JupyterHub.template_paths = [str(TEMPLATES)]
    c.JupyterHub.template_vars = {
        "assets": f"/hub/workshop-static/{fingerprint()}/",
        # JupyterHub calls these with the visitor.
        "personal_code": personal_code,
        "failed_starts": failed_starts,
        "keeps_files": keeps_files,
    }
    c.JupyterHub.implicit_spawn_seconds = 0.5
    c.JupyterHub.tornado_settings = {
        # The start page comes at once; it shows the progress and goes on by itself.
        "slow_spawn_timeout": 0,
        "spawn_throttle_retry_range": (10, 40),
        "cookie_options": {"SameSite": "Lax"},
        "headers": {
            "Cache-Control": "no-store",  # pages show names and codes; files say otherwise
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        },
    }
