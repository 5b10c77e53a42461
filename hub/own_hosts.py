"""Hosts that lead to a session besides its own: `p8080--ada.HOST` for a program of ada's."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

#: So many each session may have; one more, and the program opened first gives way.
MOST = 8
CONSOLE = "console"
_LABEL = re.compile(
    r"console|[ps]([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])", re.ASCII
)


@dataclass(frozen=True)
class Lead:
    """Whose session a host leads to, and where that is."""

    user: str
    target: str


class Ways(Protocol):
    """What has to be made on a cluster for further hosts of one session to lead to the proxy."""

    async def open(self, label: str) -> None:
        """Return when the host with the label leads there; NoSession, in words, when it does not,
        and then nothing is left of it."""

    async def close(self, label: str) -> None:
        """The host leads there no more; what stays behind goes with the session."""


class NoWays:
    """Of a session whose hosts one name covers: nothing has to be made."""

    async def open(self, label: str) -> None:
        """Nothing to make."""

    async def close(self, label: str) -> None:
        """Nothing to remove."""


def own_host(label: object, host: str) -> str:
    """The host that a session asks for with a label; ValueError for what is none.

    It is never another session's: what a name becomes begins with no such label and two hyphens.
    """
    if not isinstance(label, str) or not _LABEL.fullmatch(label):
        raise ValueError("expected a label such as p8080, s8443 or console")
    return f"{label}--{host}"


def label_in(host: str) -> str:
    """What a host was asked for with."""
    return host.partition("--")[0]


def place_at(label: str) -> str:
    """Where a session has, below its own path, what has a host with the label; nothing for none."""
    if not _LABEL.fullmatch(label):
        return ""
    if label == CONSOLE:
        return "console/"
    return f"port/{'https-' if label.startswith('s') else ''}{label[1:]}/"


class OwnHosts:
    """Which hosts the sessions have asked for."""

    def __init__(self) -> None:
        self._hosts: dict[str, list[str]] = {}

    def add(self, user: str, host: str) -> list[str]:
        """One more; the hosts that have to give way to it, of which the console's is none."""
        hosts = self._hosts.setdefault(user, [])
        if host in hosts:
            hosts.remove(host)
        hosts.append(host)
        programs = [one for one in hosts if label_in(one) != CONSOLE]
        gone = programs[: max(0, len(hosts) - MOST)]
        hosts[:] = [one for one in hosts if one not in gone]
        return gone

    def has(self, user: str, host: str) -> bool:
        """Whether the session has asked for the host, which has not given way since."""
        return host in self._hosts.get(user, ())

    def drop(self, user: str) -> list[str]:
        """The session has ended; the hosts that it had."""
        return self._hosts.pop(user, [])

    def keep(self, users: Collection[str]) -> None:
        """These have sessions; what others had is forgotten."""
        self._hosts = {user: hosts for user, hosts in self._hosts.items() if user in users}

    def wanted(self, targets: Mapping[str, str]) -> dict[str, Lead]:
        """Where each host must lead, of the users whose sessions are at these addresses."""
        return {
            host: Lead(user, target)
            for user, target in targets.items()
            for host in self._hosts.get(user, ())
        }


def mended(
    there: Mapping[str, Lead], wanted: Mapping[str, Lead], busy: Collection[str]
) -> tuple[dict[str, Lead], list[str]]:
    """What the proxy must be told anew, and what it must forget.

    Sessions that start or stop just now are left alone.
    """
    add = {host: lead for host, lead in wanted.items() if there.get(host) != lead}
    forget = [host for host, lead in there.items() if host not in wanted and lead.user not in busy]
    return add, forget
