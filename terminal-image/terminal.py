"""The terminal server: shells on PTYs behind a unix socket, with Butterfly's package inside."""

import lean  # noqa: F401  # first: it decides what the other imports bring in

# isort: split
import argparse
import asyncio
import contextlib
import logging
import os
import re
import signal
import stat
import sys
import warnings

with warnings.catch_warnings():
    # Butterfly 3.2.5 is older than the warnings about some of its string literals.
    warnings.simplefilter("ignore")
    import butterfly

    if butterfly.__version__ != "3.2.5":
        sys.exit(f"Butterfly 3.2.5 is needed; this is {butterfly.__version__}.")
    from shell import ioloop

import tornado.httpserver
import tornado.ioloop
import tornado.netutil
from account import account
from addresses import Projects
from connection import PING_SECONDS, Connection
from handlers import application
from killed import Running
from launch import Launch
from listening import Watch, keep_orphans
from objects import Objects
from protocol import GOING_AWAY
from sessions import Sessions

_VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=([^\0]*)", re.DOTALL)
_CONNECTIONS_PER_SESSION = 4
#: What a workshop wants in a project may be as large as its file.
_BODY_LIMIT = 512 * 1024
_END_SECONDS = 1.0
_LOOK_SECONDS = 1.5


def _variable(text: str) -> tuple[str, str]:
    match = _VARIABLE.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError("expected NAME=VALUE")
    return match[1], match[2]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve shells on a unix socket.")
    parser.add_argument("--socket", required=True, help="unix socket to listen on")
    parser.add_argument("--home", required=True, help="home folder of the shells")
    parser.add_argument("--shell", default="/bin/bash", help="shell to run")
    parser.add_argument("--kubeconfig", default="", help="who the shells are to a cluster")
    parser.add_argument("--max-sessions", type=int, default=16, help="most shells at once")
    parser.add_argument(
        "--linger", type=float, default=60.0, help="seconds an ended shell's output is kept"
    )
    parser.add_argument(
        "--project", action="append", default=[], help="a namespace of the session on that cluster"
    )
    parser.add_argument(
        "--env",
        type=_variable,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a further variable for the shells",
    )
    return parser.parse_args()


def _private_folder(path: str) -> None:
    """The socket's folder is ours alone: whoever reaches the socket has a shell."""
    os.makedirs(path, mode=0o700, exist_ok=True)
    details = os.stat(path)
    if details.st_uid != os.getuid():
        sys.exit(f"{path}: the socket's folder belongs to somebody else.")
    if stat.S_IMODE(details.st_mode) & 0o077:
        os.chmod(path, 0o700)


async def _stop(sessions: Sessions) -> None:
    """Say goodbye to views and shells, wait a moment for both, and end."""
    sessions.end()
    for socket in list(Connection.connected):
        socket.let_go(GOING_AWAY, "server ends")
    deadline = ioloop.time() + _END_SECONDS
    while (sessions.running or Connection.connected) and ioloop.time() < deadline:
        await asyncio.sleep(0.02)
    sessions.kill()
    ioloop.stop()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    options = _arguments()
    logging.basicConfig(level=logging.WARNING, format="terminal: %(levelname)s: %(message)s")
    logging.getLogger("butterfly").setLevel(logging.CRITICAL)  # it would log what is typed
    keep_orphans()
    path = os.path.abspath(options.socket)
    _private_folder(os.path.dirname(path))
    with contextlib.suppress(OSError):
        os.makedirs(options.home, mode=0o700, exist_ok=True)
    launch = Launch(account(), os.path.abspath(options.home), options.shell, dict(options.env))
    running = Running(os.path.dirname(path))
    sessions = Sessions(launch, options.max_sessions, options.linger, running)
    projects = Projects(options.project, options.kubeconfig)
    objects = Objects(launch, options.kubeconfig)
    most = options.max_sessions * _CONNECTIONS_PER_SESSION
    routes = application(sessions, most, projects, objects)
    server = tornado.httpserver.HTTPServer(routes, max_body_size=_BODY_LIMIT)
    server.add_socket(tornado.netutil.bind_unix_socket(path, mode=0o600))
    loop = ioloop.asyncio_loop
    loop.add_signal_handler(signal.SIGCHLD, sessions.reap)
    stopping: set[asyncio.Task[None]] = set()

    def stop() -> None:
        server.stop()
        if not stopping:
            stopping.add(loop.create_task(_stop(sessions)))

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    watch = Watch(os.getpid())

    def look() -> None:
        if Connection.connected and watch.changed():
            Connection.tell_ports(watch.ports)

    tornado.ioloop.PeriodicCallback(look, _LOOK_SECONDS * 1000).start()
    tornado.ioloop.PeriodicCallback(Connection.ping_all, PING_SECONDS * 1000).start()
    ioloop.start()


if __name__ == "__main__":
    main()
