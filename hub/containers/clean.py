"""`python -m hub.containers.clean`: removes all sessions from the engine, and names the homes.

A home is kept: it is somebody's work.
"""

import contextlib
import os
import sys
from collections.abc import Mapping

from docker.errors import DockerException
from requests.exceptions import RequestException

from hub.containers.engine import Engine
from hub.containers.notes import NOTES
from hub.containers.seat import Seat
from hub.keys import Keys
from hub.settings import HubSettings, SettingsError


def clean(address: str, release: str) -> list[str]:
    """Remove every session and the notes; the names of the homes that are kept."""
    engine = Engine.at(address, release)
    with contextlib.closing(engine.client):
        for one in engine.remains():
            engine.take(Seat(release, one.user))
        for volume in engine.volumes({NOTES: ""}):
            engine.client.remove_volume(volume["Name"])
        return [volume["Name"] for volume in engine.volumes({})]


def main(environ: Mapping[str, str]) -> int:
    """Clean; 1 with one sentence when it cannot be done."""
    try:
        s = HubSettings.from_environ(environ)
        homes = clean(s.sessions.engine, Keys.load(s.state).release)
    except (SettingsError, DockerException, RequestException) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"kept: {home}\n" for home in homes))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(os.environ))
