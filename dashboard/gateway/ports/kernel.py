"""Asks the kernel for the sockets that listen; see sock_diag(7).

Its tables in /proc would be as good, but are made up with a row for each connection of the machine.
"""

import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

_SOCK_DIAG = 4
_BY_FAMILY, _REQUEST_DUMP = 20, 0x301
_ERROR, _DONE = 2, 3
_LISTEN = 1 << 10
_ANY_COOKIE = 0xFFFFFFFF
_HEAD = struct.Struct("=IHHII")
_SECONDS = 1.0


class Listener(NamedTuple):
    """A listening socket; its inode is the same in every process and container."""

    address: str
    port: int
    inode: int


def ask(port: int) -> list[Listener]:
    """All that listens on a port; OSError where the kernel does not answer such questions."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _SOCK_DIAG) as link:
        link.settimeout(_SECONDS)
        families = (socket.AF_INET, socket.AF_INET6)
        return [found for family in families for found in _dump(link, family, port)]


def _dump(link: socket.socket, family: int, port: int) -> Iterator[Listener]:
    what = struct.pack("=BBBxI", family, socket.IPPROTO_TCP, 0, _LISTEN)
    which = struct.pack("!H34x", port) + struct.pack("=III", 0, _ANY_COOKIE, _ANY_COOKIE)
    size = _HEAD.size + len(what) + len(which)
    link.send(_HEAD.pack(size, _BY_FAMILY, _REQUEST_DUMP, 1, 0) + what + which)
    while True:
        data = link.recv(1 << 16)
        while data:
            length, kind, *_ = _HEAD.unpack_from(data)
            if kind == _DONE:
                return
            if kind == _ERROR:
                raise OSError("the kernel does not tell which sockets listen")
            yield _listener(family, data[_HEAD.size : length])
            data = data[(length + 3) & ~3 :]


def _listener(family: int, body: bytes) -> Listener:
    (port,) = struct.unpack_from("!H", body, 4)
    (inode,) = struct.unpack_from("=I", body, 68)
    if family == socket.AF_INET:
        return Listener(str(IPv4Address(body[8:12])), port, inode)
    return Listener(written(IPv6Address(body[8:24])), port, inode)


def written(address: IPv6Address) -> str:
    """An address of IPv6, those of IPv4 in it with dots."""
    return f"::ffff:{address.ipv4_mapped}" if address.ipv4_mapped else str(address)
