"""Words for those whose session cannot start."""

TELL = "Please tell the instructor."
#: Letters of a reason that are shown.
LONGEST = 300


def short(text: str) -> str:
    """The last line, which says why, without a full stop and within bounds."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[-1] if lines else "no reason is given")[:LONGEST].rstrip(". ")
