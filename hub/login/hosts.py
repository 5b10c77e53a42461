"""The host that each session has, whatever its owner is called."""

import hashlib
import re
from collections.abc import Iterable

from hub.login.names import PATTERN, RESERVED
from hub.settings import INSTRUCTOR

#: What whoever starts this should know where sessions have no hosts of their own.
SHARED_ORIGIN = (
    "WARNING: all sessions share one origin, so one attendee's page could act in another's name."
)


def host_of(name: str, domain: str, kind: str) -> str:
    """The host of a person's session, or of a service: JupyterHub's `subdomain_hook`.

    No two names share a host. JupyterHub's own hook has 28 bits of a hash for names that are no
    host names, which somebody who chooses their own name can match; and it knows no hosts that an
    attendee could be mistaken for.
    """
    return f"{label_of(name)}{'' if kind == 'user' else f'--{kind}'}.{domain}"


def label_of(name: str) -> str:
    """A part of a host name that is one person's alone: their name itself, where it can be."""
    if re.fullmatch(PATTERN, name) and name not in RESERVED - {INSTRUCTOR}:
        return name
    # A plain name has no double hyphen, so it is never what another was turned into.
    return f"u-{_stub(name)}--{hashlib.sha256(name.encode()).hexdigest()[:24]}"


def owner_of(label: str, names: Iterable[str]) -> str:
    """Whose label it is; nothing for one that nobody of these names has.

    A plain name is its own label, whether there is somebody of that name or not.
    """
    if label_of(label) == label:
        return label
    return next((name for name in names if label_of(name) == label), "")


def host_beside(name: str, domain: str, kind: str) -> str:
    """The same beside the hub's own host, where a certificate for `*.example.com` covers both.

    No two names share a host here either: a plain one has no double hyphen.
    """
    return host_of(name, domain, kind).replace(f".{domain}", f"--{domain}")


def _stub(name: str) -> str:
    """A few letters by which people may know it again."""
    return re.sub("[^a-z0-9]", "", name.lower())[:8] or "x"
