"""Cookies as they are on the wire: every value of a name, and nothing lost to a broken one."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Cookies of the hub itself, which no backend may see or set.
_HUB_PREFIX = "jupyterhub-"
_OUR_NAME = re.compile(r"workshop-[0-9a-f]{8}-")


def pairs(header: str) -> Iterator[tuple[str, str]]:
    """Name and value of each cookie of a Cookie header, duplicates included."""
    for part in header.split(";"):
        name, found, value = part.strip().partition("=")
        if found and name:
            yield name, value


@dataclass(frozen=True)
class Jar:
    """Our cookies: named for one session, seen by its own path or host only."""

    client: str
    prefix: str
    secure: bool
    own_host: bool

    @property
    def name(self) -> str:
        """The name all our cookies begin with; `__Host-` keeps siblings from setting it."""
        mark = hashlib.sha256(self.client.encode()).hexdigest()[:8]
        return f"{'__Host-' if self._bound_to_host else ''}workshop-{mark}"

    @property
    def login(self) -> str:
        """The name of the cookie that holds a login."""
        return f"{self.name}-login"

    def pending(self, state: str) -> str:
        """The name of the cookie that holds one login under way."""
        return f"{self.name}-pending-{state}"

    def values(self, header: str, name: str) -> list[str]:
        """All values that came under a name: a sibling may have tossed one in before ours."""
        return [value for found, value in pairs(header) if found == name]

    def pending_names(self, header: str) -> list[str]:
        """The names of logins under way that this browser still holds."""
        return [name for name, _ in pairs(header) if name.startswith(self.pending(""))]

    def set(self, name: str, value: str, max_age: float | None = None) -> str:
        """A Set-Cookie value; without `max_age` it ends with the browser's session."""
        parts = [f"{name}={value}", f"Path={'/' if self._bound_to_host else self.prefix}"]
        if max_age is not None:
            parts.append(f"Max-Age={int(max_age)}")
        parts += ["HttpOnly", "SameSite=Lax"] + (["Secure"] if self.secure else [])
        return "; ".join(parts)

    def clear(self, name: str) -> str:
        """A Set-Cookie value that makes the browser forget the cookie."""
        return self.set(name, "", max_age=0)

    def for_backend(self, header: str) -> str:
        """A Cookie header without our cookies and the hub's."""
        return "; ".join(f"{n}={v}" for n, v in pairs(header) if not self.is_ours(n))

    def is_ours(self, name: str) -> bool:
        """Whether a cookie of this name is ours or the hub's to set."""
        bare = name.removeprefix("__Host-").removeprefix("__Secure-").lower()
        return bare.startswith(_HUB_PREFIX) or _OUR_NAME.match(bare) is not None

    @property
    def _bound_to_host(self) -> bool:
        return self.secure and self.own_host
