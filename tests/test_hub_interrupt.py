"""Ctrl-C while `python -m hub.local` is still looking at what it was given."""

import os
import signal
import subprocess
import sys

from tests.ports import free_port
from tests.product import ROOT


def test_ctrl_c_while_the_notes_are_read(tmp_path):
    """Whoever stops a start early gets the prompt back without a traceback."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hub.local"],
        cwd=ROOT,
        env=os.environ | {"PORT": str(free_port()), "STATE": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # Whatever runs the tests may ignore Ctrl-C; a person's shell does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=30)

    assert first.startswith("Starting the workshop in ")
    assert "Traceback" not in rest
    assert process.returncode in {0, 130}
