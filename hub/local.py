"""`python -m hub.local`: a whole workshop on this machine, until Ctrl-C."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from typing import TextIO

from hub.checks import StartError, check_port, find_node, free_port, kept_port, lock
from hub.child import Child
from hub.keys import Keys, make_password
from hub.processes import hide_memory
from hub.proxy_command import proxy_command
from hub.settings import INTERNAL, ROOT, SETTINGS, HubSettings, SettingsError
from hub.supervisor import Supervisor
from hub.welcome import welcome
from hub.workshop_place import place_of_notes
from hub.workshop_source import SourceError

#: What hub and proxy get of our environment, besides the settings.
NAMES = tuple(setting.name for setting in SETTINGS + INTERNAL)
KEEPS = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")
#: What no other program is told.
SECRETS = (
    "PASSWORD",
    "ADMIN_PASSWORD",
    "OAUTH_CLIENT_SECRET",
    "LDAP_SEARCH_PASSWORD",
    "DATABASE_URL",
)
#: Seconds that reading the workshop may keep the start waiting.
NOTES_WAIT = 20


def prepare(environ: Mapping[str, str]) -> HubSettings:
    """Check all that can be wrong, and fill in what was left to us."""
    s = HubSettings.from_environ(environ)
    s.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    s.state.chmod(0o700)
    for name in ("homes", "log", "run"):
        (s.state / name).mkdir(mode=0o700, exist_ok=True)
    check_port(s.bind, s.port)
    public = {name: value for name, value in environ.items() if name not in SECRETS}
    if s.database_url:
        from hub.database import check_database  # its library takes its time to import

        check_database(s.database_url)
    return replace(
        s,
        workshop=place_of_notes(s, public),
        password=s.password or ("" if s.login.events_file else make_password()),
        admin_password=s.admin_password or Keys.load(s.state).admin_password,
        hub_port=s.hub_port or own_port(s),
        proxy_api_port=s.proxy_api_port or free_port(),
        keeper=os.getpid(),
    )


def own_port(s: HubSettings) -> int:
    """The hub's port; containers outlive this hub, and look for the next one where it was."""
    return kept_port(s.state / "hub-port") if s.sessions.kind == "containers" else free_port()


def hub_environ(s: HubSettings, keys: Keys, environ: Mapping[str, str]) -> dict[str, str]:
    """The hub's environment: the settings as they came out, and nothing it does not need."""
    kept = {name: environ[name] for name in KEEPS if name in environ}
    given = {name: environ[name] for name in NAMES if name in environ}
    # JupyterHub runs `alembic`, which lies beside Python, on a database of an older form.
    programs = [os.path.dirname(sys.executable), environ.get("PATH", os.defpath)]
    return {
        **kept,
        **given,
        "PATH": os.pathsep.join(programs),
        "PASSWORD": s.password,
        "ADMIN_PASSWORD": s.admin_password,
        "WORKSHOP": s.workshop,
        "STATE": str(s.state),
        "HUB_PORT": str(s.hub_port),
        "PROXY_API_PORT": str(s.proxy_api_port),
        "WORKSHOP_KEEPER": str(s.keeper),
        "JUPYTERHUB_CRYPT_KEY": keys.crypt,
        "PYTHONPATH": str(ROOT),  # an image has our modules without their being installed
    }


def children(s: HubSettings, environ: Mapping[str, str]) -> tuple[Child, Child]:
    """Proxy and hub, each with its log."""
    keys = Keys.load(s.state)
    kept = {name: environ[name] for name in KEEPS if name in environ}
    log = s.state / "log"
    config = str(ROOT / "hub" / "jupyterhub_config.py")
    return (
        Child(
            "proxy",
            proxy_command(find_node(environ), s),
            {**kept, "CONFIGPROXY_AUTH_TOKEN": keys.proxy},
            log=str(log / "proxy.log"),
            cwd=str(s.state),
        ),
        Child(
            "hub",
            [sys.executable, "-m", "hub", "-f", config],
            hub_environ(s, keys, environ),
            log=str(log / "hub.log"),
            cwd=str(s.state),
        ),
    )


def check_extra_config(s: HubSettings, environ: Mapping[str, str]) -> None:
    """StartError when the operator's own configuration fails; without one nothing is looked at."""
    if not s.extra_config:
        return
    given = hub_environ(s, Keys.load(s.state), environ)
    command = [sys.executable, "-m", "hub.config_check"]
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StartError(done.stderr.strip())


def check_notes(s: HubSettings, environ: Mapping[str, str]) -> None:
    """Tell all mistakes of the workshop; its author mends them while it runs."""
    kept = {name: environ[name] for name in KEEPS if name in environ}
    command = [sys.executable, "-m", "dashboard.check", s.workshop, s.variables, s.tabs]
    with contextlib.suppress(subprocess.TimeoutExpired):
        # In a session of its own, so that Ctrl-C is answered by us alone, without a traceback.
        subprocess.run(
            command, cwd=ROOT, env=kept, timeout=NOTES_WAIT, check=False, start_new_session=True
        )


def welcomer(s: HubSettings) -> Callable[[], bool]:
    """Says where to go, once, as soon as somebody answers there; then it is done: False."""

    def tick() -> bool:
        # The hub itself first: asking through the proxy too early fills the proxy's log.
        ready = answers("127.0.0.1", s.hub_port) and answers(s.bind, s.port)
        if ready:
            say(welcome(s))
        return not ready

    return tick


def answers(address: str, port: int) -> bool:
    """Whether a hub is there and well."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
    connection = HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/hub/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def say(text: str, stream: TextIO = sys.stdout) -> None:
    """Print for the person at the terminal, at once."""
    stream.write(text + "\n")
    stream.flush()


def main() -> int:
    """Run the workshop; 1 with one sentence when it cannot."""
    hide_memory()
    try:
        held = lock(HubSettings.from_environ(os.environ).state)
        s = prepare(os.environ)
        check_extra_config(s, os.environ)
        proxy, hub = children(s, os.environ)
        say(f"Starting the workshop in {s.workshop} ...")
        if s.sessions.kind != "containers":  # where the dashboard's image has checked them
            check_notes(s, os.environ)
    except (SettingsError, SourceError, StartError) as error:
        say(str(error), sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    supervisor = Supervisor([proxy, hub], tick=welcomer(s))
    code = supervisor.run()
    if s.sessions.kind == "containers" and supervisor.interrupted:
        from hub.containers.clean import clean

        clean(s.sessions.engine, Keys.load(s.state).release)
    os.close(held)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
