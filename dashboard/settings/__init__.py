"""The dashboard's settings: read once from the environment, every mistake reported at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from dashboard.settings import console, parse
from dashboard.settings.console import Console
from dashboard.settings.limits import Limits
from dashboard.settings.table import NOT_IN_PREVIEW, PREVIEW_DEFAULTS, SETTINGS, Setting

__all__ = ["SETTINGS", "Console", "Limits", "Setting", "Settings", "SettingsError"]

T = TypeVar("T")


class SettingsError(Exception):
    """Settings that cannot be used; `mistakes` has a sentence for each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True)
class Settings:
    """What the dashboard runs with; secrets never show in its repr."""

    workshop_dir: Path
    terminal_socket: Path
    variables: Mapping[str, str]
    tabs: str
    personal_code: str = field(repr=False)
    token_file: Path | None
    node_modules: Path
    preview: bool
    terminal_view: str
    api_token: str = field(repr=False)
    client_id: str
    user: str
    server_name: str
    prefix: str
    listen_host: str
    listen_port: int
    api_url: str
    activity_url: str
    access_scopes: frozenset[str]
    callback_url: str
    hub_url: str
    origin: str
    own_host: bool
    own_hosts: bool
    console: Console | None = None
    limits: Limits = Limits()

    @property
    def console_root(self) -> str:
        """Where browsers find the web console; empty where there is none."""
        if self.console is None:
            return ""
        return self.console.url or f"{self.prefix}console/"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Settings from environment variables; SettingsError naming every mistake."""
        reader = _Reader(environ)
        settings = _assemble(cls, reader)
        if reader.mistakes:
            raise SettingsError(reader.mistakes)
        return settings


class _Reader:
    """Reads variables by their Setting and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.mistakes: list[str] = []
        self.preview = environ.get("WORKSHOP_PREVIEW", "").strip() not in {"", "0"}
        self._environ = environ
        self._settings = {setting.name: setting for setting in SETTINGS}

    def text(self, name: str) -> str:
        """The variable's value or its default; a mistake when it is required and missing."""
        value = self._environ.get(name, "").strip()
        default = self._settings[name].default
        if self.preview and name in NOT_IN_PREVIEW:
            return ""
        if self.preview and not value:
            default = PREVIEW_DEFAULTS.get(name, default)
        if not value and default is None:
            self.mistakes.append(f"{name} is not set: expected {self._settings[name].help}")
        return value or default or ""

    def parsed(self, name: str, parser: Callable[[str], T], expected: str, fallback: T) -> T:
        """The variable's value through `parser`; a mistake saying what was `expected` otherwise."""
        value = self.text(name)
        if not value:
            return fallback
        try:
            return parser(value)
        except ValueError:
            shown = "(not shown)" if self._settings[name].secret else repr(value[:200])
            self.mistakes.append(f"{name} is {shown}: expected {expected}")
            return fallback


def _assemble(kind: type[Settings], reader: _Reader) -> Settings:
    parsed, text = reader.parsed, reader.text
    prefix = parsed("JUPYTERHUB_SERVICE_PREFIX", parse.prefix, "a path such as /user/ada/", "/")
    listen = parsed(
        "JUPYTERHUB_SERVICE_URL", parse.listen, "an address such as http://127.0.0.1:8888/", ("", 0)
    )
    if reader.preview and listen[0] not in {"127.0.0.1", "localhost", ""}:
        reader.mistakes.append("JUPYTERHUB_SERVICE_URL: expected an address of loopback in preview")
    origin, hub_url = _addresses(reader, listen)
    return kind(
        workshop_dir=parsed("WORKSHOP_DIR", parse.folder, "a folder that exists", Path("/")),
        terminal_socket=parsed(
            "WORKSHOP_TERMINAL_SOCKET",
            parse.socket,
            f"an absolute path of at most {parse.SOCKET_PATH_LIMIT} bytes",
            Path("/"),
        ),
        variables=parsed("WORKSHOP_VARS", parse.variables, "a JSON object of strings", {}),
        tabs=text("WORKSHOP_TABS"),
        personal_code=text("WORKSHOP_PERSONAL_CODE"),
        token_file=parsed("WORKSHOP_TOKEN_FILE", parse.new_file, "a path in a folder", None),
        node_modules=Path(text("WORKSHOP_NODE_MODULES")),
        preview=reader.preview,
        terminal_view=parsed("TERMINAL_VIEW", parse.view, "xterm or butterfly", "xterm"),
        api_token=text("JUPYTERHUB_API_TOKEN"),
        client_id=text("JUPYTERHUB_CLIENT_ID"),
        user=text("JUPYTERHUB_USER"),
        server_name=text("JUPYTERHUB_SERVER_NAME"),
        prefix=prefix,
        listen_host=listen[0],
        listen_port=listen[1],
        api_url=parsed("JUPYTERHUB_API_URL", parse.web, "an http or https address", ""),
        activity_url=parsed("JUPYTERHUB_ACTIVITY_URL", parse.web, "an http or https address", ""),
        access_scopes=parsed(
            "JUPYTERHUB_OAUTH_ACCESS_SCOPES", parse.scopes, "a JSON list of scopes", frozenset()
        ),
        callback_url=text("JUPYTERHUB_OAUTH_CALLBACK_URL") or f"{prefix}oauth_callback",
        hub_url=hub_url,
        origin=origin,
        console=parsed(
            "WORKSHOP_CONSOLE", console.parsed, "a JSON object with port or url, page …", None
        ),
        own_hosts=text("WORKSHOP_OWN_HOSTS") == "1",
        own_host=bool(origin and hub_url) and parse.origin(hub_url) != origin,
    )


def _addresses(reader: _Reader, listen: tuple[str, int]) -> tuple[str, str]:
    """Our public origin and the hub's public URL; only settings say them, never a request."""
    if reader.preview:
        return f"http://{listen[0]}:{listen[1]}", ""
    expected = "an address such as https://ada.workshop.example/"
    origin = reader.parsed("JUPYTERHUB_PUBLIC_URL", parse.origin, expected, "") or reader.parsed(
        "WORKSHOP_PUBLIC_URL", parse.origin, expected, ""
    )
    if not origin and not reader.text("WORKSHOP_PUBLIC_URL"):
        reader.mistakes.append(
            "WORKSHOP_PUBLIC_URL is not set: expected the address attendees use, "
            "such as http://127.0.0.1:8000, because JUPYTERHUB_PUBLIC_URL is empty"
        )
    hub_url = reader.parsed("JUPYTERHUB_PUBLIC_HUB_URL", parse.web, "the hub's public address", "")
    host = reader.parsed("JUPYTERHUB_HOST", parse.web, "the hub's public address", "") or origin
    return origin, f"{hub_url or host + reader.text('JUPYTERHUB_BASE_URL') + 'hub'}/"
