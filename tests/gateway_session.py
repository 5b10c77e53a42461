"""A session of the gateway's tests: the real gateway, impatient, before small pages and an echo."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from dashboard.gateway import logs
from dashboard.gateway.server import Gateway
from dashboard.settings import Limits, Settings
from tests.gateway_fixtures import running_backend, small_pages

IMPATIENT = Limits(login_fresh=1, recheck=0.5, activity=0.2, hub=3, hub_pause=0.5, drain=1)


async def main() -> None:
    """Serve until told to stop."""
    socket = Path(os.environ["HOME"]) / f"{os.environ['JUPYTERHUB_USER']}.sock"
    values = {**os.environ, "WORKSHOP_DIR": "/", "WORKSHOP_TERMINAL_SOCKET": str(socket)}
    settings = replace(Settings.from_environ(values), limits=IMPATIENT)
    app = small_pages()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    socket.unlink(missing_ok=True)
    async with running_backend(socket):
        gateway = Gateway(settings, app.wsgi_app, app.extensions["workshop"])
        gateway.start()
        await stop.wait()
        await gateway.stop()


if __name__ == "__main__":
    logs.configure()
    sys.exit(asyncio.run(main()))
