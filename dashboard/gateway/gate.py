"""What every handler of the gateway is given."""

from dataclasses import dataclass

from dashboard.gateway.activity import Activity
from dashboard.gateway.address import Address
from dashboard.gateway.console.look import Look
from dashboard.gateway.cookies import Jar
from dashboard.gateway.login.way import Login
from dashboard.gateway.own_token import OwnToken
from dashboard.gateway.relay.live import Live
from dashboard.settings import Settings

#: Below this is what is ours at the origin of a program.
OWN = "/.workshop/"


@dataclass(frozen=True)
class Gate:
    """The parts that handlers share."""

    settings: Settings
    address: Address
    jar: Jar
    login: Login
    live: Live
    activity: Activity
    own_token: OwnToken | None
    xsrf_key: bytes
    console: Look | None = None

    @property
    def home(self) -> Address:
        """Where the dashboard is; elsewhere than `address` at the origin of a program."""
        return Address(self.settings.origin, self.settings.prefix)

    @property
    def own_prefix(self) -> str:
        """Where our own files lie."""
        return self.address.prefix if self.address == self.home else OWN

    @property
    def ancestors(self) -> str:
        """Who may frame what is shown here: itself, and the dashboard."""
        return "'self'" if self.address == self.home else f"'self' {self.home.origin}"
