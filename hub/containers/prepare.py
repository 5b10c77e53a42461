"""What must be there before a class in containers can start: the engine, the images, the notes."""

import contextlib
import socket
import sys

import docker
from docker.errors import APIError, DockerException, ImageNotFound
from requests.exceptions import RequestException

from hub.checks import StartError
from hub.containers.engine import Engine
from hub.containers.notes import IMAGE, make_notes
from hub.settings import HubSettings

#: What an engine says of itself that runs without root's rights.
ROOTLESS = "name=rootless"


def prepare(s: HubSettings, release: str) -> str:
    """The volume that holds the workshop's notes; StartError or SourceError with a sentence."""
    try:
        _connect(s.sessions.engine.removeprefix("unix://"))
        engine = Engine.at(s.sessions.engine, release)
    except (OSError, DockerException) as error:
        raise StartError(
            f"DOCKER_HOST is {s.sessions.engine!r}, where no engine answers ({_reason(error)}):"
            " start Docker, or Podman's socket, as a user who may use it."
        ) from None
    with contextlib.closing(engine.client):
        if not s.sessions.hub_container and ROOTLESS in engine.client.info()["SecurityOptions"]:
            raise StartError(
                f"The engine at {s.sessions.engine} is rootless, so its containers cannot be"
                " reached from here: run the hub in a container too, as deploy/compose.yaml does."
            )
        for image in images(s):
            _have(engine.client, image)
        return make_notes(engine, s)


def _connect(path: str) -> None:
    """OSError that says why, when nobody listens there or we may not come in."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        probe.connect(path)


def images(s: HubSettings) -> list[str]:
    """Every image that a session needs."""
    own = [s.sessions.dashboard_image, s.sessions.terminal_image, *s.sessions.sidecars.values()]
    return [*own, s.workshop.removeprefix(IMAGE)] if s.workshop.startswith(IMAGE) else own


def _have(client: docker.APIClient, image: str) -> None:
    """Fetch the image, unless it is here."""
    try:
        client.inspect_image(image)
    except ImageNotFound:
        sys.stdout.write(f"Fetching {image} ...\n")
        sys.stdout.flush()
        try:
            client.pull(image)
            client.inspect_image(image)
        except (APIError, RequestException) as error:
            raise StartError(
                f"The image {image} is not here and cannot be fetched ({_reason(error)}): run"
                " `make images`, or set IMAGE_PREFIX and TAG, or TERMINAL_IMAGE."
            ) from None


def _reason(error: Exception) -> str:
    """What the engine says, in its last words."""
    told = getattr(error, "explanation", None) or getattr(error, "strerror", None)
    text = str(told or error)
    return text.rpartition(": ")[2].strip("()'\" .")[:200]
