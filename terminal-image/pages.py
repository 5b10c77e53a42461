"""The pages of the terminal server: health, Butterfly's own page, its files."""

import json
import os
from typing import Any

import butterfly
import tornado.web
from addresses import Projects, UnansweredError
from home import trouble
from listening import owned
from objects import Objects
from sessions import Sessions

HERE = os.path.dirname(os.path.abspath(__file__))
_BUTTERFLY = os.path.join(os.path.dirname(butterfly.__file__), "static")
_FONTS = "Black Bold ExtraLight Light Medium Regular Semibold"
#: Butterfly's files that the page uses; its other files are not served.
_THEIRS = frozenset(
    ["main.min.js", "html-sanitizer.js", "main.css"]
    + [f"fonts/SourceCodePro-{weight}.otf" for weight in _FONTS.split()]
)
_OURS = frozenset(os.listdir(os.path.join(HERE, "static")))
#: The longest beginning of a terminal, in bytes; it goes through the environment.
_BEGINNING = 16 * 1024
_TYPES = {".js": "text/javascript", ".css": "text/css", ".otf": "font/otf"}
#: security.md 4.2, with no pictures at all: nothing that a program prints may fetch one.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; "
    "font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
_PERMISSIONS = (
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
    "clipboard-read=(self), clipboard-write=(self)"
)


class Page(tornado.web.RequestHandler):
    """GET only, with headers that let a page do no more than it must."""

    SUPPORTED_METHODS = ("GET",)

    def initialize(self, sessions: Sessions) -> None:
        """Tornado's constructor hook."""
        self.sessions = sessions

    def set_default_headers(self) -> None:
        """For every answer, errors too."""
        self.clear_header("Server")
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("Permissions-Policy", _PERMISSIONS)
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """An error is its number and name; nothing of the request is repeated."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")


def beginning(body: bytes) -> dict[str, Any] | None:
    """What a terminal is to begin with, as a `Launch` has it; None for what is none."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or len(body) > _BEGINNING:
        return None
    begin, directory = given.get("command", ""), given.get("directory", "")
    if not all(isinstance(text, str) and "\0" not in text for text in (begin, directory)):
        return None
    return {"begin": begin, "directory": directory, "keep": given.get("keep") is True}


class Missing(Page):
    """Any other address."""

    def prepare(self) -> None:
        """Refuse, whatever the method."""
        raise tornado.web.HTTPError(404)


class Health(Page):
    """Says that the server answers."""

    def initialize(self, sessions: Sessions, objects: Objects) -> None:
        """Tornado's constructor hook."""
        self.sessions, self.objects = sessions, objects

    def get(self) -> None:
        """How many sessions there are, and what is wrong with home folder and project if any is."""
        home = trouble(self.sessions.home)
        wrong = self.objects.wrong
        self.write({"status": "ok", "sessions": len(self.sessions), "home": home, "objects": wrong})


class Making(Page):
    """What the workshop wants in the session's project."""

    SUPPORTED_METHODS = ("POST",)

    def initialize(self, sessions: Sessions, objects: Objects) -> None:
        """Tornado's constructor hook."""
        self.objects = objects

    async def post(self) -> None:
        """Make it, and say what was refused."""
        try:
            given = json.loads(self.request.body)
            wanted, mistakes = list(given["objects"]), list(map(str, given["mistakes"]))
        except (ValueError, RecursionError, KeyError, TypeError):
            raise tornado.web.HTTPError(400) from None
        self.write({"refused": await self.objects.make(wanted, mistakes)})


class Ports(Page):
    """Which ports the programs of the shells listen on."""

    def get(self) -> None:
        """Port and inode of each socket, looked up now."""
        self.write({"ports": [one._asdict() for one in owned(os.getpid())]})


class Addresses(Page):
    """Where what runs in the session's projects is found."""

    def initialize(self, sessions: Sessions, projects: Projects) -> None:
        """Tornado's constructor hook."""
        super().initialize(sessions)
        self.projects = projects

    async def get(self) -> None:
        """Each Route and Ingress, looked up now; 404 without a project, 502 and why not."""
        if not self.projects.names:
            raise tornado.web.HTTPError(404)
        try:
            found = await self.projects.addresses()
        except UnansweredError as error:
            self.set_status(502)
            self.write({"trouble": str(error)})
            return
        self.write({"addresses": [one._asdict() for one in found]})


class View(Page):
    """Butterfly's own page, in our template."""

    def get(self, name: str) -> None:
        """The page; its query is ignored."""
        self.render("index.html", name=name)


class Beginning(Page):
    """What a terminal of the workshop's begins with."""

    SUPPORTED_METHODS = ("POST",)

    async def post(self, name: str) -> None:
        """Begin the terminal as the workshop says, unless it has begun."""
        begin = beginning(self.request.body)
        if begin is None:
            raise tornado.web.HTTPError(400)
        started = name not in self.sessions
        session = await self.sessions.open(name, (80, 24), **begin)
        if session is None:
            raise tornado.web.HTTPError(503)
        session.used = True  # nobody typed, but its end would be a loss
        self.set_status(201 if started else 200)
        self.write({"started": started})


class Static(Page):
    """Listed files of ours and of Butterfly's package."""

    def get(self, name: str) -> None:
        """The file."""
        folder = os.path.join(HERE, "static") if name in _OURS else _BUTTERFLY
        if name not in _OURS and name not in _THEIRS:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", _TYPES[os.path.splitext(name)[1]])
        self.set_header("Cache-Control", "no-cache")
        with open(os.path.join(folder, name), "rb") as file:
            self.write(file.read())
