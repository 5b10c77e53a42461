"""`python -m dashboard.check FOLDER [VARS [TABS]]`: a workshop's mistakes, for its author.

VARS has further variables, as in WORKSHOP_VARS; TABS an operator's tabs, as in WORKSHOP_TABS.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from dashboard.notes import Mistake, WorkshopError, load
from dashboard.settings import parse
from dashboard.variables import session_variables


def mistakes(folder: Path, variables: dict[str, str], tabs: str = "") -> tuple[Mistake, ...]:
    """All that an attendee's session would find wrong with the workshop, in reading order."""
    known = session_variables("/user/attendee/", "attendee", variables)
    try:
        return load(folder, known, operator_tabs=tabs).warnings
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
    folder, variables, tabs = Path(arguments[0]), *arguments[1:3], *("{}", "")[len(arguments) - 1 :]
    found = mistakes(folder, parse.variables(variables), tabs)
    if text := report(folder, found):
        sys.stderr.write(f"{text}\n")
    return 0 if all(mistake.warning for mistake in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
