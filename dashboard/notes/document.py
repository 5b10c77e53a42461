"""YAML in which every value knows its line, for workshop.yaml and for front matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from dashboard.notes.report import Report

#: A description of a workshop is small; more is a mistake or an attack with aliases.
MOST_VALUES = 20_000
MOST_BYTES = 256 * 1024


@dataclass(frozen=True)
class Entry:
    """A value with its line; `raw` is how a scalar was written."""

    value: str | int | float | bool | None | list[Entry] | dict[str, Entry]
    line: int
    raw: str = ""

    @property
    def kind(self) -> str:
        """Say in an author's words what this is."""
        names = {dict: "a mapping", list: "a list", type(None): "nothing", str: "text"}
        return names.get(type(self.value), f"“{self.raw}”")


def parse(text: str, file: str, report: Report, first_line: int = 1) -> Entry:
    """Return the document's mapping; nothing, and a mistake in the report, when it has none."""
    nothing = Entry(None, first_line)
    if len(text) > MOST_BYTES:
        report.error(file, first_line, f"larger than {MOST_BYTES // 1024} KiB, too large to read")
        return nothing
    loader: Any = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return Entry({}, first_line)
        entry = _Reader(loader, file, report, first_line).read(node)
    except (yaml.MarkedYAMLError, yaml.reader.ReaderError) as error:
        report.error(file, first_line + _line(error, text), f"not valid YAML: {_reason(error)}")
        return nothing
    except (RecursionError, _TooManyError):
        report.error(file, first_line, "nested too deeply, or too many values, to be read")
        return nothing
    finally:
        if loader is not None:
            loader.dispose()
    if isinstance(entry.value, dict):
        return entry
    report.error(file, entry.line, f"expected `name: value` lines, found {entry.kind}")
    return nothing


class _TooManyError(Exception):
    """Aliases make more values than a description can need."""


class _Reader:
    def __init__(self, loader: Any, file: str, report: Report, first_line: int) -> None:
        self._loader, self._file, self._report = loader, file, report
        self._first_line, self._count = first_line, 0

    def read(self, node: yaml.Node) -> Entry:
        self._count += 1
        if self._count > MOST_VALUES:
            raise _TooManyError
        line = self._first_line + node.start_mark.line
        if isinstance(node, yaml.SequenceNode):
            return Entry([self.read(item) for item in node.value], line)
        if isinstance(node, yaml.MappingNode):
            return Entry(self._mapping(node), line)
        return Entry(self._scalar(node), line, node.value)

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Entry]:
        values: dict[str, Entry] = {}
        for key, value in node.value:
            line = self._first_line + key.start_mark.line
            if not isinstance(key, yaml.ScalarNode):
                self._report.error(self._file, line, "a name must be plain text")
                continue
            if key.value in values:
                self._report.error(self._file, line, f"“{key.value}” is given twice")
            entry = self.read(value)
            # An empty value has its mark on a later line; the name's line is what helps.
            values[key.value] = entry if entry.raw or entry.value else Entry(entry.value, line, "")
        return values

    def _scalar(self, node: yaml.Node) -> str | int | float | bool | None:
        try:
            value = self._loader.construct_object(node)
        except (yaml.YAMLError, ValueError):
            return str(node.value)
        if value is None or isinstance(value, (str, int, float, bool)):
            return value
        return str(node.value)  # dates and the like are text here


def _line(error: Exception, text: str) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return int(mark.line)
    return text.count("\n", 0, getattr(error, "position", 0))


def _reason(error: Exception) -> str:
    if isinstance(error, yaml.reader.ReaderError):
        return "a character that cannot stand in YAML"
    reason = getattr(error, "problem", None) or getattr(error, "context", None)
    return str(reason or "it cannot be read")
