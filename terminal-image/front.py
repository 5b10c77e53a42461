"""Which program is in front of a terminal, and whether it takes a terminal's answers."""

import os
import termios

_LINE_EDITORS = frozenset({"bash", "sh", "dash", "zsh", "ksh"})


def takes_answers(fd: int, shell: int) -> bool:
    """Whether the program in front reads raw input, so that answers reach it, not a shell."""
    try:
        raw = not termios.tcgetattr(fd)[3] & termios.ICANON
        front = os.tcgetpgrp(fd)
        if not raw or front in (0, shell):
            return False
        with open(f"/proc/{front}/comm", encoding="utf-8", errors="replace") as comm:
            return comm.read().strip() not in _LINE_EDITORS
    except (OSError, termios.error):
        return False
