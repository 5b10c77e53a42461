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
