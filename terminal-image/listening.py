"""Which ports the programs listen on that were started in these shells, whatever became of them."""

import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

_SOCK_DIAG, _FAMILIES = 4, (socket.AF_INET, socket.AF_INET6)
_HEAD, _ANY = struct.Struct("=IHHII"), 0xFFFFFFFF
_ERROR, _DONE = 2, 3
_LISTENS = "0A"
_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_PR_SET_CHILD_SUBREAPER = 36


class Listening(NamedTuple):
    """A socket that listens, by the number its inode has for the whole machine."""

    port: int
    inode: int


def keep_orphans() -> None:
    """Whatever leaves its parent stays below this process: that is how it is known as ours."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def listening() -> frozenset[Listening]:
    """Every socket that listens on TCP in this network, whoever it belongs to."""
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _SOCK_DIAG) as link:
            link.settimeout(1)
            return frozenset(one for family in _FAMILIES for one in _dump(link, family))
    except OSError:
        return frozenset(one for table in _TABLES for one in _rows(table))


def owned(pid: int) -> list[Listening]:
    """Those of them that a process below `pid` holds open; never one of `pid` itself."""
    everyone = listening()
    held = {inode for child in _below(pid) for inode in _sockets(child)} if everyone else set()
    return sorted(one for one in everyone if one.inode in held)


class Watch:
    """Notices when other ports are listened on than before."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._everyone: frozenset[Listening] = frozenset()
        self.ports: list[int] = []

    def changed(self) -> bool:
        """Whether the ports of the programs below `pid` are others than at the last look."""
        everyone, before = listening(), self.ports
        # Whose sockets they are takes longer to find out, and need not be while there are no new.
        if everyone != self._everyone:
            self._everyone = everyone
            self.ports = sorted({one.port for one in owned(self._pid)})
        return self.ports != before


def _dump(link: socket.socket, family: int) -> Iterator[Listening]:
    """The kernel's answer, see sock_diag(7); its tables have a row for each connection besides."""
    asked = struct.pack("=BBBxI36xIII", family, socket.IPPROTO_TCP, 0, 1 << 10, 0, _ANY, _ANY)
    link.send(_HEAD.pack(_HEAD.size + len(asked), 20, 0x301, 1, 0) + asked)
    while True:
        data = link.recv(1 << 16)
        while data:
            length, kind, *_ = _HEAD.unpack_from(data)
            if kind == _DONE:
                return
            if kind == _ERROR:
                raise OSError("the kernel does not tell which sockets listen")
            port, inode = (
                struct.unpack_from("!H", data, 20)[0],
                struct.unpack_from("=I", data, 84)[0],
            )
            yield Listening(port, inode)
            data = data[(length + 3) & ~3 :]


def _rows(table: str) -> Iterator[Listening]:
    with contextlib.suppress(OSError), open(table, encoding="ascii") as rows:
        next(rows, None)
        for row in rows:
            fields = row.split()
            if fields[3] != _LISTENS:
                return  # they come first; the rest is a row for each connection of the machine
            yield Listening(int(fields[1].rpartition(":")[2], 16), int(fields[9]))


def _below(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:
                parent = int(stat.read().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(name))
    found = list(children.get(pid, ()))
    for one in found:
        found += children.get(one, ())
    return found


def _sockets(pid: int) -> Iterator[int]:
    folder = f"/proc/{pid}/fd"
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            with contextlib.suppress(OSError):
                kind, _, inode = os.readlink(f"{folder}/{name}").partition(":[")
                if kind == "socket":
                    yield int(inode.rstrip("]"))
