"""Class-password login: one password for the class, and each name belongs to who took it first."""

import hmac
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyterhub.authenticators.shared import SharedPasswordAuthenticator
from traitlets import Unicode

from hub.keys import Keys
from hub.login.claims import Claims
from hub.login.endings import end_logins
from hub.login.events import Event, Events
from hub.login.form import Attempt, Entry, FormLogin, Refusal
from hub.login.names import PATTERN, RESERVED, mistake_in, tidy
from hub.pages.names import NamesPage
from hub.settings import INSTRUCTOR, HubSettings

WRONG = "That name and password do not fit. The class password is on the instructor's screen."
TAKEN = (
    "“{}” is taken. If that is you, type your personal code too: where you first logged in it is"
    " in the dashboard's menu. If not, please take another name."
)
WRONG_CODE = "That is not the code of “{}”. Look again, or ask the instructor to release the name."


class ClassPasswordAuthenticator(FormLogin, SharedPasswordAuthenticator):  # type: ignore[misc] # untyped
    """Lets in who has the class password, or an event's code, under a name that is free or theirs.

    Who came by a code is in a group that has the event's name, and is out when the event ends.
    """

    claims_file = Unicode(config=True, help="file of the claimed names")
    claims_key = Unicode(config=True, help="key that personal codes are made with")
    events_file = Unicode(config=True, help="file of the events; empty: there are none")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.claims = Claims(Path(self.claims_file), self.claims_key)
        self.events = Events(Path(self.events_file)) if self.events_file else None

    def normalize_username(self, username: str) -> str:
        """The name meant by what was typed."""
        return tidy(username)

    def get_handlers(self, app: Any) -> list[tuple[str, Any]]:
        """Our pages, with the list of names."""
        return [(r"/names", NamesPage), *super().get_handlers(app)]

    def mistake_in(self, attempt: Attempt) -> str:
        """What is wrong with the name."""
        return mistake_in(attempt.name, INSTRUCTOR)

    def holder(self, attempt: Attempt) -> str:
        """The claim's id, when the browser has the name's present one."""
        held = self.claims.holds(attempt.name, attempt.held)
        return attempt.held[attempt.name] if held else ""

    async def judge(self, attempt: Attempt) -> Entry | Refusal:
        """Let in who has the password or a code, under a name that is free or theirs."""
        name, admin = attempt.name, attempt.name in self.admin_users
        event = None if admin else self._event(attempt.password)
        if not event and not self._has_password(attempt.password, admin):
            return Refusal(403, WRONG)
        if event and (words := event.refusal(datetime.now(UTC))):
            return Refusal(403, words)
        # The admin password is the instructor's alone: no code on top.
        free = admin or not self.claims.get(name) or self.holder(attempt)
        if not free and not self.claims.fits(name, attempt.code):
            words = WRONG_CODE if attempt.code else TAKEN
            return Refusal(403, words.format(name), asks_code=True)
        claim = self.claims.get(name) or self.claims.claim(name)
        return Entry(claim, admin, frozenset({event.name} if event else ()))

    def _has_password(self, typed: str, admin: bool) -> bool:
        wanted = (self.admin_password if admin else self.user_password) or ""
        # As bytes, because compare_digest takes no text with an umlaut.
        return bool(wanted) and hmac.compare_digest(typed.encode(), wanted.encode())

    def _event(self, code: str) -> Event | None:
        if self.events is None:
            return None
        event = self.events.of_code(code)
        for mistake in self.events.mistakes:
            self.log.error("EVENTS_FILE: %s", mistake)
        return event

    async def refresh_user(self, user: Any, handler: Any = None) -> bool:
        """Whether the event that somebody came for is still on; with its end their login ends."""
        groups = {group.name for group in user.groups}
        if self.events is None or user.admin or not groups or self.events.are_on(groups):
            return True
        self.log.info("%s is out: %s is over", user.name, " and ".join(sorted(groups)))
        end_logins(user)
        return False


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
    login.events_file = s.login.events_file
    login.manage_groups = bool(s.login.events_file)
    login.auth_refresh_age = s.login.recheck
    login.enable_auth_state = False
