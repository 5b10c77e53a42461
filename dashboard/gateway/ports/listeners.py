"""What listens on this machine's ports, as the kernel tells."""

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from dashboard.gateway.ports import kernel
from dashboard.gateway.ports.kernel import Listener, written

_LISTENS = "0A"
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
V4, V6 = "127.0.0.1", "::1"
#: Addresses on which a listener gets what is sent to an address of loopback.
_REACHES = {
    V4: {"127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1", "::ffff:0.0.0.0", "::"},
    V6: {"::1", "::"},
}


def listeners(port: int) -> list[Listener]:
    """Every socket that listens on the port in this network, whoever it belongs to."""
    try:
        return kernel.ask(port)
    except OSError:
        return [one for one in _tabled() if one.port == port]


def _tabled() -> Iterator[Listener]:
    for table in _TABLES:
        with contextlib.suppress(OSError), table.open(encoding="ascii") as rows:
            yield from parsed(rows)


def parsed(rows: Iterable[str]) -> Iterator[Listener]:
    """The listeners of a table of the kernel's; see proc(5).

    They come first: the rest, a row for each connection of the machine, is not even made up.
    """
    for row in itertools.islice(rows, 1, None):
        fields = row.split()
        if fields[3] != _LISTENS:
            return
        address, _, port = fields[1].partition(":")
        yield Listener(_address(address), int(port, 16), int(fields[9]))


def reached(found: Iterable[Listener]) -> tuple[str, frozenset[int]]:
    """The address of loopback to connect to, and the inodes of all that may then answer."""
    there = list(found)
    # Something that listens for IPv6 only is not found by the other address.
    only_v6 = not any(one.address in _REACHES[V4] - {"::"} for one in there)
    address = V6 if only_v6 else V4
    return address, frozenset(one.inode for one in there if one.address in _REACHES[address])


def _address(text: str) -> str:
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    if len(words) == 1:
        return str(IPv4Address(words[0]))
    return written(IPv6Address(b"".join(words)))
