"""What sessions under many accounts need of a machine."""

import os
import tempfile
from pathlib import Path

import pytest

from hub.accounts.place import closed_above, prepare, run_folder
from hub.checks import StartError
from hub.settings import HubSettings


def test_only_root_starts_sessions_of_others():
    """Anybody else is told so in one line, before anything is made."""
    s = HubSettings.from_environ({"SESSIONS": "users", "LOGIN": "pam", "ALLOWED_USERS": "ada"})
    was = os.geteuid()
    os.seteuid(was or 65534)
    try:
        with pytest.raises(StartError, match="start it as root"):
            prepare(s, {})
    finally:
        os.seteuid(was)
    assert not run_folder(s.state).exists()


def test_a_closed_folder_is_named():
    """The first one on the way that others cannot enter; None when all are open."""
    with tempfile.TemporaryDirectory() as folder:
        closed = Path(folder) / "closed"
        (closed / "open").mkdir(parents=True)
        Path(folder).chmod(0o711)
        closed.chmod(0o700)
        assert closed_above(closed / "open") == closed
        closed.chmod(0o711)
        assert closed_above(closed / "open") is None
