"""`python -m hub.preview`: a workshop in its author's browser, without a hub, until Ctrl-C.

Runs without site-packages (`python -S`), as sessions do.
"""

import os
from collections.abc import Mapping

from hub import session
from hub.checks import StartError, check_port, lock
from hub.processes import say
from hub.settings import HubSettings, SettingsError
from hub.workshop_source import SourceError, workshop_folder


def preview_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a session without a hub, from the same settings as `make run`."""
    state = environ.get("STATE", "").strip() or "build/preview"
    s = HubSettings.from_environ({**environ, "STATE": state, "BIND": "", "PUBLIC_URL": ""})
    lock(s.state)  # kept as long as we run: one preview's terminal is not another's
    check_port(s.bind, s.port)
    folder = workshop_folder(s.workshop, s.state, environ)
    home = s.state / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    given = {
        "WORKSHOP_PREVIEW": "1",
        "WORKSHOP_DIR": str(folder),
        "WORKSHOP_HOME": str(home),
        "WORKSHOP_TERMINAL_SOCKET": str(s.state / "terminal.sock"),
        "JUPYTERHUB_SERVICE_PREFIX": "/",
        "JUPYTERHUB_SERVICE_URL": f"http://{s.bind}:{s.port}/",
    }
    return {**environ, **given}


def main(environ: Mapping[str, str]) -> int:
    """Run the preview; 1 with a sentence for each mistake when it cannot."""
    try:
        given = preview_environ(environ)
    except (SettingsError, SourceError, StartError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return session.main(given)


if __name__ == "__main__":
    raise SystemExit(main(os.environ))
