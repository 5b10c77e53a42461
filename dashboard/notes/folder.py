"""The folder a workshop is read from; nothing outside it is ever opened."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dashboard.notes.report import Report

#: A chapter is text for people; more than this is a mistake.
MOST_BYTES = 1024 * 1024
#: Everything that is neither printed nor a line's end or a tab.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\ue000-\ue00f]")


@dataclass(frozen=True)
class Folder:
    """Reads files below `path`; a refusal is a mistake with the file's name after `label`."""

    path: Path
    report: Report
    label: str = ""

    @cached_property
    def _real(self) -> Path:
        return self.path.resolve()

    def file(self, name: str) -> Path | None:
        """Return an ordinary file that really lies in the folder, or None."""
        if "\0" in name or "\\" in name or any(part.startswith(".") for part in name.split("/")):
            return None
        try:
            path = (self.path / name).resolve()
            inside = path.is_relative_to(self._real) and path.is_file()
        except (OSError, RuntimeError, ValueError):
            return None
        return path if inside else None

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder of this one, hidden ones left out; none if there is none."""
        try:
            inside = (self.path / folder).resolve().is_relative_to(self._real)
            entries = (self.path / folder).iterdir() if inside else ()
            return sorted(entry.name for entry in entries if not entry.name.startswith("."))
        except OSError:
            return []

    def read(self, name: str) -> str | None:
        """Return a file's text with plain line ends, or None and a mistake in the report."""
        path, name = self.file(name), self.label + name
        if path is None:
            self.report.error(name, 1, "cannot be read: no ordinary file in the workshop's folder")
            return None
        try:
            with path.open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
        except OSError as error:
            self.report.error(name, 1, f"cannot be read: {error.strerror}")
            return None
        return None if self._too_large(name, data) else self._decode(name, data)

    def _too_large(self, name: str, data: bytes) -> bool:
        if len(data) > MOST_BYTES:
            self.report.warn(name, 1, "too large: more than 1 MiB is not shown")
        return len(data) > MOST_BYTES

    def _decode(self, name: str, data: bytes) -> str | None:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.report.error(name, line, "not UTF-8 text; save the file as UTF-8")
            return None
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        # Characters nobody sees may not hide in what is shown, nor pose as our own tokens.
        for match in CONTROL.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            code = f"U+{ord(match[0]):04X}"
            self.report.warn(name, line, f"the control character {code} was left out")
            break
        return CONTROL.sub("", text)
