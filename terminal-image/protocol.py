"""The messages a client may send (protocol v1), checked whole before anything is done."""

import json
import re
from dataclasses import dataclass

SUBPROTOCOL = "workshop.terminal.v1"
GOING_AWAY = 1001
UNSUPPORTED = 1003
POLICY = 1008
TOO_BIG = 1009
TRY_LATER = 1013

FRAME_LIMIT = 1024 * 1024
_CLIENT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_EPOCH = re.compile(r"[0-9a-f]{1,32}")
_LARGEST = 2**53


class Malformed(Exception):
    """The message is not one of the protocol's; `code` closes the connection."""

    def __init__(self, reason: str, code: int = POLICY) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


@dataclass(frozen=True)
class Open:
    """A view attaches; `after` is the last offset it has."""

    client: str
    view: str
    cols: int
    rows: int
    epoch: str | None
    after: int


@dataclass(frozen=True)
class Input:
    """What a person typed, numbered by the client."""

    n: int
    data: bytes


@dataclass(frozen=True)
class Seen:
    """How far the view has rendered."""

    offset: int


@dataclass(frozen=True)
class Size:
    """The view's size in characters."""

    cols: int
    rows: int


@dataclass(frozen=True)
class Restart:
    """A new shell, please."""


@dataclass(frozen=True)
class Ping:
    """Is anybody there? A script cannot see the WebSocket's own pings."""


Message = Open | Input | Seen | Size | Restart | Ping


def parse(message: str | bytes) -> Message:
    """The message, or Malformed."""
    if isinstance(message, bytes):
        raise Malformed("text frames only", UNSUPPORTED)
    if len(message.encode()) > FRAME_LIMIT:
        raise Malformed("frame too big", TOO_BIG)
    try:
        fields = json.loads(message)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(fields, dict):
        raise Malformed("not an object")
    match fields.get("cmd"):
        case "input":
            return Input(_number(fields, "n", 1, _LARGEST), _data(fields))
        case "seen":
            return Seen(_number(fields, "offset", 0, _LARGEST))
        case "size":
            return Size(*_size(fields))
        case "restart":
            return Restart()
        case "ping":
            return Ping()
        case "open":
            return _open(fields)
    raise Malformed("unknown cmd")


def _open(fields: dict[str, object]) -> Open:
    client, epoch, view = fields.get("client"), fields.get("epoch"), fields.get("view", "xterm")
    if not isinstance(client, str) or not _CLIENT.fullmatch(client):
        raise Malformed("client must be 1 to 64 letters, digits, - or _")
    if epoch is not None and (not isinstance(epoch, str) or not _EPOCH.fullmatch(epoch)):
        epoch = None  # another server's: never resumable here
    if view not in ("xterm", "butterfly"):
        raise Malformed("view must be xterm or butterfly")
    after = _number(fields, "after", 0, _LARGEST) if fields.get("after") is not None else 0
    return Open(client, str(view), *_size(fields), epoch, after)


def _size(fields: dict[str, object]) -> tuple[int, int]:
    # A hidden frame measures nothing; a size of 0 would break programs, not help them.
    cols = _number(fields, "cols", 0, _LARGEST)
    rows = _number(fields, "rows", 0, _LARGEST)
    return min(max(cols, 2), 1000), min(max(rows, 1), 500)


def _data(fields: dict[str, object]) -> bytes:
    data = fields.get("data")
    if not isinstance(data, str):
        raise Malformed("data must be text")
    return data.encode("utf-8", "replace")


def _number(fields: dict[str, object], name: str, least: int, most: int) -> int:
    value = fields.get(name)
    if type(value) is not int or not least <= value <= most:
        raise Malformed(f"{name} must be a whole number")
    return value
