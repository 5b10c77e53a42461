"""Login with an account of this machine, as PAM has it."""

import asyncio
import grp
import os
import pwd
from typing import Any

from jupyterhub.auth import Authenticator, PAMAuthenticator

from hub.keys import Keys
from hub.login.accounts import Account, AccountLogin, configure_accounts
from hub.settings import HubSettings


class PamLogin(AccountLogin, PAMAuthenticator):  # type: ignore[misc] # untyped
    """Lets in people of this machine, with the groups they have on it; never root."""

    def normalize_username(self, username: str) -> str:
        """The name as it is: to a machine, Ada and ada are two people."""
        return username

    def add_user(self, user: Any) -> None:
        """Who logs in was looked up; who is only named in a rule need not have an account yet."""
        Authenticator.add_user(self, user)

    async def look_up(self, name: str) -> Account | None:
        """The account of the machine; it may be another machine that says so, so we wait apart."""
        return await asyncio.to_thread(account_of, name)

    async def fits(self, account: Account, password: str) -> bool:
        """What PAM says, of the account too: it may be locked or have expired."""
        told = {"username": account.name, "password": password}
        return bool(await PAMAuthenticator.authenticate(self, None, told))


def account_of(name: str) -> Account | None:
    """The account of that name, under the name that the machine has for it."""
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return None
    if found.pw_uid == 0:
        return None
    numbers = os.getgrouplist(found.pw_name, found.pw_gid)
    groups = {one.gr_name for one in grp.getgrall() if one.gr_gid in numbers}
    return Account(found.pw_name, frozenset(groups))


def configure_pam(c: Any, s: HubSettings, keys: Keys) -> None:
    """Who has an account gets in when the rules say so."""
    configure_accounts(c, s, PamLogin)
