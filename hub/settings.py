"""The hub's settings: the only reader of the environment, every mistake told at once."""

import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
#: Who leads the workshop; logs in with the admin password.
INSTRUCTOR = "instructor"
USER_PASSWORD_MIN = 8
ADMIN_PASSWORD_MIN = 32


@dataclass(frozen=True)
class Setting:
    """One variable: its name, what holds without it, and what it is for."""

    name: str
    default: str
    help: str


#: What a person may set, as in `make run PORT=8001`; the README's table is held to this.
SETTINGS = (
    Setting("PORT", "8000", "port the workshop is served on"),
    Setting("PASSWORD", "", "class password, at least 8 characters; empty: made afresh"),
    Setting("ADMIN_PASSWORD", "", "the instructor's, at least 32 characters; empty: made and kept"),
    Setting("WORKSHOP", "content/guide", "folder of the workshop, or a git URL, with #branch"),
    Setting("BIND", "127.0.0.1", "address to listen on; any but loopback lets others in"),
    Setting("PUBLIC_URL", "", "address people type, when it is not that of BIND and PORT"),
    Setting("SUBDOMAINS", "", "1: each session has its own origin; 0: paths on one; empty: 1 here"),
    Setting("STATE", "build/state", "folder for accounts, homes and logs"),
    Setting("TERMINAL_VIEW", "xterm", "view a terminal opens in: xterm or butterfly"),
    Setting("WORKSHOP_VARS", "{}", "further variables of the notes, a JSON object of strings"),
    Setting("IDLE_MINUTES", "120", "a session nobody uses is stopped after so long"),
    Setting("MAX_HOURS", "24", "a session is stopped after so long, used or not"),
    Setting("MAX_SESSIONS", "100", "most sessions at once; 0: no limit"),
)
#: What `hub.local` tells the hub's own process.
INTERNAL = (
    Setting("HUB_PORT", "0", "port of the hub behind the proxy"),
    Setting("PROXY_API_PORT", "0", "port of the proxy's own interface"),
    Setting("WORKSHOP_KEEPER", "0", "process that ends with all sessions"),
)


class SettingsError(Exception):
    """Settings that cannot be used; `mistakes` has a sentence for each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True)
class HubSettings:
    """What the hub runs with; passwords never show in its repr."""

    port: int
    password: str = field(repr=False)
    admin_password: str = field(repr=False)
    workshop: str
    bind: str
    public_url: str
    subdomains: bool
    state: Path
    terminal_view: str
    variables: str
    idle_minutes: int
    max_hours: int
    max_sessions: int
    hub_port: int
    proxy_api_port: int
    keeper: int

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "HubSettings":
        """Settings from environment variables; SettingsError naming every mistake."""
        read = _Reader(environ)
        settings = _assemble(read)
        if read.mistakes:
            raise SettingsError(read.mistakes)
        return settings

    @property
    def is_private(self) -> bool:
        """Whether only this machine reaches the hub."""
        return is_loopback(self.bind)

    @property
    def origin(self) -> str:
        """Scheme, host and port that people type, without a path."""
        return self.public_url.rstrip("/")


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches the address."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _assemble(read: "_Reader") -> HubSettings:
    port = read.number("PORT", 1, 65535)
    bind = read.text("BIND")
    subdomains = read.choice("SUBDOMAINS", ("", "0", "1"))
    public_url = read.checked("PUBLIC_URL", _is_origin, "an address such as http://192.0.2.7:8000")
    if not public_url and bind in {"0.0.0.0", "::"}:
        read.mistakes.append("PUBLIC_URL is not set: BIND listens everywhere, so say what is typed")
    # Browsers take *.localhost to loopback by themselves; other names need DNS, so an explicit 1.
    own_origins = subdomains == "1" or (not subdomains and is_loopback(bind) and not public_url)
    host = "workshop.localhost" if own_origins and is_loopback(bind) else bind
    state = Path(read.text("STATE")).expanduser()
    return HubSettings(
        port=port,
        password=read.checked("PASSWORD", _of(USER_PASSWORD_MIN), "at least 8 characters"),
        admin_password=read.checked(
            "ADMIN_PASSWORD", _of(ADMIN_PASSWORD_MIN), "at least 32 characters"
        ),
        workshop=read.text("WORKSHOP"),
        bind=bind,
        public_url=public_url or f"http://{_bracketed(host)}:{port}",
        subdomains=own_origins,
        state=state if state.is_absolute() else ROOT / state,
        terminal_view=read.choice("TERMINAL_VIEW", ("xterm", "butterfly")),
        variables=read.checked(
            "WORKSHOP_VARS", _is_texts, 'a JSON object such as {"city": "Oslo"}'
        ),
        idle_minutes=read.number("IDLE_MINUTES", 3, 100_000),  # two reports of use take 144 s
        max_hours=read.number("MAX_HOURS", 1, 10_000),
        max_sessions=read.number("MAX_SESSIONS", 0, 100_000),
        hub_port=read.number("HUB_PORT", 0, 65535),
        proxy_api_port=read.number("PROXY_API_PORT", 0, 65535),
        keeper=read.number("WORKSHOP_KEEPER", 0, 2**31),
    )


class _Reader:
    """Reads variables by their Setting and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.mistakes: list[str] = []
        self._environ = environ
        self._defaults = {setting.name: setting.default for setting in SETTINGS + INTERNAL}

    def text(self, name: str) -> str:
        """The value, or the default."""
        return self._environ.get(name, "").strip() or self._defaults[name]

    def number(self, name: str, low: int, high: int) -> int:
        """A whole number between the two."""
        value = self.text(name)
        if value.isdecimal() and len(value) < 12 and low <= int(value) <= high:
            return int(value)
        self.mistakes.append(f"{name} is {value[:80]!r}: expected a number from {low} to {high}")
        return low

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of the choices."""
        value = self.text(name)
        if value not in choices:
            wanted = " or ".join(choice for choice in choices if choice)
            self.mistakes.append(f"{name} is {value[:80]!r}: expected {wanted}")
        return value

    def checked(self, name: str, fits: Callable[[str], bool], expected: str) -> str:
        """The value, if it is empty or fits; a password is never repeated."""
        value = self.text(name)
        if value and not fits(value):
            shown = "too short" if "PASSWORD" in name else repr(value[:80])
            self.mistakes.append(f"{name} is {shown}: expected {expected}")
        return value


def _of(length: int) -> Callable[[str], bool]:
    return lambda value: len(value) >= length


def _is_origin(value: str) -> bool:
    url = urlsplit(value)
    return url.scheme in {"http", "https"} and bool(url.hostname) and url.path in {"", "/"}


def _is_texts(value: str) -> bool:
    try:
        found = json.loads(value)
    except ValueError:
        return False
    return isinstance(found, dict) and all(isinstance(text, str) for text in found.values())


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
