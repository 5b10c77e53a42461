"""What a session is, and what sessions that are containers are made of."""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass

from hub.settings.reader import Reader, is_texts

#: What a session can be, by what SESSIONS is.
KINDS = ("processes", "containers", "users")
#: The prefix of a session's network: eight addresses, of which three are used.
NETWORK_PREFIX = 29
_EXPECTED = f"a private IPv4 network of at most {NETWORK_PREFIX} bits, such as 10.217.0.0/16"


@dataclass(frozen=True)
class SessionSettings:
    """What all sessions have in common."""

    kind: str
    engine: str
    dashboard_image: str
    terminal_image: str
    sidecars: Mapping[str, str]
    #: Bytes that a terminal, and each sidecar, may use.
    memory: int
    cpus: int
    networks: ipaddress.IPv4Network
    hub_container: str


def read_sessions(read: Reader) -> SessionSettings:
    """Read them; what is wrong or missing is a mistake of the reader's."""
    prefix, tag = read.text("IMAGE_PREFIX"), read.text("TAG")
    sidecars = read.checked("SIDECARS", is_texts, 'a JSON object such as {"db": "postgres:17"}')
    found = SessionSettings(
        kind=read.choice("SESSIONS", KINDS),
        engine=read.checked("DOCKER_HOST", is_socket, "a unix:// address"),
        dashboard_image=f"{prefix}dashboard:{tag}",
        terminal_image=read.text("TERMINAL_IMAGE") or f"{prefix}terminal:{tag}",
        sidecars=json.loads(sidecars) if is_texts(sidecars) else {},
        memory=read.number("SESSION_MEMORY", 64, 1 << 20) << 20,
        cpus=read.number("SESSION_CPUS", 1, 1024),
        networks=_networks(read),
        hub_container=read.text("HUB_CONTAINER"),
    )
    if found.kind == "users" and read.text("LOGIN") != "pam":
        read.mistakes.append(
            "SESSIONS is 'users', which only LOGIN=pam goes with: whoever can choose a name"
            " would choose an account"
        )
    return found


def is_socket(value: str) -> bool:
    return value.startswith("unix:///")


def _networks(read: Reader) -> ipaddress.IPv4Network:
    value = read.text("NETWORKS")
    try:
        found = ipaddress.IPv4Network(value)
        if found.is_private and found.prefixlen <= NETWORK_PREFIX:
            return found
    except ValueError:
        pass
    read.mistakes.append(f"NETWORKS is {value[:80]!r}: expected {_EXPECTED}")
    return ipaddress.IPv4Network("127.0.0.0/29")
