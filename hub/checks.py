"""What must hold on this machine before anything is started."""

import errno
import fcntl
import os
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path


class StartError(Exception):
    """Why nothing was started; the message is one sentence with the way out."""


def lock(state: Path) -> int:
    """Keep the state folder to ourselves until we end."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StartError(
            f"The state folder {state} cannot be used ({error.strerror}): set STATE= to a folder"
            " that you can write to."
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StartError(
            f"A workshop already runs from {state}: stop it with Ctrl-C, or set STATE= to another"
            " folder."
        ) from None
    return descriptor


def check_port(address: str, port: int) -> None:
    """Raise StartError unless the port can be listened on."""
    other = port + 1 if 1024 <= port < 65535 else 8000
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except (socket.gaierror, UnicodeError):
            raise StartError(_no_address(address)) from None
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise StartError(_no_address(address)) from None
            raise StartError(
                f"Port {port} of {address} cannot be used ({error.strerror}): stop what uses it, or"
                f" take another one with PORT={other}."
            ) from None


def _no_address(address: str) -> str:
    return (
        f"BIND is {address!r}, which is no address of this machine: leave it out, or give one that"
        " `ip address` shows."
    )


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def kept_port(file: Path) -> int:
    """The port that the file names; the first time, one that nobody listens on."""
    if not file.exists():
        file.write_text(str(free_port()))
    return int(file.read_text())


def find_node(environ: Mapping[str, str]) -> str:
    """Node: the system's, or the one that set-up put into the virtual environment."""
    paths = os.pathsep.join([str(Path(sys.prefix) / "bin"), environ.get("PATH", os.defpath)])
    node = shutil.which("node", path=paths)
    if node is None:
        raise StartError("Node is missing: run `make run`, which installs it.")
    return node
