"""`python -m dashboard.check FOLDER [JSON]`: a workshop's mistakes, for its author's terminal.

The second argument has further variables, as in WORKSHOP_VARS.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from dashboard.notes import Mistake, WorkshopError, load
from dashboard.settings import parse
from dashboard.variables import session_variables


def mistakes(folder: Path, variables: dict[str, str]) -> tuple[Mistake, ...]:
    """All that an attendee's session would find wrong with the workshop, in reading order."""
    try:
        return load(folder, session_variables("/user/attendee/", "attendee", variables)).warnings
    except WorkshopError as error:
        return error.mistakes
    except OSError as error:
        return (Mistake(str(error.filename or folder), 0, error.strerror or str(error)),)


def report(folder: Path, found: Sequence[Mistake]) -> str:
    """What to mend, a line for each mistake; nothing when all is well."""
    if not found:
        return ""
    broken = any(not mistake.warning for mistake in found)
    effect = "cannot be shown until this is mended" if broken else "has something to mend"
    return "\n".join([f"The workshop in {folder} {effect}:", *(f"  {one}" for one in found)])


def main(arguments: Sequence[str]) -> int:
    """Print what is wrong; 1 when it keeps the workshop from being shown."""
    folder = Path(arguments[0])
    found = mistakes(folder, parse.variables(arguments[1] if arguments[1:] else "{}"))
    if text := report(folder, found):
        sys.stderr.write(f"{text}\n")
    return 0 if all(mistake.warning for mistake in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
