"""Events of a class: each has a code of its own, which lets people in until the event ends."""

import hmac
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SHORTEST = 8
KEYS = {"code", "begins", "ends"}
NOT_YET = "“{}” begins on {}. Please come back then."
OVER = "“{}” is over. If you should still get in, please ask the instructor."


@dataclass(frozen=True)
class Event:
    """An event; both times have a zone."""

    name: str
    code: str = field(repr=False)
    ends: datetime
    begins: datetime

    def refusal(self, now: datetime) -> str:
        """Why nobody gets in at that time, in words for them; empty when they do."""
        if now < self.begins:
            return NOT_YET.format(self.name, self.begins.strftime("%d %B at %H:%M %Z"))
        return OVER.format(self.name) if now >= self.ends else ""


class Events:
    """The events of a file, as it is now: a change needs no restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = ""
        self._events: tuple[Event, ...] = ()
        self.mistakes: list[str] = []

    def all(self) -> tuple[Event, ...]:
        """The events; none while the file cannot be read or has mistakes."""
        try:
            text = self._path.read_text()
        except (OSError, UnicodeError) as error:
            text, self._text, self._events = "", "", ()
            self.mistakes = [f"{self._path}: {getattr(error, 'strerror', '') or error}"]
        if text != self._text:
            self._text = text
            self._events, self.mistakes = parse(text)
        return self._events

    def of_code(self, code: str) -> Event | None:
        """The event of the code, however near a guess is, in the same time."""
        typed = code.strip().encode()
        fitting = [one for one in self.all() if hmac.compare_digest(one.code.encode(), typed)]
        return fitting[0] if fitting else None

    def are_on(self, names: set[str]) -> bool:
        """Whether one of these events is on."""
        now = datetime.now(UTC)
        return any(one.name in names and not one.refusal(now) for one in self.all())


def parse(text: str) -> tuple[tuple[Event, ...], list[str]]:
    """The events of a TOML text, and a sentence for each mistake; with a mistake, no event."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return (), [f"expected TOML: {error}"]
    mistakes = [words for name, table in tables.items() if (words := mistake_in(name, table))]
    if not tables:
        mistakes = ['expected an event, such as ["Class of May"] with code and ends']
    if mistakes:
        return (), mistakes
    first = datetime.min.replace(tzinfo=UTC)
    events = [Event(name, **{"begins": first, **table}) for name, table in tables.items()]
    if len({one.code for one in events}) < len(events):
        return (), ["two events have the same code"]
    return tuple(events), []


def mistake_in(name: str, table: Any) -> str:
    """What is wrong with an event, never with its code in it; empty when nothing is."""
    if not isinstance(table, dict):
        return f"{name} is no event: expected a line [{name}] with code and ends below it"
    if unknown := table.keys() - KEYS:
        return f"[{name}] has {sorted(unknown)[0]}: expected code, begins and ends"
    if not isinstance(table.get("code"), str) or len(table["code"].strip()) < SHORTEST:
        return f"[{name}] needs a code of at least {SHORTEST} characters"
    for key in ("begins", "ends"):
        when = table.get(key, None if key == "ends" else datetime.now(UTC))
        if not isinstance(when, datetime) or when.tzinfo is None:
            return f"[{name}] {key}: expected a time with its zone: 2027-05-04T18:00:00+02:00"
    if not table.get("begins", table["ends"]) <= table["ends"]:
        return f"[{name}] ends before it begins"
    return ""
