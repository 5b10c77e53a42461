"""Any Docker or Podman that DOCKER_HOST names, and a class in containers on it."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import docker
import pytest

from hub.containers.engine import Engine
from hub.keys import Keys
from tests.cluster import image
from tests.product import ROOT, Product, running_product

#: What every test with containers is. A socket of docker's own client may be collected late.
MARKS = [pytest.mark.slow, pytest.mark.containers]


def engine_address() -> str:
    """Where the engine is; the test is skipped, with the way out, where there is none."""
    address = os.environ.get("DOCKER_HOST", "")
    if not address:
        pytest.skip("there is no engine: set DOCKER_HOST to a Docker or Podman that tests may use")
    with contextlib.closing(docker.APIClient(base_url=address, version="auto")) as client:
        for part in ("dashboard", "terminal"):
            try:
                client.inspect_image(image(part))
            except docker.errors.ImageNotFound:
                pytest.skip(f"there is no image {image(part)}: run `make images`, WORKSHOP_IMAGES")
    return address


def settings(**more: str) -> dict[str, str]:
    """What a product needs whose sessions are containers."""
    prefix, _, tag = image("").rpartition(":")
    return {
        "SESSIONS": "containers",
        "DOCKER_HOST": engine_address(),
        "IMAGE_PREFIX": prefix,
        "TAG": tag,
        **more,
    }


@dataclass
class Class:
    """A running product with its engine."""

    product: Product
    engine: Engine

    @property
    def client(self) -> docker.APIClient:
        """The engine's interface."""
        return self.engine.client

    def inspect(self, name: str, part: str) -> dict[str, Any]:
        """A container of somebody's session."""
        found: dict[str, Any] = self.client.inspect_container(self.called(name, part))
        return found

    def called(self, name: str, part: str) -> str:
        """What a part of somebody's session is called."""
        return f"{self.engine.release}.{name}.{part}"

    def address(self, name: str) -> str:
        """The address of somebody's session."""
        networks = self.inspect(name, "anchor")["NetworkSettings"]["Networks"]
        return str(next(iter(networks.values()))["IPAddress"])

    def left(self) -> list[str]:
        """Names of all there is of this class, homes included."""
        release = self.engine.release
        names = [name for one in self.client.containers(all=True) for name in one["Names"]]
        names += [network["Name"] for network in self.client.networks()]
        names += [volume["Name"] for volume in self.client.volumes()["Volumes"] or ()]
        return sorted(name.lstrip("/") for name in names if release in name)


@contextlib.contextmanager
def running_class(**more: str) -> Iterator[Class]:
    """A product whose sessions are containers; nothing of it is left on the engine afterwards."""
    environ = settings(**more)
    with running_product(**environ) as product:
        engine = Engine.at(environ["DOCKER_HOST"], Keys.load(product.state).release)
        try:
            yield Class(product, engine)
        finally:
            product.stop()
            clean(product, environ)
            for home in engine.volumes({}):
                engine.client.remove_volume(home["Name"], force=True)
            engine.client.close()


def clean(product: Product, environ: dict[str, str]) -> str:
    """Remove what sessions have, as an operator does; what is said."""
    done = subprocess.run(
        [sys.executable, "-m", "hub.containers.clean"],
        cwd=ROOT,
        env=os.environ | environ | {"STATE": str(product.state)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
