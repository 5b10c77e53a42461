"""The variables that a workshop declares, as formats write them."""

import re

from dashboard.notes.document import Entry
from dashboard.notes.fields import Fields
from dashboard.notes.report import Report
from dashboard.notes.workshop import Variable

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}$")


def variables(entry: Entry | None, file: str, report: Report) -> tuple[Variable, ...]:
    """Return the declared variables: a list of them, or a mapping of names to values."""
    if entry is None or entry.value is None:
        return ()
    if isinstance(entry.value, dict):
        pairs = [(name, value) for name, value in entry.value.items()]
        found = [_named(name, value, file, report) for name, value in pairs]
    elif isinstance(entry.value, list):
        found = [_listed(item, file, report) for item in entry.value]
    else:
        report.error(file, entry.line, f"variables must be a list, found {entry.kind}")
        return ()
    return _unique([pair for pair in found if pair], file, report)


def _listed(item: Entry, file: str, report: Report) -> tuple[Variable, int] | None:
    if not isinstance(item.value, dict):
        message = f"a variable needs `name:` and `value:`, found {item.kind}"
        report.error(file, item.line, message)
        return None
    fields = Fields(item, file, report)
    name = fields.text("name", required=True)
    return (_variable(name, fields, file, report, item.line), item.line) if name else None


def _named(name: str, value: Entry, file: str, report: Report) -> tuple[Variable, int] | None:
    if isinstance(value.value, dict):
        fields = Fields(value, file, report)
        return _variable(name, fields, file, report, value.line), value.line
    if isinstance(value.value, list):
        report.error(file, value.line, f"`{name}` must be text, found a list")
        return None
    _check_name(name, file, report, value.line)
    return Variable(name, "" if value.value is None else value.raw), value.line


def _variable(name: str, fields: Fields, file: str, report: Report, line: int) -> Variable:
    _check_name(name, file, report, line)
    value = fields.text("value", "default")
    description = fields.text("description", "desc")
    aliases = tuple(entry.raw for entry in fields.texts("aliases"))
    if report.strict:
        fields.no_others()
    return Variable(name, value, description, aliases)


def _check_name(name: str, file: str, report: Report, line: int) -> None:
    if not NAME.match(name):
        message = f"“{name}” cannot name a variable; use letters, digits and underscores"
        report.doubt(file, line, message)


def _unique(found: list[tuple[Variable, int]], file: str, report: Report) -> tuple[Variable, ...]:
    kept: dict[str, Variable] = {}
    for variable, line in found:
        if variable.name in kept:
            report.doubt(file, line, f"the variable “{variable.name}” is declared twice")
        kept[variable.name] = variable
    return tuple(kept.values())
