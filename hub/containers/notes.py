"""The workshop's notes in a volume, brought from a folder, a git repository or an image."""

import io
import secrets
import sys
import tarfile
from pathlib import Path

import docker
from docker.errors import APIError, NotFound

from hub import images
from hub.containers import manifest
from hub.containers.engine import Engine
from hub.containers.seat import RELEASE, Object
from hub.settings import HubSettings
from hub.workshop_source import SourceError, is_git_url, local_folder

#: How a workshop is given that an image has, and where in it.
IMAGE = "image:"
IN_IMAGE = "/opt/workshop/workshop"
#: The label of volumes with notes.
NOTES = "workshop.notes"


def make_notes(engine: Engine, s: HubSettings) -> str:
    """A new volume with the notes, and its name; those that no session reads are removed."""
    ours = {RELEASE: engine.release, NOTES: ""}
    name = f"{engine.release}.notes.{secrets.token_hex(4)}"
    engine.client.create_volume(name, labels=ours)
    _give(engine, s, name)
    source = s.workshop
    if source.startswith(IMAGE):
        command = ["sh", "-c", f"cp -R {IN_IMAGE}/. {images.NOTES}/"]
        _run(engine, manifest.filler(source.removeprefix(IMAGE), name, command))
    elif is_git_url(source):
        command = ["/opt/workshop/terminal/fetch-workshop", source, images.NOTES]
        _run(engine, manifest.filler(s.sessions.terminal_image, name, command))
    else:
        _copy(engine, manifest.filler(s.sessions.dashboard_image, name, []), local_folder(source))
    _check(engine, s, name)
    for volume in engine.volumes({NOTES: ""}):
        if volume["Name"] != name:
            _remove_unused(engine.client, volume["Name"])
    return name


def _give(engine: Engine, s: HubSettings, notes: str) -> None:
    """Let the images' user write to the volume, which Docker makes root's alone.

    It takes over whose the place is in the first image that has it, when a container is made.
    """
    wanted = manifest.filler(s.sessions.dashboard_image, notes, [])
    engine.client.remove_container(engine.client.create_container_from_config(wanted)["Id"], v=True)


def _run(engine: Engine, wanted: Object) -> None:
    """Run the container to its end; SourceError with what it said last when it fails."""
    code, said = _ran(engine, wanted)
    if code:
        last = (said.splitlines() or ["no reason is given"])[-1]
        raise SourceError(f"The workshop cannot be had: {last.rstrip('.')}; check WORKSHOP=.")


def _check(engine: Engine, s: HubSettings, notes: str) -> None:
    """Tell all mistakes of the workshop, as far as the dashboard's image finds some."""
    command = ["python3", "-m", "dashboard.check", images.NOTES, s.variables, s.tabs]
    _, said = _ran(engine, manifest.filler(s.sessions.dashboard_image, notes, command))
    sys.stderr.write(said)


def _ran(engine: Engine, wanted: Object) -> tuple[int, str]:
    made = engine.client.create_container_from_config(wanted)["Id"]
    try:
        engine.client.start(made)
        code = engine.client.wait(made)["StatusCode"]
        return code, engine.client.logs(made).decode(errors="replace")
    finally:
        engine.client.remove_container(made, v=True, force=True)


def _copy(engine: Engine, wanted: Object, folder: Path) -> None:
    """Put a folder of this machine into the volume of a container that never runs."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(folder, arcname=".", filter=_readable)
    made = engine.client.create_container_from_config(wanted)["Id"]
    try:
        engine.client.put_archive(made, images.NOTES, packed.getvalue())
    finally:
        engine.client.remove_container(made, v=True, force=True)


def _readable(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Everything for everybody to read, except what git keeps."""
    if Path(entry.name).name == ".git":
        return None
    entry.uid = entry.gid = 0
    entry.mode |= 0o555 if entry.isdir() else 0o444
    return entry


def _remove_unused(client: docker.APIClient, name: str) -> None:
    try:
        client.remove_volume(name)
    except NotFound:
        return
    except APIError as error:
        if error.status_code != 409:  # a session reads them still
            raise
