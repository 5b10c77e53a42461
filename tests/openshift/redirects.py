"""Which addresses a client may send people back to."""

from urllib.parse import unquote, urlsplit


def fits(registered: str, asked: str) -> bool:
    """Whether the asked address is the registered one or lies below it."""
    base, wanted = urlsplit(registered), urlsplit(asked)
    if "#" in asked or (base.scheme, base.netloc) != (wanted.scheme, wanted.netloc):
        return False
    here, there = unquote(base.path), unquote(wanted.path)
    if here == there:
        return True
    above = here.rstrip("/") + "/"
    return there.startswith(above) and ".." not in there.removeprefix(above).split("/")


def chosen(registered: tuple[str, ...], asked: str) -> str:
    """The address to send people back to; empty when none fits."""
    if not asked:
        return registered[0] if len(registered) == 1 else ""
    return asked if any(fits(one, asked) for one in registered) else ""
