"""Class-password login: one password for the class, and each name belongs to who took it first."""

import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyterhub.authenticators.shared import SharedPasswordAuthenticator
from tornado.httputil import HTTPHeaders
from traitlets import Integer, Unicode

from hub.keys import Keys
from hub.login.claims import Claims
from hub.login.names import PATTERN, RESERVED, mistake_in, tidy
from hub.login.throttle import ADDRESS, HOLDER, NAME, Pace, Throttle
from hub.pages.login import LoginPage
from hub.pages.names import NamesPage
from hub.pages.routes import handlers
from hub.settings import INSTRUCTOR, HubSettings

WRONG = "That name and password do not fit. The class password is on the instructor's screen."
TAKEN = (
    "“{}” is taken. If that is you, type your personal code too: where you first logged in it is"
    " in the dashboard's menu. If not, please take another name."
)
WRONG_CODE = "That is not the code of “{}”. Look again, or ask the instructor to release the name."
TOO_MANY = "Too many tries. Please wait {} s and try again."


@dataclass(frozen=True)
class Attempt:
    """What came with a login: a tidied name, secrets, the browser's claims, and its address."""

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    held: Mapping[str, str] = field(repr=False)
    address: str


@dataclass(frozen=True)
class Refusal:
    """Why somebody is not let in, in words for them."""

    status: int
    words: str
    asks_code: bool = False
    wait: int = 0


class ClassPasswordAuthenticator(SharedPasswordAuthenticator):  # type: ignore[misc] # untyped
    """Lets in who has the class password, under a name that is free or their own."""

    claims_file = Unicode(config=True, help="file of the claimed names")
    claims_key = Unicode(config=True, help="key that personal codes are made with")
    routers = Integer(config=True, help="routers in front of our proxy")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.claims = Claims(Path(self.claims_file), self.claims_key)
        self.throttle = Throttle()

    def normalize_username(self, username: str) -> str:
        """The name meant by what was typed."""
        return tidy(username)

    def get_handlers(self, app: Any) -> list[tuple[str, Any]]:
        """Our pages; they come before JupyterHub's own."""
        return handlers((r"/login", LoginPage), (r"/names", NamesPage))

    async def authenticate(self, handler: Any, data: dict[str, str]) -> dict[str, Any] | None:
        """Let the attempt in, or leave the reason in `handler.refusal`."""
        attempt = Attempt(
            name=self.normalize_username(data["username"]),
            password=data["password"],
            code=data.get("code", ""),
            held=handler.held_claims(),
            address=visitor_address(handler.request.headers, self.routers),
        )
        handler.refusal = self._refuse(attempt)
        if handler.refusal:
            return None
        claim = self.claims.get(attempt.name) or self.claims.claim(attempt.name)
        handler.hold_claim(claim)
        return {"name": attempt.name, "admin": attempt.name in self.admin_users, "groups": []}

    def _refuse(self, attempt: Attempt) -> Refusal | None:
        if words := mistake_in(attempt.name, INSTRUCTOR):
            return Refusal(400, words)
        keys = self._keys(attempt)
        wait = max(self.throttle.wait(key, pace) for key, pace in keys.items())
        if wait:
            seconds = math.ceil(wait)
            return Refusal(429, TOO_MANY.format(seconds), bool(attempt.code), seconds)
        refusal = self._judge(attempt)
        if refusal is None:
            self.throttle.success(next(iter(keys)))
        elif attempt.code or not refusal.asks_code:
            for key, pace in keys.items():
                self.throttle.mistake(key, pace)
        return refusal

    def _keys(self, attempt: Attempt) -> dict[str, Pace]:
        """Whose tries these are: a name's holder is never slowed down by others' guessing."""
        if self.claims.holds(attempt.name, attempt.held):
            return {f"holder {attempt.held[attempt.name]}": HOLDER}
        return {f"name {attempt.name}": NAME, f"address {attempt.address}": ADDRESS}

    def _judge(self, attempt: Attempt) -> Refusal | None:
        name = attempt.name
        wanted = (self.admin_password if name in self.admin_users else self.user_password) or ""
        # As bytes, because compare_digest takes no text with an umlaut.
        if not wanted or not hmac.compare_digest(attempt.password.encode(), wanted.encode()):
            return Refusal(403, WRONG)
        if name in self.admin_users or self.claims.get(name) is None:
            return None  # the admin password is the instructor's alone: no code on top
        if self.claims.holds(name, attempt.held) or self.claims.fits(name, attempt.code):
            return None
        return Refusal(403, (WRONG_CODE if attempt.code else TAKEN).format(name), asks_code=True)


def visitor_address(headers: HTTPHeaders, routers: int) -> str:
    """Where the outermost of our routers saw a visitor come from; never what the visitor says.

    Each router and our proxy adds whom it saw at the end, or begins the list anew.
    """
    # Tornado's own `remote_ip` believes X-Real-Ip, which the proxy passes on as it came.
    seen = ",".join(headers.get_list("X-Forwarded-For")).split(",")
    return seen[-min(len(seen), routers + 1)].strip()


def configure_class_password(c: Any, s: HubSettings, keys: Keys) -> None:
    """Class-password login: who has it gets in; the instructor alone is an admin."""
    c.JupyterHub.authenticator_class = ClassPasswordAuthenticator
    login = c.ClassPasswordAuthenticator
    login.user_password = s.password
    login.admin_password = s.admin_password
    login.admin_users = {INSTRUCTOR}
    login.allow_all = True  # having the class password is the allow rule
    login.any_allow_config = True
    login.username_pattern = f"^{PATTERN}$"
    login.blocked_users = set(RESERVED - {INSTRUCTOR})
    login.claims_file = str(s.state / "names.json")
    login.claims_key = keys.claims
    login.routers = s.routers
    login.enable_auth_state = False
