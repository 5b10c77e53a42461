"""What a shell is started with: its command, its folder, its whole environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from account import Account

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PROFILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "profile", "bashrc")


@dataclass(frozen=True)
class Launch:
    """How every shell of this server is started."""

    account: Account
    home: str
    shell: str = "/bin/bash"
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def marked(self) -> bool:
        """Whether the shell reads our profile, which marks where commands begin and end."""
        return os.path.basename(self.shell) == "bash"

    def command(self) -> list[str]:
        """The shell's arguments."""
        if self.marked:
            return [self.shell, "--rcfile", PROFILE, "-i"]
        return [self.shell, "-i"]

    def environment(self, name: str, mark: str) -> dict[str, str]:
        """The allowlist, and nothing of this process's own environment."""
        variables = {
            "PATH": _PATH,
            "HOME": self.home,
            "USER": self.account.name,
            "LOGNAME": self.account.name,
            "SHELL": self.shell,
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            **self.extra,
            "WORKSHOP_TERMINAL": name,
        }
        if self.marked:
            variables["WORKSHOP_MARK"] = mark  # the profile takes it away again
        return variables
