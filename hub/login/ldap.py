"""Login with an account of a directory, by LDAP."""

import asyncio
from typing import Any

from traitlets import Instance

from hub.keys import Keys
from hub.login.accounts import Account, AccountLogin, configure_accounts
from hub.login.directory import Directory, meant
from hub.settings import HubSettings
from hub.settings.ldap import LdapSettings


class LdapLogin(AccountLogin):
    """Lets in people of a directory, with the groups they have in it."""

    directory = Instance(LdapSettings, config=True, help="the directory")

    def normalize_username(self, username: str) -> str:
        """The name meant by what was typed."""
        return meant(username)

    async def look_up(self, name: str) -> Account | None:
        """Who has the name there."""
        return await asyncio.to_thread(self._account, name)

    async def fits(self, account: Account, password: str) -> bool:
        """Whether the directory takes the password."""
        return await asyncio.to_thread(self._takes, account.place, password)

    def _account(self, name: str) -> Account | None:
        with Directory(self.directory) as directory:
            return directory.account(name)

    def _takes(self, place: str, password: str) -> bool:
        with Directory(self.directory) as directory:
            return directory.takes(place, password)


def configure_ldap(c: Any, s: HubSettings, keys: Keys) -> None:
    """Who has an account gets in when the rules say so."""
    configure_accounts(c, s, LdapLogin).directory = s.login.ldap
