"""The ways to the further hosts of one session, where each needs a Route or an Ingress."""

import logging
from dataclasses import dataclass
from typing import Any

from kubernetes_asyncio.client import ApiClient
from kubernetes_asyncio.client.exceptions import ApiException

from hub.no_session import NoSession
from hub.pods.address import Addresses
from hub.pods.failures import no_host, said_in
from hub.pods.objects import Objects
from hub.pods.patience import TROUBLES, reason
from hub.pods.seat import Seat
from hub.pods.settings import PodSettings

log = logging.getLogger("workshop.ways")


@dataclass(frozen=True)
class PodWays:
    """Makes and removes the addresses of one session's further hosts."""

    client: ApiClient
    settings: PodSettings
    seat: Seat

    async def open(self, label: str) -> None:
        """Return when the host with the label is served; NoSession, in words, when it is not, and
        then nothing is left of it."""
        try:
            addresses = await self._addresses()
            await addresses.give(self.seat, label)
            said = await addresses.refusal(self.seat, label)
        except TROUBLES as error:
            body = error.body if isinstance(error, ApiException) else None
            said = said_in(body) if body else {"message": "it does not answer"}
        if said:
            await self.close(label)
            raise NoSession(no_host(label, said), reason="address", status_code=424)

    async def close(self, label: str) -> None:
        """Remove it; what cannot be removed now goes with the session."""
        try:
            await (await self._addresses()).take(self.seat, label)
        except TROUBLES as error:
            log.error("%s of %s stays: %s", label, self.seat.name, reason(error))

    async def _addresses(self) -> Addresses:
        return Addresses(await Objects.on(self.client), self.settings)


class OpensWays:
    """For the spawner of pods: what further hosts of its session need."""

    pods: PodSettings
    api: Any
    seat: Any

    @property
    def ways(self) -> PodWays | None:
        """The ways; None where one name covers all hosts."""
        return PodWays(self.api.api_client, self.pods, self.seat()) if self.pods.address else None
