"""Where a relay connects to: a unix socket, or a port of loopback."""

import asyncio
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tornado.iostream import IOStream
from tornado.netutil import Resolver

LOOPBACK = "127.0.0.1"


class Connectable(Protocol):
    """A server that can be connected to."""

    async def connect(self, seconds: float, buffer: int) -> IOStream:
        """A stream to the server; OSError or TimeoutError when it is not there in time."""


@dataclass(frozen=True)
class Target:
    """A server on this machine; nothing else can be relayed to."""

    path: Path | None = None
    port: int = 0
    host: str = LOOPBACK

    @property
    def family(self) -> socket.AddressFamily:
        """The family of the socket to connect with."""
        if self.path:
            return socket.AF_UNIX
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET

    @property
    def address(self) -> str | tuple[str, int]:
        """The address as `connect` takes it."""
        return str(self.path) if self.path else (self.host, self.port)

    async def connect(self, seconds: float, buffer: int) -> IOStream:
        """A stream to the server; OSError or TimeoutError when it is not there in time."""
        stream = IOStream(socket.socket(self.family), max_buffer_size=buffer)
        try:
            async with asyncio.timeout(seconds):
                await stream.connect(self.address)
        except BaseException:
            stream.close()
            raise
        stream.set_nodelay(True)
        return stream


class FixedResolver(Resolver):
    """Resolves every name to one target, so that no name leads anywhere else."""

    def initialize(self, target: Target) -> None:
        """Called by Tornado."""
        self._target = target

    async def resolve(
        self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[tuple[int, Any]]:
        """The target, whatever was asked for."""
        return [(self._target.family, self._target.address)]
