"""The hub's settings: the only reader of the environment, every mistake told at once."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hub.settings.login import LoginSettings, read_login
from hub.settings.reader import ROOT, Reader, at_least, is_list, is_origin, is_texts
from hub.settings.sessions import SessionSettings, read_sessions
from hub.settings.table import INTERNAL, SETTINGS, Setting

__all__ = [
    "INSTRUCTOR",
    "INTERNAL",
    "ROOT",
    "SETTINGS",
    "HubSettings",
    "LoginSettings",
    "SessionSettings",
    "Setting",
    "SettingsError",
]

#: Who leads the workshop; logs in with the admin password.
INSTRUCTOR = "instructor"
USER_PASSWORD_MIN = 8
ADMIN_PASSWORD_MIN = 32
NO_OWN_TOKENS = (
    "ACT_AS_USER is 1: that needs LOGIN=openshift, and sessions as pods; those of one machine could"
    " read each other's tokens"
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
    hosts_beside: bool
    state: Path
    terminal_view: str
    variables: str
    tabs: str
    idle_minutes: int
    max_hours: int
    max_sessions: int
    sessions: SessionSettings
    database_url: str = field(repr=False)
    routers: int
    login: LoginSettings
    extra_config: str
    hub_port: int
    proxy_api_port: int
    keeper: int
    hub_bind: str
    hub_connect_url: str
    proxy_api_url: str
    keys_file: str
    pods_file: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "HubSettings":
        """Settings from environment variables; SettingsError naming every mistake."""
        read = Reader(environ)
        settings = _assemble(read)
        if settings.login.acts_as_user and not (
            read.text("LOGIN") == "openshift" and read.text("PODS_FILE")
        ):
            read.mistakes.append(NO_OWN_TOKENS)
        if read.mistakes:
            raise SettingsError(read.mistakes)
        return settings

    @property
    def is_private(self) -> bool:
        """Whether only this machine reaches the hub."""
        return is_loopback(self.bind)

    @property
    def is_encrypted(self) -> bool:
        """Whether people come by https."""
        return self.public_url.startswith("https:")

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


def _assemble(read: Reader) -> HubSettings:
    port = read.number("PORT", 1, 65535)
    bind = read.text("BIND")
    subdomains = read.choice("SUBDOMAINS", ("", "0", "1"))
    public_url = read.checked("PUBLIC_URL", is_origin, "an address such as http://192.0.2.7:8000")
    if not public_url and bind in {"0.0.0.0", "::"}:
        read.mistakes.append("PUBLIC_URL is not set: BIND listens everywhere, so say what is typed")
    # Browsers take *.localhost to loopback by themselves; other names need DNS, so an explicit 1.
    own_origins = subdomains == "1" or (not subdomains and is_loopback(bind) and not public_url)
    host = "workshop.localhost" if own_origins and is_loopback(bind) else bind
    state = Path(read.text("STATE")).expanduser()
    proxy_api_port = read.number("PROXY_API_PORT", 0, 65535)
    return HubSettings(
        port=port,
        password=read.checked("PASSWORD", at_least(USER_PASSWORD_MIN), "at least 8 characters"),
        admin_password=read.checked(
            "ADMIN_PASSWORD", at_least(ADMIN_PASSWORD_MIN), "at least 32 characters"
        ),
        workshop=read.text("WORKSHOP"),
        bind=bind,
        public_url=public_url or f"http://{_bracketed(host)}:{port}",
        subdomains=own_origins,
        hosts_beside=read.choice("HOSTS_BESIDE", ("0", "1")) == "1",
        state=state if state.is_absolute() else ROOT / state,
        terminal_view=read.choice("TERMINAL_VIEW", ("xterm", "butterfly")),
        variables=read.checked("WORKSHOP_VARS", is_texts, 'a JSON object such as {"city": "Oslo"}'),
        tabs=read.checked("WORKSHOP_TABS", is_list, 'a JSON list such as [{"off": "console"}]'),
        idle_minutes=read.number("IDLE_MINUTES", 3, 100_000),  # two reports of use take 144 s
        max_hours=read.number("MAX_HOURS", 1, 10_000),
        max_sessions=read.number("MAX_SESSIONS", 0, 100_000),
        database_url=read.secret_url("DATABASE_URL", ("postgresql", "postgres")),
        routers=read.number("ROUTERS", 0, 8),
        sessions=read_sessions(read),
        login=read_login(read),
        extra_config=read.file("EXTRA_CONFIG"),
        hub_port=read.number("HUB_PORT", 0, 65535),
        proxy_api_port=proxy_api_port,
        keeper=read.number("WORKSHOP_KEEPER", 0, 2**31),
        hub_bind=read.text("HUB_BIND"),
        hub_connect_url=read.checked("HUB_CONNECT_URL", is_origin, "such as http://hub:8081"),
        proxy_api_url=read.checked("PROXY_API_URL", is_origin, "such as http://proxy-api:8001")
        or f"http://127.0.0.1:{proxy_api_port}",
        keys_file=read.text("KEYS_FILE"),
        pods_file=read.text("PODS_FILE"),
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
