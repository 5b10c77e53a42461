"""Reads variables one by one, and collects what is wrong with them."""

import json
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from hub.settings.table import INTERNAL, SETTINGS

ROOT = Path(__file__).resolve().parents[2]


class Reader:
    """Reads variables by their Setting and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.mistakes: list[str] = []
        self._environ = environ
        self._defaults = {setting.name: setting.default for setting in SETTINGS + INTERNAL}

    def text(self, name: str) -> str:
        """The value, or the default."""
        return self._environ.get(name, "").strip() or self._defaults[name]

    def number(self, name: str, low: int, high: int) -> int:
        """A whole number between the two."""
        value = self.text(name)
        if value.isdecimal() and len(value) < 12 and low <= int(value) <= high:
            return int(value)
        self.mistakes.append(f"{name} is {value[:80]!r}: expected a number from {low} to {high}")
        return low

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of the choices."""
        value = self.text(name)
        if value not in choices:
            wanted = " or ".join(choice for choice in choices if choice)
            self.mistakes.append(f"{name} is {value[:80]!r}: expected {wanted}")
        return value

    def checked(self, name: str, fits: Callable[[str], bool], expected: str) -> str:
        """The value, if it is empty or fits; a password is never repeated."""
        value = self.text(name)
        if value and not fits(value):
            shown = "too short" if "PASSWORD" in name else repr(value[:80])
            self.mistakes.append(f"{name} is {shown}: expected {expected}")
        return value

    def secret_url(self, name: str, schemes: tuple[str, ...]) -> str:
        """An address of one of the schemes, or nothing; not repeated: it may hold a password."""
        value = self.text(name)
        if value and value.partition("://")[0] not in schemes:
            self.mistakes.append(f"{name} cannot be used: expected {schemes[0]}://…")
        return value

    def names(self, name: str) -> frozenset[str]:
        """The names between the commas."""
        return frozenset(filter(None, map(str.strip, self.text(name).split(","))))

    def file(self, name: str) -> str:
        """The file's whole path, if it is given; it can be read."""
        value = self.text(name)
        if not value:
            return ""
        path = ROOT / Path(value).expanduser()
        try:
            path.read_bytes()
        except OSError as error:
            self.mistakes.append(f"{name} is {value[:80]!r}: {error.strerror}")
        return str(path)

    def trust(self, name: str) -> str:
        """The whole path of a file of certificates, if it is given."""
        value = self.file(name)
        if value and not is_trust(value):
            self.mistakes.append(f"{name} is {value[:80]!r}: expected a file of PEM certificates")
        return value

    def address(self, name: str) -> str:
        """An address by https, without a slash at its end."""
        return self.checked(name, is_https, "an address that begins with https://").rstrip("/")

    def given(self, name: str) -> bool:
        """Whether it has a value; a secret may have it in its file or by itself."""
        return bool(self.text(name) or self.text(name.removesuffix("_FILE")))

    def secret(self, name: str) -> str:
        """What the file of that name holds, or else the variable itself."""
        path = self.file(f"{name}_FILE")
        if not path:
            return self.text(name)
        if self.text(name):
            self.mistakes.append(f"{name} and {name}_FILE are both set: leave one out")
        try:
            value = Path(path).read_text().strip()
        except (OSError, UnicodeError):
            return ""
        if not value:
            self.mistakes.append(f"{name}_FILE is {path[:80]!r}, which is empty")
        return value


def at_least(length: int) -> Callable[[str], bool]:
    return lambda value: len(value) >= length


def is_origin(value: str) -> bool:
    url = urlsplit(value)
    return url.scheme in {"http", "https"} and bool(url.hostname) and url.path in {"", "/"}


def is_texts(value: str) -> bool:
    try:
        found = json.loads(value)
    except ValueError:
        return False
    return isinstance(found, dict) and all(isinstance(text, str) for text in found.values())


def is_list(value: str) -> bool:
    try:
        return isinstance(json.loads(value), list)
    except ValueError:
        return False


def is_https(value: str) -> bool:
    url = urlsplit(value)
    return url.scheme == "https" and bool(url.hostname) and not url.query and not url.fragment


def is_ldap(value: str) -> bool:
    url = urlsplit(value)
    try:
        port_fits = url.port != 0
    except ValueError:
        return False
    plain = url.path in {"", "/"} and not url.query and not url.username
    return url.scheme in {"ldap", "ldaps"} and bool(url.hostname) and port_fits and plain


def is_trust(path: str) -> bool:
    """Whether the file holds certificates."""
    try:
        return bool(ssl.create_default_context(cafile=path))
    except (OSError, ValueError):  # an SSLError is an OSError
        return False
