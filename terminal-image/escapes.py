"""Cuts terminal output into text and whole escape sequences, however the reads split it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

#: An unfinished control or operating system command longer than this is thrown away.
CSI_LIMIT = 256
OSC_LIMIT = 8192

_C1 = re.compile("[\x80-\x9f]")
_CSI = re.compile(r"\x1b\[([<=>?]?)([0-9:;]*+)([ -/]*+)([@-~])")
_CSI_OPEN = re.compile(r"\x1b\[[0-?]*+[ -/]*+")
_ESC = re.compile(r"\x1b([ -/]*+)([0-~])")
_ESC_OPEN = re.compile(r"\x1b[ -/]*+")
_OSC_END = re.compile("[\x07\x18\x1a\x1b]")
_STRING_END = re.compile("[\x18\x1a\x1b]")
_OSC_NUMBER = re.compile(r"([0-9]{1,5})(?:;(.*))?", re.DOTALL)
_STRINGS = "PX^_"


class Csi(NamedTuple):
    """A whole control sequence: ESC [ prefix params intermediates final."""

    prefix: str
    params: str
    intermediates: str
    final: str

    @property
    def raw(self) -> str:
        """The sequence as bytes of one spelling, whatever spelling came in."""
        return f"\x1b[{self.prefix}{self.params}{self.intermediates}{self.final}"


class Osc(NamedTuple):
    """A whole operating system command: a number and what follows it."""

    number: int
    body: str

    @property
    def raw(self) -> str:
        """The sequence as bytes of one spelling, whatever spelling came in."""
        return f"\x1b]{self.number};{self.body}\x07"


class Esc(NamedTuple):
    """A whole short escape: ESC intermediates final."""

    intermediates: str
    final: str

    @property
    def raw(self) -> str:
        """The sequence as bytes of one spelling, whatever spelling came in."""
        return f"\x1b{self.intermediates}{self.final}"


Token = str | Csi | Osc | Esc


class Scanner:
    """Yields text and whole sequences; device control strings are swallowed, never held."""

    def __init__(self, plain: "re.Pattern[str]") -> None:
        """`plain` matches any run that needs no second look."""
        self._plain = plain
        self._held = ""
        self._skipping: re.Pattern[str] | None = None

    @property
    def held(self) -> int:
        """How many characters wait for the rest of their sequence (bounded)."""
        return len(self._held)

    def feed(self, text: str) -> Iterator[Token]:
        """What the text completes; anything unfinished waits for the next call."""
        if not text.isascii() and _C1.search(text):
            text = _C1.sub(lambda c: "\x1b" + chr(ord(c[0]) - 0x40), text)
        text, self._held = self._held + text, ""
        position, end = 0, len(text)
        while position < end:
            if self._skipping is not None:
                position = self._skip(text, position)
                continue
            run = self._plain.match(text, position)
            if run is not None and run.end() > position:
                yield run[0]
                position = run.end()
            elif text[position] != "\x1b":
                position += 1  # a control character that has no business in output
            else:
                position, token = self._sequence(text, position)
                if token is not None:
                    yield token

    def _skip(self, text: str, position: int) -> int:
        assert self._skipping is not None
        end = self._skipping.search(text, position)
        if end is None:
            return len(text)
        self._skipping = None
        # ESC is left in place: it begins the string terminator or the next sequence.
        return end.start() if end[0] == "\x1b" else end.end()

    def _sequence(self, text: str, position: int) -> tuple[int, Token | None]:
        kind = text[position + 1 : position + 2]
        if kind == "[":
            return self._control(text, position)
        if kind == "]":
            return self._command(text, position)
        if kind and kind in _STRINGS:
            self._skipping = _STRING_END
            return position + 2, None
        whole = _ESC.match(text, position)
        if whole is not None:
            return whole.end(), Esc(whole[1], whole[2])
        return self._unfinished(text, position, _ESC_OPEN), None

    def _control(self, text: str, position: int) -> tuple[int, Token | None]:
        whole = _CSI.match(text, position)
        if whole is not None and whole.end() - position <= CSI_LIMIT:
            return whole.end(), Csi(*whole.groups())
        if whole is not None:
            return whole.end(), None
        return self._unfinished(text, position, _CSI_OPEN), None

    def _unfinished(self, text: str, position: int, opening: "re.Pattern[str]") -> int:
        """Hold what may still become a sequence; drop what cannot, and go on behind it."""
        begun = opening.match(text, position)
        assert begun is not None
        if begun.end() == len(text) and begun.end() - position <= CSI_LIMIT:
            self._held = begun[0]
        return begun.end()

    def _command(self, text: str, position: int) -> tuple[int, Token | None]:
        end = _OSC_END.search(text, position + 2)
        if end is None:
            if len(text) - position <= OSC_LIMIT:
                self._held = text[position:]
            else:
                self._skipping = _OSC_END
            return len(text), None
        body = text[position + 2 : end.start()]
        if end[0] == "\x1b":
            terminator = text[end.start() + 1 : end.start() + 2]
            if not terminator and len(text) - position <= OSC_LIMIT:
                self._held = text[position:]
                return len(text), None
            if terminator != "\\":
                return end.start(), None
        elif end[0] != "\x07":
            return end.end(), None
        number = _OSC_NUMBER.fullmatch(body)
        if number is None or len(body) > OSC_LIMIT:
            return end.end() + (end[0] == "\x1b"), None
        return end.end() + (end[0] == "\x1b"), Osc(int(number[1]), number[2] or "")
