"""A figure: pairs of readings, their ratio with an interval, and whether the bar holds."""

import json
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """Readings of ours (and of the peer, pair by pair) and the bar they are held to.

    `bar` is the highest ratio allowed or, where there is no peer or `absolute` is set, the
    highest reading allowed. `faults` counts what must not happen at all.
    """

    name: str
    unit: str
    ours: Sequence[float]
    peer: Sequence[float] | None = None
    bar: float | None = None
    note: str = ""
    absolute: bool = False
    faults: int = 0

    @property
    def ratios(self) -> list[float]:
        """Ours divided by the peer's, one for each pair."""
        return [a / b for a, b in zip(self.ours, self.peer or (), strict=False)]

    @property
    def holds(self) -> bool | None:
        """True when nothing failed and the median is at or below the bar; None without a bar."""
        if self.bar is None:
            return None
        return not self.faults and statistics.median(self.judged) <= self.bar

    @property
    def judged(self) -> Sequence[float]:
        """What the bar is held against."""
        return self.ours if self.absolute else self.ratios or self.ours

    def as_json(self) -> dict[str, object]:
        """The figure as the file of a benchmark holds it."""
        return {
            "ours": statistics.median(self.ours),
            "peer": statistics.median(self.peer) if self.peer else None,
            "ratio": statistics.median(self.ratios) if self.peer else None,
            "bar": self.bar,
            "holds": self.holds,
            "unit": self.unit,
            "interval": list(interval(self.judged)),
            "pairs": len(self.ours),
            "faults": self.faults,
            "note": self.note,
        }


def interval(values: Sequence[float], *, resamples: int = 2000) -> tuple[float, float]:
    """The 95 % bootstrap interval of the median (Efron 1979), the same at every call."""
    chance = random.Random(1)
    medians = sorted(
        statistics.median(chance.choices(values, k=len(values))) for _ in range(resamples)
    )
    return medians[int(0.025 * resamples)], medians[int(0.975 * resamples) - 1]


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of text, one a figure, with median, interval and verdict."""
    lines = [
        f"{'figure':<22}{'ours':>14}{'peer':>14}{'ratio':>9}{'95 % interval':>20}{'bar':>9}  holds"
    ]
    for figure in figures:
        row = figure.as_json()
        low, high = interval(figure.judged)
        lines.append(
            f"{figure.name:<22}{_cell(row['ours'], figure.unit):>14}"
            f"{_cell(row['peer'], figure.unit):>14}{_cell(row['ratio']):>9}"
            f"{f'{low:.3g} – {high:.3g}':>20}{_cell(row['bar']):>9}  "
            f"{'-' if figure.holds is None else 'yes' if figure.holds else 'NO'}"
            + (f"  ({figure.note})" if figure.note else "")
        )
    return "\n".join(lines)


def write(figures: Sequence[Figure], names: Sequence[str], file: Path) -> None:
    """Figures measured now replace those of the same name; the rest of the file stays."""
    known = json.loads(file.read_text()) if file.exists() else {}
    known |= {figure.name: figure.as_json() for figure in figures}
    file.parent.mkdir(exist_ok=True)
    file.write_text(
        json.dumps({name: known[name] for name in names if name in known}, indent=2) + "\n"
    )


def _cell(value: object, unit: str = "") -> str:
    if value is None:
        return "-"
    return f"{value:.4g} {unit}".strip()
