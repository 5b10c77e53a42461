"""Sessions as containers: DockerSpawner with a terminal beside the dashboard."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from docker.errors import DockerException, NotFound
from dockerspawner import DockerSpawner
from requests.exceptions import RequestException
from traitlets import Instance, Unicode

from hub import images
from hub.containers import failures, manifest
from hub.containers.adoption import kept_token
from hub.containers.engine import Engine, FullError
from hub.containers.seat import Object, Seat
from hub.login.claims import code_of
from hub.no_session import NoSession
from hub.ready import accepts
from hub.session_token import KnownToken
from hub.settings import SessionSettings

#: What can go wrong with the engine: it refuses, or it does not answer.
TROUBLES = (DockerException, RequestException)
#: Seconds that we say why before JupyterHub would only say that it took too long.
EARLIER = 5
#: Requests to the engine at once.
AT_ONCE = 8


class ContainerSpawner(KnownToken, DockerSpawner):  # type: ignore[misc] # untyped
    """Starts dashboard and terminal in a network of their own for a name."""

    sessions = Instance(SessionSettings, config=True, help="what all sessions have in common")
    release = Unicode(config=True, help="the installation's name, with which all names begin")
    notes = Unicode(config=True, help="volume of the workshop's notes")

    _executor = ThreadPoolExecutor(AT_ONCE)
    #: The session's network, once it is made.
    _seat: Seat | None = None
    #: What has been reached, for the start page: (percent, words).
    reached: tuple[int, str] = (10, "Preparing your session")

    @property
    def seat(self) -> Seat:
        """What is this session's own."""
        return self._seat or Seat(self.release, str(self.user.name))

    @property
    def engine(self) -> Engine:
        """The engine, by DockerSpawner's one connection."""
        return Engine(self.client, self.release)

    def get_env(self) -> dict[str, str]:
        """The dashboard's environment: the token once, and the hub where the session reaches it."""
        env: dict[str, str] = super().get_env()
        for name in ("JPY_API_TOKEN", "JUPYTER_IMAGE_SPEC"):
            env.pop(name, None)
        hub = self.seat.hub if self.sessions.hub_container else self.seat.gateway
        for name in ("JUPYTERHUB_API_URL", "JUPYTERHUB_ACTIVITY_URL"):
            env[name] = env[name].replace(self.hub.host, f"http://{hub}:{self.hub.port}")
        return {
            **env,
            "HOME": images.HOME,
            "WORKSHOP_DIR": images.NOTES,
            "WORKSHOP_TERMINAL_SOCKET": images.SOCKET,
            images.CODE: code_of(self.authenticator, self.user),
        }

    async def start(self) -> tuple[str, int]:
        """Start the session; NoSession with a sentence when it cannot be had."""
        self.reached = (10, "Preparing your session")
        try:
            async with asyncio.timeout(max(1, self.start_timeout - EARLIER)):
                if not await self._is_there():
                    await self._make()
                await self._up()
        except FullError:
            raise NoSession(failures.FULL, reason="full") from None
        except TimeoutError:
            words = failures.LATE.format(self.start_timeout)
            raise NoSession(words, reason="timeout") from None
        except TROUBLES as error:
            self.log.error("The session of %s: %s", self.user.name, error)
            raise NoSession(failures.refused(error), reason="refused") from None
        return self.seat.address, manifest.PORT

    async def _is_there(self) -> bool:
        """Go on with the person's own session that an earlier hub left."""
        try:
            anchor = await self.docker("inspect_container", self.object_name)
            found = await self.docker("inspect_container", self.seat.called("dashboard"))
        except NotFound:
            return False
        if not anchor["State"]["Running"]:
            return False
        token = kept_token(found, self.user.name, code_of(self.authenticator, self.user))
        if token:
            self.log.warning("%s goes on with the session that is there", self.user.name)
            self.api_token = token
            await self._rejoin()
        return bool(token)

    async def _make(self) -> None:
        """The network first: the dashboard is told where in it the hub is."""
        seat = Seat(self.release, str(self.user.name))
        await asyncio.to_thread(self.engine.take, seat)  # what is left of an earlier one
        network = await asyncio.to_thread(self.engine.make_network, seat, self.sessions.networks)
        self._seat = replace(seat, network=network)
        await self._join()
        self.reached = (30, "Starting dashboard and terminal")
        made = manifest.containers(self.sessions, self.seat, self.notes, self.get_env())
        await asyncio.to_thread(self.engine.make, self.seat, made)
        await self.get_object()  # DockerSpawner keeps its id

    async def _join(self) -> None:
        """Bring the hub's own container into the session's network."""
        if self.sessions.hub_container:
            await asyncio.to_thread(self.engine.let_in, self.sessions.hub_container, self.seat)

    async def _up(self) -> None:
        """Wait closely: JupyterHub's own check would begin with pauses."""
        self.reached = (60, "Opening the door")
        look = 0
        while not accepts((self.seat.address, manifest.PORT)):
            look += 1
            if look % 10 == 0:
                await self._check_parts()
            await asyncio.sleep(0.05)
        await self._check_parts()
        self.reached = (90, "The dashboard is up")

    async def _check_parts(self) -> None:
        for part in ("terminal", "dashboard", *self.sessions.sidecars):
            name = self.seat.called(part)
            found: Object = await self.docker("inspect_container", name)
            log = await self.docker("logs", name, tail=5) if found.get("RestartCount") else b""
            if words := failures.hopeless(part, found, log.decode(errors="replace")):
                raise NoSession(words, reason="ended")

    async def stop(self, now: bool = False) -> None:
        """End the session with all that was made for it; its home stays."""
        await asyncio.to_thread(self.engine.take, self.seat)
        self._seat, self.object_id = None, ""
        self.clear_state()

    async def delete_forever(self) -> None:
        """Remove the home too, when it was for somebody who never comes back."""
        if getattr(self.authenticator, "temporary", False):
            await asyncio.to_thread(self.engine.forget, self.seat)

    async def poll(self) -> int | None:
        """None while the anchor runs: the rest is started again by the engine, singly."""
        try:
            found = await self.docker("inspect_container", self.object_name)
            await self._rejoin()
        except NotFound:
            return 1
        except TROUBLES as error:
            # The engine's trouble is not the session's end: containers go on without it.
            self.log.warning("The session of %s cannot be looked at: %s", self.user.name, error)
            return None
        return None if found["State"]["Running"] else 1

    async def _rejoin(self) -> None:
        """A hub in a new container has none of the networks that the one before it had."""
        if self._seat is None:
            network = await asyncio.to_thread(self.engine.network_of, self.seat)
            self._seat = replace(self.seat, network=network)
            await self._join()

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What the start page shows, as soon as it is reached."""
        shown = None
        while True:
            if self.reached != shown:
                shown = self.reached
                yield {"progress": shown[0], "message": shown[1]}
            await asyncio.sleep(0.02)
