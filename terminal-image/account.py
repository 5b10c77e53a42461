"""Who the shell runs as, also where the user id has no entry in the password file."""

import os
import pwd
from dataclasses import dataclass

FALLBACK = "workshop"


@dataclass(frozen=True)
class Account:
    """A user: the fields of butterfly.utils.User, which crashes for an unknown id."""

    name: str
    uid: int
    gid: int
    dir: str
    shell: str

    @property
    def root(self) -> bool:
        """Whether this is the superuser."""
        return self.uid == 0


def account(uid: int | None = None, name: str | None = None) -> Account:
    """The account of the id or name (or of this process); an unknown one gets a plain name."""
    try:
        if name is None:
            entry = pwd.getpwuid(os.getuid() if uid is None else uid)
        else:
            entry = pwd.getpwnam(name)
    except KeyError:
        own = os.getuid() if uid is None else uid
        return Account(name or FALLBACK, own, os.getgid(), "/", "/bin/sh")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir, entry.pw_shell)
