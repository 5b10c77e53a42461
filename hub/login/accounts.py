"""Logins with an account that somebody else keeps: a directory, or this machine."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from traitlets import Set, Unicode

from hub.login.claims import Claim
from hub.login.endings import end_logins
from hub.login.form import Attempt, Entry, FormLogin, Refusal
from hub.login.names import is_foreign_name
from hub.login.troubles import STRANGER, LoginTrouble
from hub.settings import HubSettings

WRONG = "That name and password do not fit."
NO_NAME = "Please type the name of your account."
#: Seconds that a directory which did not answer is left alone, but for logins.
AWAY = 10.0


@dataclass(frozen=True)
class Account:
    """Somebody who has an account, by the one name that they have there."""

    name: str
    groups: frozenset[str]
    #: Where a directory has them.
    place: str = ""


class AccountLogin(FormLogin):
    """Lets in who has an account that the rules allow, for as long as they do."""

    allowed_groups = Set(config=True, help="groups whose members may log in")
    admin_groups = Set(config=True, help="groups whose members log in as instructors")
    warning = Unicode(config=True, help="what whoever starts the hub should know")

    _away_until = 0.0

    def check_allow_config(self) -> None:
        """Repeat in the log what the operator was told at the start."""
        if self.warning:
            self.log.warning(self.warning)

    async def look_up(self, name: str) -> Account | None:
        """Who is meant by the name, if there is exactly one; LoginTrouble when nobody says."""
        raise NotImplementedError

    async def fits(self, account: Account, password: str) -> bool:
        """Whether it is the account's password, which is not empty."""
        raise NotImplementedError

    def mistake_in(self, attempt: Attempt) -> str:
        """What is no name of an account."""
        return "" if is_foreign_name(attempt.name) else NO_NAME

    def holder(self, attempt: Attempt) -> str:
        """What the browser got when somebody logged in there under that name."""
        return attempt.held.get(attempt.name, "")

    async def judge(self, attempt: Attempt) -> Entry | Refusal:
        """Let in who has the password and is allowed."""
        account = await self.look_up(attempt.name)
        if not account or not attempt.password or not await self.fits(account, attempt.password):
            return Refusal(403, WRONG)
        if not self.allows(account):
            self.log.warning("Login: %s is not allowed", account.name)
            return Refusal(403, STRANGER[1])
        claim = Claim(account.name, secrets.token_hex(16), time.time())
        return Entry(claim, self.leads(account), account.groups)

    def leads(self, account: Account) -> bool:
        """Whether they are an instructor."""
        return account.name in self.admin_users or bool(account.groups & self.admin_groups)

    def allows(self, account: Account) -> bool:
        """Whether the rules let them in."""
        listed = account.name in self.allowed_users or bool(account.groups & self.allowed_groups)
        return self.allow_all or listed or self.leads(account)

    def check_allowed(self, username: str, authentication: dict[str, Any] | None = None) -> bool:
        """The same rules, for JupyterHub."""
        groups = authentication["groups"] if authentication else ()
        return self.allows(Account(username, frozenset(groups)))

    async def refresh_user(self, user: Any, handler: Any = None) -> Any:
        """Look them up anew: who is gone or allowed no more is logged out everywhere.

        A directory that does not answer takes nothing from anybody: a workshop goes on without it,
        and without everybody waiting for it.
        """
        if time.monotonic() < self._away_until:
            return True
        try:
            account = await self.look_up(user.name)
        except LoginTrouble as trouble:
            self._away_until = time.monotonic() + AWAY
            self.log.error("The login of %s stays unchecked: %s", user.name, trouble.logged)
            return True
        if account and account.name == user.name and self.allows(account):
            groups = sorted(account.groups)
            return {"name": user.name, "admin": self.leads(account), "groups": groups}
        self.log.warning("%s is allowed no more and was logged out", user.name)
        end_logins(user)
        return False


def configure_accounts(c: Any, s: HubSettings, kind: type[AccountLogin]) -> Any:
    """What all kinds have in common; gives the section of the configuration to go on with."""
    c.JupyterHub.authenticator_class = kind
    login = c[kind.__name__]
    login.warning = s.login.warning
    login.allow_all = s.login.allows_everybody
    login.any_allow_config = True
    login.manage_groups = True
    login.allowed_users = set(s.login.allowed_users)
    login.admin_users = set(s.login.admin_users)
    login.allowed_groups = set(s.login.allowed_groups)
    login.admin_groups = set(s.login.admin_groups)
    login.auth_refresh_age = s.login.recheck
    return login
