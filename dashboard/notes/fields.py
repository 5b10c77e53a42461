"""Reading the values of a mapping, strictly: types are checked and nothing is left over."""

from dashboard.notes.document import Entry
from dashboard.notes.report import Report


class Fields:
    """Hands out a mapping's values by name; what does not fit is reported with its line."""

    def __init__(self, entry: Entry, file: str, report: Report) -> None:
        self._values = entry.value if isinstance(entry.value, dict) else {}
        self._file, self._report, self._line = file, report, entry.line
        self._known: set[str] = set()
        # Of a mapping that could not be read nobody can say that something is missing.
        self._unread = entry.value is None

    def text(self, name: str, *others: str, required: bool = False) -> str:
        """Return a line of text, or nothing; the first of several names that is given counts."""
        entry = self._first(name, *others)
        if entry is not None and isinstance(entry.value, (list, dict)):
            self._wrong(entry, name, "text")
            return ""
        text = entry.raw.strip() if entry is not None and entry.value is not None else ""
        if required and not text and not self._unread:
            line = entry.line if entry is not None else self._line
            self._report.error(self._file, line, f"`{name}` is missing")
        return text

    def number(self, name: str, least: int, most: int) -> int | None:
        """Return a whole number within bounds, or None when it is not given."""
        entry = self._first(name)
        if entry is None or entry.value is None:
            return None
        number = entry.value
        if isinstance(number, int) and not isinstance(number, bool) and least <= number <= most:
            return number
        self._wrong(entry, name, f"a number from {least} to {most}")
        return None

    def flag(self, name: str, usual: bool = False) -> bool:
        """Return whether something is so; `usual` when it is not given."""
        entry = self._first(name)
        if entry is None or isinstance(entry.value, bool):
            return usual if entry is None else entry.value is True
        self._wrong(entry, name, "yes or no")
        return usual

    def entries(self, name: str) -> list[Entry]:
        """Return the items of a list; a single text counts as a list of one."""
        entry = self._first(name)
        if entry is None or entry.value is None:
            return []
        if isinstance(entry.value, list):
            return entry.value
        if isinstance(entry.value, dict):
            self._wrong(entry, name, "a list")
            return []
        return [entry]

    def texts(self, name: str) -> list[Entry]:
        """Return the items of a list of texts, each with its line."""
        kept = []
        for item in self.entries(name):
            if item.value is None or isinstance(item.value, (list, dict)):
                self._wrong(item, f"each of `{name}`", "text", quote=False)
            else:
                kept.append(item)
        return kept

    def entry(self, name: str) -> Entry | None:
        """Return a value as it stands, for the caller to look into."""
        return self._first(name)

    def no_others(self) -> None:
        """Report every name that nothing has asked for."""
        names = ", ".join(sorted(self._known))
        for name, entry in self._values.items():
            if name not in self._known:
                message = f"`{name}` is not known here; known are: {names}"
                self._report.error(self._file, entry.line, message)

    def _first(self, *names: str) -> Entry | None:
        self._known.update(names)
        found = [self._values[name] for name in names if name in self._values]
        return found[0] if found else None

    def _wrong(self, entry: Entry, name: str, expected: str, quote: bool = True) -> None:
        name = f"`{name}`" if quote else name
        self._report.error(self._file, entry.line, f"{name} must be {expected}, found {entry.kind}")
