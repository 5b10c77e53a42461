"""The hub begins without what it never uses."""

import subprocess
import sys

import pytest


def loaded(*words: str) -> set[str]:
    """The modules that a run of Python has loaded."""
    command = [sys.executable, "-X", "importtime", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


def test_no_grammar_is_compiled():
    """JupyterHub itself compiles one at each start, which takes more than all the rest."""
    ours = loaded("-m", "hub", "--version")

    assert "jupyterhub.app" in ours
    assert "lark" in loaded("-m", "jupyterhub", "--version")
    assert "lark" not in ours


@pytest.mark.parametrize(
    "service", ["hub.pods.sweeper", "hub.pods.clean", "hub.containers.clean", "hub.culler"]
)
def test_services_are_light(service):
    """What runs beside the hub does without it and its database."""
    found = loaded("-c", f"import {service}")

    assert service in found
    assert not found & {"jupyterhub", "jupyterhub.spawner", "sqlalchemy", "kubespawner"}
