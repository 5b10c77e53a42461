"""What a shell is started with: its command, its folder, its whole environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from account import Account

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PROFILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "profile")
PROFILE = os.path.join(_PROFILES, "bashrc")
#: Runs a command, and again whenever it ends.
_KEEP = os.path.join(_PROFILES, "keep")


@dataclass(frozen=True)
class Launch:
    """How every shell of this server is started."""

    account: Account
    home: str
    shell: str = "/bin/bash"
    extra: Mapping[str, str] = field(default_factory=dict)
    #: What the workshop wants the shell to begin with, and where; instead of a shell when `keep`.
    begin: str = ""
    directory: str = ""
    keep: bool = False

    @property
    def folder(self) -> str:
        """Where the shell starts: below the home folder unless it says otherwise."""
        named = os.path.join(self.home, self.directory.removeprefix("~").lstrip("/"))
        folder = self.directory if self.directory.startswith("/") else named
        return folder if os.path.isdir(folder) else self.home

    @property
    def marked(self) -> bool:
        """Whether the shell reads our profile, which marks where commands begin and end."""
        return os.path.basename(self.shell) == "bash" and not self.keep

    def command(self) -> list[str]:
        """The shell's arguments."""
        if self.keep:
            return [self.shell, _KEEP, self.begin]
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
            # The profile takes these away again.
            variables |= {"WORKSHOP_MARK": mark, "WORKSHOP_BEGIN": self.begin}
        return variables
