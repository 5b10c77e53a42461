"""Sessions under their people's own accounts: the kernel keeps them apart."""

import os
import pwd
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyterhub.spawner import set_user_setuid
from traitlets import Unicode

from hub.accounts.place import run_folder
from hub.no_session import NoSession
from hub.settings import HubSettings
from hub.spawner import SessionSpawner, configure_spawner

#: Accounts with smaller numbers are the machine's own, not people's.
FIRST = 1000


class AccountSpawner(SessionSpawner):
    """Starts a session as the account of the name, in the account's home."""

    run_folder = Unicode(config=True, help="where the folders of sessions are")

    @property
    def account(self) -> pwd.struct_passwd:
        """The name's account; NoSession when it has none that sessions run under."""
        name = str(self.user.name)
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            raise NoSession(f"This machine has no account {name}.", reason="account") from None
        if found.pw_uid < FIRST:
            raise NoSession(
                f"No session runs as {name}, an account of the machine's own.", reason="account"
            )
        return found

    @property
    def home(self) -> Path:
        """The account's own home."""
        return Path(self.account.pw_dir)

    @property
    def folder(self) -> Path:
        """What only the account can enter."""
        return Path(self.run_folder) / self.folder_name

    @property
    def socket(self) -> Path:
        """Where the terminal server listens."""
        return self.folder / "terminal.sock"

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """Become the account before anything else; the program is found where we are."""
        become: Callable[[], None] = set_user_setuid(self.account.pw_name, chdir=False)
        return become

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """As for every session, with the account's name; its log is its own."""
        told = super().user_env(env)
        log = str(self.folder / "session.log")
        return told | {"USER": self.account.pw_name, "WORKSHOP_LOG": log}

    def prepare(self) -> None:
        """Make the session's folder anew; the home is there, or there is no session."""
        account = self.account
        if not self.home.is_dir():
            words = f"The account {account.pw_name} has no home folder {self.home}."
            raise NoSession(words, reason="home")
        self.log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700)
        os.chown(self.folder, account.pw_uid, account.pw_gid)


def configure_accounts(c: Any, s: HubSettings) -> None:
    """Sessions are processes of accounts, otherwise as processes of the hub's own user are."""
    configure_spawner(c, s)
    c.JupyterHub.spawner_class = AccountSpawner
    c.AccountSpawner.run_folder = str(run_folder(s.state))
