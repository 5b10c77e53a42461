"""What sessions of many accounts need here: a place for sockets, and code that all can read."""

import hashlib
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from hub.checks import StartError
from hub.settings import ROOT, HubSettings
from hub.workshop_source import workshop_folder


def run_folder(state: Path) -> Path:
    """Where the folders of sessions are; everybody gets through it, and sees nothing in it."""
    mark = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    return Path("/run") / f"workshop-{mark}"


def prepare(s: HubSettings, environ: Mapping[str, str]) -> str:
    """The workshop's folder, which all accounts can read; StartError with a sentence otherwise."""
    if os.geteuid() != 0:
        raise StartError(
            "SESSIONS is 'users', and only root starts sessions under others' accounts: start it"
            " as root, or leave SESSIONS out."
        )
    place = run_folder(s.state)
    place.mkdir(mode=0o711, exist_ok=True)
    place.chmod(0o711)
    folder = workshop_folder(s.workshop, place, environ)
    for needed in (ROOT, Path(sys.prefix), Path(sys.base_prefix), folder):
        if closed := closed_above(needed):
            raise StartError(
                f"{closed} is closed to other accounts, and sessions need {needed}: move that, for"
                f" example to /opt, or open the folder with chmod o+x {closed}"
            )
    return str(folder)


def closed_above(path: Path) -> Path | None:
    """The first folder on the way that others cannot enter."""
    for folder in (*reversed(path.parents), path):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None
