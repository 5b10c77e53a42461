"""python -m dashboard: settings in, server up."""

import ctypes

_PR_SET_DUMPABLE = 4


def _hide_environment() -> None:
    """Keep /proc/PID/environ, which holds the token, from other processes of the same user."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


_hide_environment()  # before anything slow: until then the token can be read

import asyncio  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402

from dashboard.gateway import logs  # noqa: E402
from dashboard.gateway.server import Gateway  # noqa: E402
from dashboard.settings import Settings, SettingsError  # noqa: E402
from dashboard.variables import session_variables  # noqa: E402


def main() -> int:
    """Run until told to stop; 1 when the settings cannot be used."""
    try:
        settings = Settings.from_environ(os.environ)
    except SettingsError as error:
        for mistake in error.mistakes:
            sys.stderr.write(f"dashboard: {mistake}\n")
        return 1
    logs.configure()
    try:
        asyncio.run(_serve(settings))
    except OSError as error:
        sys.stderr.write(f"dashboard: cannot listen on port {settings.listen_port}: {error}\n")
        return 1
    return 0


async def _serve(settings: Settings) -> None:
    from dashboard.pages import create_app
    from dashboard.pages.config import PagesConfig

    # Before anybody can connect: whoever has reached us may tell us to stop.
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    pages = create_app(
        PagesConfig(
            workshop_dir=settings.workshop_dir,
            prefix=settings.prefix,
            user=settings.user,
            terminal_view=settings.terminal_view,
            hub_url=settings.hub_url,
            personal_code=settings.personal_code,
            own_token=settings.token_file is not None,
            console_root=settings.console_root,
            console_page=settings.console.page if settings.console else "",
            node_modules=settings.node_modules,
            operator_tabs=settings.tabs,
            variables=session_variables(settings.prefix, settings.user, settings.variables),
        )
    )
    gateway = Gateway(settings, pages.wsgi_app, pages.extensions["workshop"])
    gateway.start()
    if settings.preview:
        sys.stdout.write(f"Open {gateway.link}\n")
        sys.stdout.flush()
    await stopping.wait()
    await gateway.stop()


if __name__ == "__main__":
    sys.exit(main())
