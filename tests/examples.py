"""The README's examples of settings, so that tests start what it says."""

import re
import shlex
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def settings_in_readme(first: str) -> dict[str, str]:
    """What the README's `make run FIRST …` sets; files are still to be put where it says."""
    text = README.read_text().replace("\\\n", " ")
    commands = re.findall(rf"(?m)^\$ make run ({re.escape(first)}.*)$", text)
    assert len(commands) == 1, commands
    return dict(part.split("=", 1) for part in shlex.split(commands[0]))


def block_in_readme(language: str, mark: str) -> str:
    """The README's block in that language that has the mark."""
    blocks = re.findall(rf"(?ms)^```{language}\n(.*?)^```$", README.read_text())
    found = [block for block in blocks if mark in block]
    assert len(found) == 1, (language, mark)
    return str(found[0])
