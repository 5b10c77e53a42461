"""Setting up: what is checked, what is said, and that nothing is done twice."""

import ast
import importlib.util
import os
import subprocess
import sys

import pytest

from tests.product import ROOT


@pytest.fixture
def install(tmp_path, monkeypatch):
    """The set-up program with a build folder of its own."""
    spec = importlib.util.spec_from_file_location("install", ROOT / "deploy" / "install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "BUILD", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / "venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / "venv" / "bin" / "python")
    (tmp_path / "venv").mkdir()
    return module


def program(folder, name, says, status=0):
    """A program that says something and ends so."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("version", "words"),
    [
        pytest.param((3, 10), "Python 3.10 is too old", id="old"),
        pytest.param((3, 14), "Python 3.14 is too new", id="new"),
    ],
)
def test_other_pythons_are_refused(install, version, words):
    """A Python we are not tested with is named, with one that is."""
    with pytest.raises(install.SetupError, match=words) as caught:
        install.check_python(version)

    assert "make PYTHON=python3.1" in str(caught.value)


def test_a_much_older_python_reads_the_program():
    """Python 3.7 can read it, and so gets as far as being told that it is too old."""
    text = (ROOT / "deploy" / "install.py").read_text()

    ast.parse(text, feature_version=(3, 7))
    assert "from __future__ import annotations" in text


def test_no_python_is_one_sentence():
    """Where there is no such Python, make says so and how to name another."""
    done = subprocess.run(
        ["make", "run", "PYTHON=python3.99"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert done.stderr.startswith("There is no python3.99: install Python 3.11 or newer")


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_supported_pythons(install, version):
    """3.11 to 3.13 are fine."""
    install.check_python(version)


@pytest.mark.parametrize(
    ("says", "version"),
    [("v20.20.2", 20), ("v16.1.0", 16), ("what", 0)],
)
def test_version_of_node(install, tmp_path, says, version):
    """The major version of the Node that is found first."""
    program(tmp_path, "node", says)

    assert install.node_version({"PATH": str(tmp_path)}) == version


def test_no_node_is_version_zero(install, tmp_path):
    """Where there is no Node, there is no version."""
    assert install.node_version({"PATH": str(tmp_path)}) == 0


def test_work_is_done_once_for_the_same_files(install, monkeypatch, tmp_path):
    """A step runs again only when one of its files changed, or when it failed."""
    monkeypatch.setattr(install, "ROOT", tmp_path)
    (tmp_path / "list").write_text("one")
    runs = []

    def fail():
        raise install.SetupError("no")

    with pytest.raises(install.SetupError):
        install.once("step", ["list"], fail)
    install.once("step", ["list"], lambda: runs.append(1))
    install.once("step", ["list"], lambda: runs.append(2))
    (tmp_path / "list").write_text("two")
    install.once("step", ["list"], lambda: runs.append(3))

    assert runs == [1, 3]


@pytest.mark.parametrize(
    ("says", "words"),
    [
        pytest.param("npm error code EAI_AGAIN", "no way to the network", id="offline"),
        pytest.param("No space left on device", "the disk is full", id="disk"),
        pytest.param("ERROR: No matching distribution.", "No matching distribution", id="other"),
    ],
)
def test_a_failed_step_says_why(install, tmp_path, says, words):
    """A step that fails is one sentence: what, why, and where the rest is."""
    failing = program(tmp_path, "npm", says, status=1)

    with pytest.raises(install.SetupError, match=f"^Trying failed: .*{words}") as caught:
        install.step("Trying", [str(failing)])

    assert "\n" not in str(caught.value)
    assert "install.log" in str(caught.value)


def test_a_missing_venv_module_names_the_package(install, tmp_path, monkeypatch):
    """Debian's Python without python3-venv is told which package to install."""
    python = program(tmp_path, "python3", "no such module", status=1)
    monkeypatch.setattr(sys, "executable", str(python))

    with pytest.raises(install.SetupError, match="sudo apt install python3-venv"):
        install.make_venv()


def test_setup_uses_nothing_but_the_standard_library():
    """It runs on a bare Python: no site-packages, no other module of ours."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import runpy; runpy.run_path('deploy/install.py')"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_second_run_installs_nothing():
    """Once all is there, set-up is silent and takes less than a second."""
    command = [sys.executable, "-c", "import sys; print(sys.base_prefix)"]
    base = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    python = f"{base}/bin/python{sys.version_info[0]}.{sys.version_info[1]}"
    first = [python, "deploy/install.py"]
    subprocess.run(first, cwd=ROOT, env=dict(os.environ), check=True, capture_output=True)

    again = subprocess.run(first, cwd=ROOT, check=True, capture_output=True, text=True, timeout=5)

    assert again.stdout == again.stderr == ""
