"""Where mistakes are collected, so that an author sees all of them at once."""

from dataclasses import dataclass, field

from dashboard.notes.workshop import Mistake


@dataclass
class Report:
    """Keeps each mistake once; `strict` says whether dubious content is fatal."""

    strict: bool = True
    mistakes: list[Mistake] = field(default_factory=list)

    def error(self, file: str, line: int, message: str) -> None:
        """Record a mistake that keeps the workshop from loading."""
        self._add(Mistake(file, line, message))

    def warn(self, file: str, line: int, message: str) -> None:
        """Record a mistake that the workshop can live with."""
        self._add(Mistake(file, line, message, warning=True))

    def doubt(self, file: str, line: int, message: str) -> None:
        """Record what our own format forbids and a foreign one has always let pass."""
        self._add(Mistake(file, line, message, warning=not self.strict))

    @property
    def fatal(self) -> bool:
        """True when at least one mistake keeps the workshop from loading."""
        return any(not mistake.warning for mistake in self.mistakes)

    def in_order(self) -> tuple[Mistake, ...]:
        """Return the mistakes by file and line."""
        return tuple(sorted(self.mistakes))

    def _add(self, mistake: Mistake) -> None:
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)
