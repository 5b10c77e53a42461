"""The ring of output: numbered, bounded, replayed from safe points."""

import random

from tests.terminal_fixtures import part

ring = part("ring")


def test_reads_what_was_written() -> None:
    """From any offset held, the ring gives the stream's own bytes."""
    held, stream, chance = ring.Ring(64 * 1024), b"", random.Random(1)
    for _ in range(3000):
        data = bytes(chance.choices(b"abcdefgh\n", k=chance.randrange(1, 200)))
        held.append(data)
        stream += data
    assert held.end == len(stream)
    assert held.end - held.start <= 64 * 1024
    for offset in chance.sample(range(held.start, held.end), 200):
        read, position = b"", offset
        while piece := held.read(position):
            read += piece
            position += len(piece)
        assert read == stream[offset:]


def test_holds_only_whole_characters() -> None:
    """A return to an offset inside a character, before the ring or beyond it is refused."""
    held = ring.Ring()
    held.append("aé".encode())
    assert [held.holds(offset) for offset in range(-1, 5)] == [
        False,
        True,
        True,
        False,
        True,
        False,
    ]


def test_starts_at_a_chunk() -> None:
    """What falls out falls out in whole appended pieces, so a replay begins at a safe point."""
    held = ring.Ring(100 * 1024)
    piece = b"\x1b[31m" + b"x" * 9000
    for _ in range(100):
        held.append(piece)
    assert held.read(held.start).startswith(b"\x1b[31m")


def test_remembers_modes_that_fell_out() -> None:
    """A replay begins with the modes that lost output had set, in their last state."""
    held = ring.Ring(32 * 1024)
    held.append(b"\x1b[?1049h\x1b[?25;12l\x1b[?25h\x1b[?2004h\x1b[?2004l")
    assert held.preamble() == b""
    for _ in range(10):
        held.append(b"x" * 9000)
    assert held.preamble() == b"\x1b[?1049h\x1b[?25h\x1b[?2004l"
