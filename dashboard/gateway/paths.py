"""Which request paths are served: only those that every server reads alike."""

from urllib.parse import unquote_to_bytes


def is_plain(path: str) -> bool:
    """Whether the path climbs nowhere, hides nothing and means the same to any server."""
    raw = unquote_to_bytes(path)
    if not raw.startswith(b"/") or b"\\" in raw or b"//" in raw:
        return False
    if any(byte < 0x20 or byte == 0x7F for byte in raw):
        return False
    return not any(segment in {b".", b".."} for segment in raw.split(b"/"))
