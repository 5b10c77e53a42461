"""`python -m hub.containers.sweeper`: removes what sessions left on the engine."""

import asyncio
import contextlib
import datetime
import logging
import os
from collections.abc import Mapping

from docker.errors import DockerException
from requests.exceptions import RequestException

from hub.containers.engine import Engine
from hub.containers.seat import Seat
from hub.processes import hide_memory
from hub.sweeper import Found, Sweeper


class Machine:
    """The sessions of one installation on this machine."""

    def __init__(self, address: str, release: str) -> None:
        self._address, self._release = address, release

    async def remains(self) -> list[Found]:
        """The sessions that have anything; OSError when the engine does not say."""
        try:
            return await asyncio.to_thread(self._remains)
        except (DockerException, RequestException) as error:
            raise OSError(str(error)) from None

    async def remove(self, one: Found) -> None:
        """Have it go; OSError when it does not."""
        try:
            await asyncio.to_thread(self._take, Seat(self._release, one.user))
        except (DockerException, RequestException) as error:
            raise OSError(str(error)) from None

    def _remains(self) -> list[Found]:
        engine = Engine.at(self._address, self._release)
        with contextlib.closing(engine.client):
            return engine.remains()

    def _take(self, seat: Seat) -> None:
        engine = Engine.at(self._address, self._release)
        with contextlib.closing(engine.client):
            engine.take(seat)


def main(environ: Mapping[str, str]) -> None:
    """Sweep until the hub ends us."""
    hide_memory()
    logging.basicConfig(level=logging.INFO, format="sweeper: %(levelname)s: %(message)s")
    machine = Machine(environ["DOCKER_HOST"], environ["WORKSHOP_RELEASE"])
    longest = datetime.timedelta(hours=int(environ["MAX_HOURS"]))
    hub, token = environ["JUPYTERHUB_API_URL"], environ["JUPYTERHUB_API_TOKEN"]
    asyncio.run(Sweeper(machine, hub, token, longest).run())


if __name__ == "__main__":
    main(os.environ)
