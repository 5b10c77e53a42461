"""What the filter lets through: everything that shows, nothing that types or fetches."""

import random
import re

import pytest

from tests.terminal_fixtures import part

stream_filter = part("stream_filter")
Query, Title, Mark = stream_filter.Query, stream_filter.Title, stream_filter.Mark


def answered(text: str, asks: bool = False, pieces: int = 0) -> list[object]:
    """What the xterm.js filter makes of the text, fed whole or in pieces; text joined."""
    found: list[object] = []
    filtered = stream_filter.AnswerFilter(lambda: asks, "mine")
    step = max(len(text) // pieces, 1) if pieces else max(len(text), 1)
    for start in range(0, len(text), step):
        for piece in filtered.feed(text[start : start + step]):
            if isinstance(piece, str) and found and isinstance(found[-1], str):
                found[-1] += piece
            else:
                found.append(piece)
    return found


def strict(text: str) -> str:
    """What Butterfly's page may see of the text."""
    return str(stream_filter.StrictFilter().feed(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("plain text, ünïcödé 漢字 🙂\r\n\ttab\x07", id="text"),
        pytest.param("\x1b[1;31mred\x1b[0m\x1b[38;5;200mx\x1b[2J\x1b[H\x1b[10;20H\x1b[K", id="csi"),
        pytest.param("\x1b7\x1b8\x1bM\x1b(0lqk\x1b(B\x1b=\x1b>\x1b#8", id="short escapes"),
        pytest.param("\x1b[?1049h\x1b[?25l\x1b[?1h\x1b[?7l\x1b[4h", id="modes"),
        pytest.param("\x1b]0;a title\x07", id="title"),
    ],
)
def test_what_shows_passes_both(text: str) -> None:
    """Text, colours, movement, modes and titles reach either view unchanged."""
    assert "".join(p for p in answered(text) if isinstance(p, str)) == text
    assert strict(text) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('\x1bP$q"p\x1b\\', id="status string"),
        pytest.param("\x1bP+q544e\x1b\\", id="termcap"),
        pytest.param("\x1bP;PROMPT|id\r\x1b\\", id="butterfly prompt"),
        pytest.param("\x90$qm\x9c", id="8-bit device control"),
        pytest.param("\x1b[20t\x1b[21t\x1b[11t\x1b[19t", id="window reports"),
        pytest.param("\x1b]52;c;aGk=\x07\x1b]52;c;?\x1b\\\x9d52;c;?\x9c", id="clipboard"),
        pytest.param("\x1b]8;;javascript:alert(1)\x07\x1b]8;;data:,x\x07", id="script links"),
        pytest.param("\x1b_app\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\", id="other strings"),
        pytest.param("\x05\x1bZ\x1b[x\x1b[?2031h\x1b[?2048h\x1b[1*y\x1b[?4m", id="old queries"),
        pytest.param("\x1b]133;D;0\x07\x1b]133;C;other;ls\x07", id="somebody else's marks"),
    ],
)
def test_what_answers_attackers_never_passes(text: str) -> None:
    """Nothing whose answer carries text of the output's choice is ever let through (row 89)."""
    assert answered(text, asks=True) == []
    assert strict(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[c",
        "\x1b[>c",
        "\x1b[=c",
        "\x1b[5n",
        "\x1b[6n",
        "\x1b[?6n",
        "\x1b[?99n",
        "\x9b6n",
        "\x1b[>q",
        "\x1b[?u",
        "\x1b[?2026$p",
        "\x1b[4$p",
        "\x1b[18t",
        "\x1b]11;?\x07",
        "\x1b]4;1;?\x1b\\",
        "\x1b[?1004h",
    ],
    ids=ascii,
)
def test_questions_pass_only_for_raw_programs(text: str) -> None:
    """Device queries are dropped under `cat`, live questions for a program that reads raw."""
    assert answered(text) == []
    (question,) = answered(text, asks=True)
    assert isinstance(question, Query)
    assert strict(text) == ""


def test_mouse_only_for_raw_programs() -> None:
    """A file cannot turn the mouse on; turning it off always works; other modes stay."""
    assert answered("\x1b[?1003;25;1006h\x1b[?1003l") == ["\x1b[?25h\x1b[?1003l"]
    assert answered("\x1b[?1003;1006h", asks=True) == ["\x1b[?1003h\x1b[?1006h"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[?77h<b>", "<b>", id="horizontal wrap"),
        pytest.param("\x1b[?25;0077;7h", "\x1b[?25;7h", id="hidden among others"),
        pytest.param("\x1b[\x1b[?77h", "", id="behind an aborted sequence"),
        pytest.param("\x1b[7\n7h", "\n7h", id="control inside"),
        pytest.param("\x1bn[?77h", "[?77h", id="butterfly stays in the escape"),
        pytest.param("\x1b[77?h", "h", id="prefix behind"),
        pytest.param("\x1b[?3h\x1b[?1004h", "", id="resize and focus"),
        pytest.param("\x1b[99999999b", "", id="endless repeat"),
        pytest.param("\x1b]8;;http://x/\x07a\x1b]8;;\x07", "a", id="links"),
        pytest.param("\x1b]0;a\x01\x1bb\x07", "\x07", id="broken title"),
    ],
)
def test_strict_spells_it_out(text: str, shown: str) -> None:
    """Butterfly's parser sees no sequence in a spelling that it reads otherwise (row 88)."""
    assert strict(text) == shown


def test_marks_and_titles_are_events() -> None:
    """Our own marks leave the stream; titles are told and stay; both come in order."""
    text = "a\x1b]133;C;mine;ls; pwd\x07b\x1b]2;t\x01\x07\x1b]133;D;mine;7\x1b\\c"
    for pieces in range(1, len(text) + 1):
        assert answered(text, pieces=pieces) == [
            "a",
            Mark("C", "ls; pwd"),
            "b\x1b]2;t\x07",
            Title("t"),
            Mark("D", "7"),
            "c",
        ]


FRAGMENTS = [
    *[
        "[",
        "]",
        "P",
        "X",
        "^",
        "_",
        "\\",
        "?",
        ">",
        "=",
        "<",
        "!",
        "$",
        "q",
        "+q",
        ";HTML|",
        ";PROMPT|",
        ";IMAGE|",
        ";TEXT|",
        "77",
        "0077",
        "99",
        "6",
        "5",
        "3",
        "52",
        "8",
        "0",
    ],
    *[
        "1004",
        "1003",
        ";",
        ":",
        "h",
        "l",
        "n",
        "c",
        "t",
        "m",
        "p",
        "javascript:x",
        "abc",
        "é",
        "漢",
        "🙂",
        "x",
    ],
    *["\x1b", "\x9b", "\x90", "\x9d", "\x9c", "\x98", "\x9f", "\x84", "\x07", "\x18", "\x1a"],
    *["\x05", "\x7f", "\r\n", " ", "\n", "\x00", "\x0e", "\x1b[", "\x1b]", "\x1bP", "\x1b\\"],
    *["\x1b[?", "\x1bn", "\x1bo", "\x1b%", "\x1b#", "\x1b(", "\x1b[?77h", "\x1b[6n", "\x1b[31m"],
    *["\x1bP$qm\x1b\\", "\x1b]52;c;?\x07", "\x1b]0;t\x07", "\x1b]8;;data:x\x07", "\x1b]11;?\x07"],
]


def danger_in(shown: str) -> list[str]:
    """An independent reading of a stream, as lenient as Butterfly's parser: what it would do."""
    found: list[str] = []
    position = 0
    while (position := shown.find("\x1b", position)) >= 0:
        rest = shown[position + 1 :]
        position += 1
        if rest[:1] in "PX^_" or not rest:
            found.append(f"string or nothing after ESC: {rest[:10]!r}")
        if rest[:1] in "no|}~%Z\x1b":
            found.append(f"escape that Butterfly misreads: {rest[:3]!r}")
        if rest[:1] == "]" and not re.match(r"\][012];[^\x00-\x1f\x7f-\x9f]*\x07", rest):
            found.append(f"command: {rest[:20]!r}")
        if rest[:1] == "[":
            control = re.match(r"\[([?!]?)([0-9;]*)([@-~])", rest)
            numbers = {int(n) for n in control[2].split(";") if n} if control else set()
            if not control or control[3] in "nctq" or (control[1] and control[3] not in "hlp"):
                found.append(f"control: {rest[:20]!r}")
            elif control[1] and numbers & {77, 99, 3, 1004}:
                found.append(f"mode: {rest[:20]!r}")
    return found + [f"raw {c!r}" for c in shown if "\x7f" <= c <= "\x9f" or c in "\x05\x18\x1a"]


def answers_in(shown: str) -> list[str]:
    """What xterm.js would answer or obey beyond showing, read independently."""
    patterns = (
        r"\x1b[PX^_Z]",
        r"\x1b\[[<-?]?[0-9;:]*[ -/]*[cn]",
        r"\x1b\[\??[0-9;:]*\$p",
        r"\x1b\]0*52",
        r"\x1b\]0*(?:4|1[0-2]);[^\x07\x1b]*\?",
        r"\x1b\]0*8;[^;\x07]*;(?:javascript|data):",
        r"\x1b\[(?:1[1-9]|2[01])[0-9;]*t",
        r"\x1b\[\?[0-9;]*(?:1004|1003)h",
        r"[\x80-\x9f\x05]",
    )
    return [match[0] for pattern in patterns for match in re.finditer(pattern, shown)]


def pieces_of(text: str, chance: random.Random) -> list[str]:
    """The text, split anywhere."""
    cuts = sorted(chance.randrange(len(text) + 1) for _ in range(chance.randrange(6)))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@pytest.mark.parametrize("seed", range(4))
def test_fuzz(seed: int) -> None:
    """However fragments are composed and split, neither view gets anything but what shows."""
    chance = random.Random(seed)
    for _ in range(4000):
        text = "".join(chance.choices(FRAGMENTS, k=chance.randrange(1, 24)))
        first, second = stream_filter.AnswerFilter(lambda: False), stream_filter.StrictFilter()
        shown = narrow = ""
        for piece in pieces_of(text, chance):
            passed = "".join(p for p in first.feed(piece) if isinstance(p, str))
            shown += passed
            narrow += second.feed(piece)
            assert first.held <= 8192
            assert second.held <= 8192
            # Each chunk of the first ends at a safe point, so the second may begin there.
            assert danger_in(strict(passed)) == [], ascii(text)
        assert answers_in(shown) == [], ascii(text)
        assert danger_in(narrow) == [], ascii(text)


@pytest.mark.parametrize("opening", ["\x1b]0;", "\x1bP", "\x1b[", "\x1b_", "\x90", "\x1b(", "\x1b"])
def test_bounded(opening: str) -> None:
    """A sequence that never ends holds no more than a few kilobytes, and output comes back."""
    for filtered in (stream_filter.AnswerFilter(lambda: False), stream_filter.StrictFilter()):
        list(filtered.feed(opening))
        for _ in range(200):
            list(filtered.feed("0" * 997))
            assert filtered.held <= 8192
        shown = "".join(p for p in filtered.feed("\x1b\\\x1b[0mback") if isinstance(p, str))
        assert shown.endswith("\x1b[0mback")


def test_text_passes_unchanged_however_split() -> None:
    """Plain text of any language comes out as it went in."""
    chance = random.Random(7)
    letters = [chr(code) for code in (10, 13, 32, 65, 0xE9, 0x6F22, 0x1F642)]
    for _ in range(300):
        text = "".join(chance.choices(letters, k=50))
        wide, narrow = stream_filter.AnswerFilter(lambda: False), stream_filter.StrictFilter()
        assert "".join("".join(wide.feed(p)) for p in pieces_of(text, chance)) == text
        assert "".join(narrow.feed(p) for p in pieces_of(text, chance)) == text
