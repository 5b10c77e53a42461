"""Connections to the hub while the network drops what is sent."""

import asyncio
import contextlib
import socket
import time

from dashboard.gateway.login.connector import Connector


async def test_what_was_dropped_is_sent_again_soon():
    """A server whose queue is full has the kernel drop requests for connections, as a network
    policy does; TCP's own repetition would come a second after the first."""
    loop = asyncio.get_running_loop()
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = server.getsockname()
        queued = stack.enter_context(socket.create_connection(address))
        begun = time.monotonic()
        connecting = asyncio.ensure_future(Connector().connect(*address, timeout=5))
        await asyncio.sleep(0)
        while not await _is_dropped(loop, address):
            await asyncio.sleep(0)
        server.accept()[0].close()
        stream = await connecting
        took = time.monotonic() - begun
        stream.close()
        queued.close()

    assert took < 0.9


async def _is_dropped(loop, address):
    """Whether a request for a connection gets no answer just now."""
    with socket.socket() as probe:
        probe.setblocking(False)
        try:
            async with asyncio.timeout(0.05):
                await loop.sock_connect(probe, address)
        except TimeoutError:
            return True
    return False
