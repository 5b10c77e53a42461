"""What listens on this machine's ports, as the kernel tells."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

_LISTENS = "0A"
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
V4, V6 = "127.0.0.1", "::1"
#: Addresses on which a listener gets what is sent to an address of loopback.
_REACHES = {
    V4: {"127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1", "::ffff:0.0.0.0", "::"},
    V6: {"::1", "::"},
}


@dataclass(frozen=True)
class Listener:
    """A listening socket; its inode is the same in every process and container."""

    address: str
    port: int
    inode: int


def listeners() -> list[Listener]:
    """Every socket that listens on TCP in this network, whoever it belongs to."""
    found: list[Listener] = []
    for table in _TABLES:
        with contextlib.suppress(OSError):
            found += parsed(table.read_text())
    return found


def parsed(table: str) -> Iterator[Listener]:
    """The listeners of a table of the kernel's; see proc(5)."""
    for row in table.splitlines()[1:]:
        fields = row.split()
        if fields[3] == _LISTENS:
            address, _, port = fields[1].partition(":")
            yield Listener(_address(address), int(port, 16), int(fields[9]))


def reached(found: Iterable[Listener], port: int) -> tuple[str, frozenset[int]]:
    """The address of loopback to connect to, and the inodes of all that may then answer."""
    there = [one for one in found if one.port == port]
    # Something that listens for IPv6 only is not found by the other address.
    only_v6 = not any(one.address in _REACHES[V4] - {"::"} for one in there)
    address = V6 if only_v6 else V4
    return address, frozenset(one.inode for one in there if one.address in _REACHES[address])


def _address(text: str) -> str:
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    if len(words) == 1:
        return str(IPv4Address(words[0]))
    address = IPv6Address(b"".join(words))
    return f"::ffff:{address.ipv4_mapped}" if address.ipv4_mapped else str(address)
