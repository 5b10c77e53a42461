"""Sessions as processes of the hub's own user, each with a home that is kept."""

import asyncio
import hashlib
import os
import re
import shutil
import stat
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Unicode

from hub.login.claims import code_of
from hub.login.names import PATTERN
from hub.no_session import NoSession
from hub.ready import accepts, still_runs, when_started
from hub.session_token import KnownToken
from hub.settings import ROOT, HubSettings

#: sun_path of sockaddr_un holds 108 bytes with its final NUL.
SOCKET_PATH_LIMIT = 107


class SessionSpawner(KnownToken, LocalProcessSpawner):  # type: ignore[misc] # untyped
    """Starts `python -m hub.session` for a name, in the name's own home."""

    state_folder = Unicode(config=True, help="folder of homes, sockets and logs")

    pid: int
    #: What has been reached, for the start page: (percent, words).
    reached: tuple[int, str] = (10, "Preparing your files")

    @property
    def folder_name(self) -> str:
        """A folder name that no other name has and that leads nowhere else."""
        name = str(self.user.name)
        if re.fullmatch(PATTERN, name):
            return name
        return "_" + hashlib.sha256(name.encode()).hexdigest()[:24]

    @property
    def home(self) -> Path:
        """The home of this name."""
        return Path(self.state_folder) / "homes" / self.folder_name

    @property
    def socket(self) -> Path:
        """Where the terminal server listens; short enough for a socket."""
        return socket_path(Path(self.state_folder), self.folder_name)

    @property
    def log_file(self) -> Path:
        """What the session's processes say."""
        return Path(self.state_folder) / "log" / f"session-{self.folder_name}.log"

    def make_preexec_fn(self, name: str) -> Callable[[], None] | None:
        """Sessions run as the hub's own user: nothing changes between fork and exec."""
        return None

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """The part of the environment that tells a session about itself."""
        env.pop("JPY_API_TOKEN", None)  # the same token once more
        return {
            **env,
            "USER": self.folder_name,
            "HOME": str(self.home),
            "WORKSHOP_HOME": str(self.home),
            "WORKSHOP_TERMINAL_SOCKET": str(self.socket),
            "WORKSHOP_PERSONAL_CODE": code_of(self.authenticator, self.user),
            "WORKSHOP_LOG": str(self.log_file),
        }

    async def start(self) -> tuple[str, int]:
        """Start the session; done when dashboard and terminal take connections."""
        self.reached = (10, "Preparing your files")
        self.prepare()
        with self.log_file.open("ab") as out:
            self.popen_kwargs = {"cwd": str(ROOT), "stdout": out, "stderr": out}
            address: tuple[str, int] = await super().start()
        await self._parts_up(address)
        return address

    def prepare(self) -> None:
        """Make the folders that the session needs."""
        for folder in (self.home, self.log_file.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        private_folder(self.socket.parent)
        self.socket.unlink(missing_ok=True)

    async def _parts_up(self, address: tuple[str, int]) -> None:
        """Wait closely: JupyterHub's own check would begin with pauses."""
        waiting: dict[str, tuple[str, int] | str] = {
            "The dashboard is up": address,
            "The terminal is up": str(self.socket),
        }
        self.reached = (30, "Starting dashboard and terminal")
        while waiting:
            for words, place in list(waiting.items()):
                if accepts(place):
                    del waiting[words]
                    self.reached = (90 if not waiting else 60, words)
            if self.proc is not None and self.proc.poll() is not None:
                raise NoSession(
                    "Your session ended while it was starting. Please tell the instructor.",
                    reason="ended",
                    status_code=500,
                )
            await asyncio.sleep(0.02)

    async def delete_forever(self) -> None:
        """Remove what a session leaves, when it was for somebody who never comes back."""
        if getattr(self.authenticator, "temporary", False):
            await asyncio.to_thread(remove_folder, self.home)
            self.log_file.unlink(missing_ok=True)

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What the start page shows, as soon as it is reached."""
        shown = None
        while True:
            if self.reached != shown:
                shown = self.reached
                yield {"progress": shown[0], "message": shown[1]}
            await asyncio.sleep(0.02)

    def get_state(self) -> dict[str, Any]:
        """The process id and its start time: an id alone may be somebody else's later."""
        state: dict[str, Any] = super().get_state()
        if self.pid:
            state["started"] = when_started(self.pid)
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        """Find the session again after a restart of the hub, if it still runs."""
        super().load_state(state)
        if self.pid and not still_runs(self.pid, state.get("started", "")):
            self.pid = 0


def socket_path(state: Path, name: str) -> Path:
    """The terminal's socket: in the state folder, or in /tmp where that would be too long."""
    path = state / "run" / name / "terminal.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    mark = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    return Path("/tmp") / f"workshop-{os.getuid()}-{mark}" / name / "terminal.sock"


def remove_folder(folder: Path) -> None:
    """Remove a folder whose owner may have locked parts of it."""
    for parent, names, _ in os.walk(folder):
        for name in names:
            inner = Path(parent, name)
            if not inner.is_symlink():
                inner.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=not folder.exists())


def private_folder(folder: Path) -> None:
    """Make the folder and the one above it ours alone; refuse one that is somebody else's."""
    for made in (folder.parent, folder):
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = made.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise NoSession(f"{made} belongs to somebody else.", reason="folder")
        made.chmod(0o700)


def configure_spawner(c: Any, s: HubSettings) -> None:
    """Sessions are local processes that survive a restart of the hub."""
    c.JupyterHub.spawner_class = SessionSpawner
    c.JupyterHub.cleanup_servers = False
    spawner = c.SessionSpawner
    spawner.state_folder = str(s.state)
    spawner.cmd = [sys.executable, "-S", "-m", "hub.session"]
    spawner.ip = "127.0.0.1"
    spawner.env_keep = ["PATH", "LANG", "LC_ALL", "TZ"]
    spawner.environment = {
        "WORKSHOP_DIR": s.workshop,
        "WORKSHOP_PUBLIC_URL": "" if s.subdomains else s.origin,
        "WORKSHOP_OWN_HOSTS": "1" if s.subdomains else "",
        "WORKSHOP_VARS": s.variables,
        "WORKSHOP_TABS": s.tabs,
        "WORKSHOP_KEEPER": str(s.keeper),
        "TERMINAL_VIEW": s.terminal_view,
    }
    spawner.interrupt_timeout = 12  # dashboards let their connections go before they end
    spawner.term_timeout = 3
