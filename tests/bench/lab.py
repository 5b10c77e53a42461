"""The peer: JupyterHub 6.1 spawning JupyterLab, opened at a terminal."""

import contextlib
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port
from tests.processes import with_command
from tests.waiting import answers, until

CONFIG = """
import os
c = get_config()
c.JupyterHub.bind_url = f"http://127.0.0.1:{os.environ['PORT']}"
c.JupyterHub.hub_port = int(os.environ["HUB_PORT"])
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = os.getcwd() + "/{username}"
c.Spawner.default_url = "/lab"
c.Spawner.args = ["--allow-root", "--LabApp.expose_app_in_browser=True"]
c.Spawner.environment = {"SHELL": "/bin/bash"}
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ['API_PORT']}"
c.ConfigurableHTTPProxy.command = [os.environ["CHP"]]
"""


@dataclass(frozen=True)
class Lab:
    """A running JupyterHub with JupyterLab; any name logs in with any password."""

    url: str
    folder: Path

    def server_of(self, name: str) -> int:
        """The process id of the user's JupyterLab."""
        (server,) = [
            pid
            for pid in with_command("jupyterhub-singleuser")
            if Path(f"/proc/{pid}/cwd").resolve() == (self.folder / name).resolve()
        ]
        return server


@contextlib.contextmanager
def running_lab(python: Path, proxy: Path) -> Iterator[Lab]:
    """JupyterHub + JupyterLab from the virtual environment of `python`, stopped at the end."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.py").write_text(CONFIG)
        port = free_port()
        environ = os.environ | {
            "PORT": str(port),
            "HUB_PORT": str(free_port()),
            "API_PORT": str(free_port()),
            "CHP": str(proxy),
            "PATH": f"{python.parent}:{os.environ['PATH']}",
            "JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32),
        }
        log = (Path(folder) / "log").open("w")
        process = subprocess.Popen(
            [python, "-m", "jupyterhub", "-f", "config.py"],
            cwd=folder,
            env=environ,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            until(lambda: answers(f"{url}/hub/login"), what="JupyterHub with JupyterLab", limit=60)
            yield Lab(url, Path(folder))
        finally:
            process.terminate()
            process.wait(30)
            log.close()
