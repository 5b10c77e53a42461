"""deploy/compose.yaml on a real engine: hub and router with TLS, as an operator starts them."""

import os
import secrets
import shutil
import ssl
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import docker
import pytest
import pytest_asyncio

from tests.attendee import Attendee
from tests.cluster import image, program
from tests.counting import Counting
from tests.engine import MARKS, engine_address
from tests.ports import free_port
from tests.product import ADMIN_PASSWORD, PASSWORD, ROOT
from tests.router import Certificate, when_routed

pytestmark = MARKS
ROUTER = "workshop.test/router:test"
HUB = "workshop-hub"


@dataclass
class Composed:
    """The class, to an attendee a product like any."""

    folder: Path
    port: int
    host_name: str
    tls: ssl.SSLContext
    state: Path
    client: docker.APIClient
    environ: Mapping[str, str] = field(default_factory=lambda: {"PASSWORD": PASSWORD})

    @property
    def url(self) -> str:
        return f"https://{self.host_name}:{self.port}"

    def host(self, name: str) -> str:
        return f"https://{name}.{self.host_name}:{self.port}"

    def home(self, name: str) -> str:
        return f"{self.host(name)}/user/{name}/"

    def compose(self, *words: str) -> str:
        """Run Docker's Compose, or Podman's where there is no Docker's."""
        docker_s = ["docker", "compose"]
        if subprocess.run([*docker_s, "version"], capture_output=True).returncode:
            program("podman")
            docker_s = [str(Path(sys.executable).with_name("podman-compose"))]
        done = subprocess.run(
            [*docker_s, "-f", "compose.yaml", *words],
            cwd=self.folder,
            # `make` hands on all settings, empty ones too, and they would come before .env.
            env={name: value for name, value in os.environ.items() if value},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def client():
    found = docker.APIClient(base_url=engine_address(), version="auto")
    try:
        found.inspect_image(image("hub"))
    except docker.errors.ImageNotFound:
        pytest.skip(f"there is no image {image('hub')}: run `make images`, WORKSHOP_IMAGES")
    yield found
    found.close()


@pytest.fixture(scope="module")
def router(client):
    """Traefik's image, made here of its program, as there may be no way to the registry."""
    made = client.create_container("docker.io/library/debian:bookworm-slim", ["true"])["Id"]
    traefik = Path(program("traefik"))
    packed = subprocess.run(
        ["tar", "-C", str(traefik.parent), "-c", traefik.name], capture_output=True, check=True
    ).stdout
    client.put_archive(made, "/usr/local/bin", packed)
    client.commit(made, *ROUTER.split(":"), changes='ENTRYPOINT ["/usr/local/bin/traefik"]')
    client.remove_container(made)
    yield ROUTER
    client.remove_image(ROUTER, force=True)


@pytest.fixture(scope="module")
def room(client, router, tmp_path_factory):
    """The class of the file, with settings as deploy/README.md has them."""
    folder = tmp_path_factory.mktemp("compose")
    for name in ("compose.yaml", "router.yaml"):
        shutil.copy(ROOT / "deploy" / name, folder)
    (folder / "tls").mkdir()
    port, host = free_port(), f"class-{secrets.token_hex(3)}.localhost"
    certificate = Certificate.made(folder / "tls", host, f"*.{host}")
    prefix, _, tag = image("").rpartition(":")
    settings = {
        "PUBLIC_URL": f"https://{host}:{port}",
        "PASSWORD": PASSWORD,
        "ADMIN_PASSWORD": ADMIN_PASSWORD,
        "IMAGE_PREFIX": prefix,
        "TAG": tag,
        "ENGINE": os.environ["DOCKER_HOST"].removeprefix("unix://"),
        "NOTES": str(ROOT / "content/guide"),
        "ROUTER_IMAGE": router,
        "HTTP_PORT": str(free_port()),
        "HTTPS_PORT": str(port),
    }
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    tls = ssl.create_default_context(cafile=str(certificate.certificate))
    room = Composed(folder, port, host, tls, folder / "state", client)
    try:
        room.compose("up", "--detach")
        when_routed(port, host, "/hub/health")
        yield room
        room.compose("stop", "hub")
        kept = room.compose("run", "--rm", "hub", "python3", "-m", "hub.containers.clean")
        assert ".ada.home" in kept
        assert _sessions(room) == []
    finally:
        room.compose("down", "--volumes")
        for volume in client.volumes()["Volumes"]:
            if volume["Name"].endswith(".home"):
                client.remove_volume(volume["Name"])


def _sessions(room):
    names = [name for one in room.client.containers(all=True) for name in one["Names"]]
    return [name for name in names if name.endswith((".anchor", ".terminal", ".dashboard"))]


@pytest_asyncio.fixture
async def ada(room):
    async with Attendee(room, "ada") as person:
        await person.sit_down(limit=90)
        yield person


async def test_a_session_by_tls(room, ada):
    """The link leads to a session of its own, whose shell answers."""
    assert "42-ok" in await ada.said("echo $((6*7))-ok")
    assert len(_sessions(room)) == 3


async def test_another_hub_goes_on_with_the_sessions(room, ada):
    """A hub in a new container, as after an upgrade, is let into the networks of the sessions."""
    counting = await Counting.begun(ada)
    before = room.client.inspect_container(HUB)["Id"]
    room.compose("up", "--detach", "--force-recreate", "--no-deps", "hub")

    await counting.lost()
    await counting.back(limit=60)

    await counting.finished()
    assert room.client.inspect_container(HUB)["Id"] != before


async def test_the_hub_has_few_rights(room):
    """The engine's socket is all it has."""
    host = room.client.inspect_container(HUB)["HostConfig"]

    assert host["ReadonlyRootfs"]
    assert "no-new-privileges" in host["SecurityOpt"]
    assert not host["Privileged"]
    assert host["Memory"] > 0
