"""One attendee's session: dashboard and terminal server, kept running side by side.

`python -m hub.session` is JupyterHub's `Spawner.cmd`; `hub.preview` is the same for an author,
without a hub. Runs without site-packages (`python -S`), to stay small.
"""

import os
import sys
from collections.abc import Mapping, Sequence

from hub.child import Child
from hub.processes import hide_memory
from hub.supervisor import Supervisor

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: All that the terminal server may know of our environment; the rest could hold a token.
TERMINAL_KEEPS = ("PATH", "LANG", "LC_ALL", "TZ")


def terminal_env(environ: Mapping[str, str]) -> dict[str, str]:
    """The terminal server's environment: an allowlist, never a token."""
    kept = {name: environ[name] for name in TERMINAL_KEEPS if name in environ}
    return {"PATH": os.defpath, "LANG": "C.UTF-8", **kept, "HOME": environ["WORKSHOP_HOME"]}


def children(environ: Mapping[str, str]) -> Sequence[Child]:
    """The two parts of a session, each with its own environment."""
    socket, home = environ["WORKSHOP_TERMINAL_SOCKET"], environ["WORKSHOP_HOME"]
    log = environ.get("WORKSHOP_LOG", "")  # named, so that it can be cut when it grows
    program = os.path.join(ROOT, "terminal-image", "terminal.py")
    terminal = [sys.executable, program, "--socket", socket, "--home", home]
    return (
        Child("dashboard", [sys.executable, "-m", "dashboard"], environ, log=log, cwd=ROOT),
        Child("terminal", terminal, terminal_env(environ), log=log, cwd=home, owns_orphans=True),
    )


def main(environ: Mapping[str, str]) -> int:
    """Run a session until it is told to stop, or until the program that keeps the hub is gone."""
    hide_memory()
    missing = [n for n in ("WORKSHOP_TERMINAL_SOCKET", "WORKSHOP_HOME") if not environ.get(n)]
    if missing:
        sys.stderr.write(f"A session needs {' and '.join(missing)} in its environment.\n")
        return 1
    os.makedirs(os.path.dirname(environ["WORKSHOP_TERMINAL_SOCKET"]), mode=0o700, exist_ok=True)
    keeper = int(environ.get("WORKSHOP_KEEPER") or 0)
    return Supervisor(children(environ), keeper=keeper).run()


if __name__ == "__main__":
    raise SystemExit(main(os.environ))
