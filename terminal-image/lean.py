"""Imports Tornado without what a server on a unix socket never uses; saves 5 MB a session.

No TLS is spoken here, yet Tornado imports `ssl` and with it OpenSSL. asyncio, hashlib and
Tornado do without the others by themselves.
"""

import sys
from types import ModuleType

_DONE_WITHOUT = ("_hashlib", "curses", "ssl")


class _NoTls(ModuleType):
    """Has every name of `ssl` that is looked up in passing; none of them does anything."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        value = type(name, (OSError,), {"SERVER_AUTH": None, "CLIENT_AUTH": None})
        setattr(self, name, value)
        return value


for _name in _DONE_WITHOUT:
    sys.modules[_name] = None  # type: ignore[assignment]  # this is how an import is refused
import asyncio  # noqa: E402, F401

sys.modules["ssl"] = _NoTls("ssl")
