"""Parsers of single values; each raises ValueError for what it does not take."""

import json
from pathlib import Path
from urllib.parse import urlsplit

#: sun_path of sockaddr_un holds 108 bytes with its final NUL.
SOCKET_PATH_LIMIT = 107


def web(value: str) -> str:
    """An http or https address without a name or password in it, and without a slash at its end."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValueError(value)
    _ = parts.port  # raises ValueError when it is not a number
    return value.rstrip("/")


def origin(value: str) -> str:
    """Scheme, host and port as a browser writes them in an Origin header."""
    parts = urlsplit(web(value))
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (
        f":{parts.port}" if parts.port not in {None, usual} else ""
    )


def listen(value: str) -> tuple[str, int]:
    """The host and port that an address says to listen on."""
    parts = urlsplit(web(value))
    return parts.hostname or "", 80 if parts.port is None else parts.port


def prefix(value: str) -> str:
    """A path that begins and ends with a slash and has no empty part."""
    if not (value.startswith("/") and value.endswith("/")) or "//" in value:
        raise ValueError(value)
    return value


def folder(value: str) -> Path:
    """A folder that is there."""
    path = Path(value)
    if not path.is_dir():
        raise ValueError(value)
    return path


def new_file(value: str) -> Path:
    """The path of a file that can be made: its folder is there."""
    path = Path(value)
    if not path.is_absolute() or not path.parent.is_dir():
        raise ValueError(value)
    return path


def socket(value: str) -> Path:
    """An absolute path that is short enough for a unix socket."""
    path = Path(value)
    if not path.is_absolute() or len(str(path).encode()) > SOCKET_PATH_LIMIT:
        raise ValueError(value)
    return path


def view(value: str) -> str:
    """The name of a terminal view."""
    if value not in {"xterm", "butterfly"}:
        raise ValueError(value)
    return value


def variables(value: str) -> dict[str, str]:
    """A JSON object whose values are all strings."""
    found = json.loads(value)
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise ValueError(value)
    return found


def scopes(value: str) -> frozenset[str]:
    """The scopes that admit; an empty list would admit nobody and is a mistake."""
    found = json.loads(value)
    if not isinstance(found, list) or not found or not all(isinstance(s, str) for s in found):
        raise ValueError(value)
    if not all(found):
        raise ValueError(value)
    return frozenset(found)
