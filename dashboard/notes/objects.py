"""`session.yaml`: what a workshop wants in the project of each session, on a cluster."""

import re
from collections.abc import Iterator
from typing import Any

from dashboard.notes.document import Entry, parse
from dashboard.notes.fields import Fields
from dashboard.notes.folder import Folder
from dashboard.notes.report import Report
from dashboard.notes.variables import Variables
from dashboard.notes.workshop import Brought

FILE = "session.yaml"
_BREAK = re.compile(r"---(\s.*)?")


def read(folder: Folder, variables: Variables, report: Report) -> tuple[Brought, ...]:
    """Return the objects with their variables' values; none when anything in the file is wrong.

    The notes can be shown without them, so mistakes are warnings.
    """
    if FILE not in folder.names(""):
        return ()
    own = Report()
    text = Folder(folder.path, own).read(FILE) or ""
    for number, line in enumerate(text.split("\n"), 1):
        for name in variables.unknown(line):
            own.error(FILE, number, f"%{name}% is no variable of this workshop")
    found = [_object(part, first, own) for first, part in _documents(text)]
    for mistake in own.in_order():
        report.warn(folder.label + FILE, mistake.line, mistake.message)
    if own.fatal:
        return ()
    place = folder.label + FILE
    return tuple(
        Brought(f"{place}:{one.line}", _plain(one, variables)) for one in found if one.value
    )


def _documents(text: str) -> Iterator[tuple[int, str]]:
    """Yield each document of a file with the number of its first line."""
    first, lines = 1, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        if _BREAK.fullmatch(line):
            yield first, "\n".join(lines)
            first, lines = number + 1, []
        else:
            lines.append(line)
    yield first, "\n".join(lines)


def _object(text: str, first_line: int, report: Report) -> Entry:
    """Read one object; one without a name could not be told from those that are there already."""
    entry = parse(text, FILE, report, first_line)
    if entry.value:
        fields = Fields(entry, FILE, report)
        for name in ("apiVersion", "kind"):
            fields.text(name, required=True)
        metadata = fields.entry("metadata") or Entry({}, entry.line)
        if isinstance(metadata.value, dict):
            Fields(metadata, FILE, report).text("name", required=True)
        else:
            report.error(
                FILE, metadata.line, f"`metadata` must be a mapping, found {metadata.kind}"
            )
    return entry


def _plain(entry: Entry, variables: Variables) -> Any:
    value = entry.value
    if isinstance(value, dict):
        return {variables.replace(name): _plain(one, variables) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, variables) for one in value]
    return variables.replace(value) if isinstance(value, str) else value
