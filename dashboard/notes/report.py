"""Where mistakes are collected, so that an author sees all of them at once."""

from dataclasses import dataclass, field

from dashboard.notes.workshop import Mistake

#: Nobody reads more; a workshop made to have more must not cost more.
MOST = 1000


@dataclass
class Report:
    """Keeps each mistake once; `strict` says whether dubious content is fatal."""

    strict: bool = True
    fatal: bool = False
    _mistakes: dict[Mistake, None] = field(default_factory=dict)

    def error(self, file: str, line: int, message: str) -> None:
        """Record a mistake that keeps the workshop from loading."""
        self.fatal = True
        self._add(Mistake(file, line, message))

    def warn(self, file: str, line: int, message: str) -> None:
        """Record a mistake that the workshop can live with."""
        self._add(Mistake(file, line, message, warning=True))

    def doubt(self, file: str, line: int, message: str) -> None:
        """Record what our own format forbids and a foreign one has always let pass."""
        if self.strict:
            self.error(file, line, message)
        else:
            self.warn(file, line, message)

    @property
    def full(self) -> bool:
        """True when further mistakes are not kept."""
        return len(self._mistakes) >= MOST

    def in_order(self) -> tuple[Mistake, ...]:
        """Return the mistakes by file and line."""
        return tuple(sorted(self._mistakes))

    def _add(self, mistake: Mistake) -> None:
        if not self.full:
            self._mistakes[mistake] = None
