"""What a program's output may make a browser's terminal do: show text, never type or fetch."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from escapes import Csi, Esc, Osc, Scanner

_PLAIN = re.compile(r"(?:[^\x05\x18\x1a\x1b\x7f-\x9f]++|\x1b\[[0-9;]*+[A-HJ-MPTX@`abdefgmr])++")
_STRICT_PLAIN = re.compile(
    r"(?:[^\x00-\x06\x10-\x1f\x7f-\x9f]++"
    r"|\x1b\[(?:[0-9]{1,4}(?:;[0-9]{1,4})*+)?[A-HJ-MPX@`abdefgmr])++"
)

#: Modes in which the terminal itself sends: mouse, focus, colour scheme, size in band, raw keys.
_MOUSE_MODES = frozenset({9, 1000, 1001, 1002, 1003, 1005, 1006, 1015, 1016})
_FOCUS_MODE = 1004
_NEVER_MODES = frozenset({77, 2031, 2048, 9001})
_COLOURS = frozenset({4, 10, 11, 12})
_COMMANDS = frozenset({0, 1, 2, 8, 104, 110, 111, 112}) | _COLOURS
_SCHEMES = ("http://", "https://", "mailto:", "ftp://")

#: Butterfly's modes that neither type, resize nor change the page.
_BUTTERFLY_MODES = frozenset({1, 2, 6, 7, 25, 47, 66, 1047, 1049}) | _MOUSE_MODES - {1001, 1016}
_BUTTERFLY_FINALS = frozenset("@ABCDEFGHJKLMPXZ`abdefgmrsuIST")
_BUTTERFLY_ESCAPES = frozenset("cDEMH78=>") | frozenset(
    {"#8", *(slot + letter for slot in "()*+" for letter in "0AB")}
)
_PARAMETERS = re.compile(r"(?:[0-9]{1,4}(?:;[0-9]{1,4})*)?")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Query(NamedTuple):
    """Output that asks the terminal to answer: shown live to one view, kept by none."""

    text: str


class Title(NamedTuple):
    """The window's title, free of control characters."""

    text: str


class Mark(NamedTuple):
    """A shell integration mark (OSC 133) of our own shell profile."""

    kind: str
    value: str


Piece = str | Query | Title | Mark


class AnswerFilter:
    """Output that xterm.js may see: whole sequences only, questions only from raw programs."""

    def __init__(self, asks: Callable[[], bool], mark: str = "") -> None:
        """`asks()` says whether the program in front takes answers; `mark` proves our marks."""
        self._scanner = Scanner(_PLAIN)
        self._asks = asks
        self._mark = mark

    @property
    def held(self) -> int:
        """How many characters wait for the rest of their sequence (bounded)."""
        return self._scanner.held

    def feed(self, text: str) -> Iterator[Piece]:
        """The safe pieces of the stream, in order."""
        for token in self._scanner.feed(text):
            if isinstance(token, str):
                yield token
            elif isinstance(token, Csi):
                yield from self._control(token)
            elif isinstance(token, Osc):
                yield from self._command(token)
            elif token.final not in "Z\\" or token.intermediates:
                yield token.raw

    def _control(self, token: Csi) -> Iterator[Piece]:
        if token.final == "h" and token.prefix == "?":
            yield from self._modes(token)
        elif _is_query(token):
            if self._asks():
                yield Query(token.raw)
        elif not _is_refused(token):
            yield token.raw

    def _modes(self, token: Csi) -> Iterator[Piece]:
        numbers = [int(n) for n in token.params.split(";") if n.isdigit()]
        sends = any(n in _MOUSE_MODES or n == _FOCUS_MODE for n in numbers)
        asks = sends and self._asks()
        for number in numbers:
            if number == _FOCUS_MODE:
                # xterm.js answers this one at once, so a replay must not hold it.
                if asks:
                    yield Query(f"\x1b[?{number}h")
            elif number not in _NEVER_MODES and (asks or number not in _MOUSE_MODES):
                yield f"\x1b[?{number}h"

    def _command(self, token: Osc) -> Iterator[Piece]:
        if token.number == 133:
            kind, _, rest = token.body.partition(";")
            mark, _, value = rest.partition(";")
            if self._mark and mark == self._mark:
                yield Mark(kind, value)
        elif token.number in _COLOURS and "?" in token.body:
            if self._asks():
                yield Query(token.raw)
        elif token.number == 8:
            uri = token.body.partition(";")[2]
            if not uri or uri.lower().startswith(_SCHEMES):
                yield token.raw
        elif token.number in _COMMANDS:
            clean = Osc(token.number, _CONTROLS.sub("", token.body)[:1024])
            yield clean.raw
            if token.number in (0, 2):
                yield Title(clean.body[:256])


class StrictFilter:
    """Output that Butterfly 3.2.5's page may see: an allowlist, written in one spelling.

    Read from its main.min.js: it types into the PTY on DCS (PROMPT, TEXT, $q, +q), CSI n and c,
    focus mode 1004; it makes HTML of DCS (HTML, IMAGE) and of CSI ?77h; CSI ?3h/l resizes; CSI ?99n
    asks where you are. Its parser keeps on in the escape after ESC n o | } ~ and in CSI after an
    ESC, so a sequence that we do not know must not reach it even in part.
    """

    def __init__(self) -> None:
        self._scanner = Scanner(_STRICT_PLAIN)

    @property
    def held(self) -> int:
        """How many characters wait for the rest of their sequence (bounded)."""
        return self._scanner.held

    def feed(self, text: str) -> str:
        """The part of the stream that only shows."""
        return "".join(self._allowed(token) for token in self._scanner.feed(text))

    def _allowed(self, token: str | Csi | Osc | Esc) -> str:
        if isinstance(token, str):
            return token
        if isinstance(token, Osc):
            body = _CONTROLS.sub("", token.body)[:256]
            return Osc(token.number, body).raw if token.number in (0, 1, 2) else ""
        if isinstance(token, Esc):
            return token.raw if token.raw[1:] in _BUTTERFLY_ESCAPES else ""
        return self._control(token)

    def _control(self, token: Csi) -> str:
        if token.intermediates or not _PARAMETERS.fullmatch(token.params):
            return "\x1b[!p" if token.raw == "\x1b[!p" else ""
        if token.prefix == "?" and token.final in "hl":
            modes = [n for n in token.params.split(";") if n and int(n) in _BUTTERFLY_MODES]
            return f"\x1b[?{';'.join(modes)}{token.final}" if modes else ""
        if token.prefix:
            return ""
        if token.final in "hl":
            return token.raw if token.params in ("4", "20") else ""
        return token.raw if token.final in _BUTTERFLY_FINALS else ""


def _is_query(token: Csi) -> bool:
    """Whether xterm.js may answer this sequence by typing."""
    if token.final == "t":
        return token.params.split(";")[0] in ("14", "16", "18")
    if token.intermediates:
        return token.intermediates == "$" and token.final == "p"
    if token.final == "q":
        return token.prefix == ">"
    if token.final == "u":
        return token.prefix == "?"
    return token.final in "cn"


def _is_refused(token: Csi) -> bool:
    """Whether no terminal of ours has a good use for this sequence."""
    if token.final == "t":
        return token.params.split(";")[0] not in ("22", "23")
    if token.intermediates:
        return token.intermediates not in (" ", "!", '"') or token.final not in "qp@A"
    if token.prefix == "?":
        return token.final not in "lJK"
    return token.final in "xy" or (token.prefix != "" and token.final in "mSu")
