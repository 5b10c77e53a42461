"""Names people may log in with: always a DNS label, a folder name and a URL path as they stand.

`tidy` turns what people type into such a name where that is plain ("José Díaz" is "jose-diaz");
`mistake_in` says what is wrong with the rest. Names that somebody else gave are taken as they are,
when `is_foreign_name` says that they can be; hosts and folders are made of them elsewhere.
"""

import re
import unicodedata

LONGEST = 32
#: What a column of the hub's database holds.
LONGEST_FOREIGN = 255
#: No double hyphen: "xn--" and "--service" mean something in host names.
PATTERN = r"[a-z]([a-z0-9]|-(?!-)){0,31}(?<!-)"
_WORDS = """
admin administrator api assets cdn dns events ftp help hub hubs imap instructor instructors
localhost login logout mail news ns proxy public root security service services smtp spawn ssh staff
static status support system teacher test trainer user users webmail workshop www
"""
#: Hosts and words that an attendee could be mistaken for.
RESERVED = frozenset(_WORDS.split())
_VALID = re.compile(PATTERN)


def tidy(typed: str) -> str:
    """The name meant by what was typed: lower case, without accents, hyphens for gaps."""
    plain = unicodedata.normalize("NFKD", typed[: 4 * LONGEST].strip().lower())
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return re.sub(r"[\s._-]+", "-", letters).strip("-")


def mistake_in(name: str, instructor: str) -> str:
    """A sentence saying why nobody can have this tidied name; empty when somebody can."""
    if not name:
        return "Please type a name."
    if len(name) > LONGEST:
        return f"That name is too long. Please take one of at most {LONGEST} letters."
    if not _VALID.fullmatch(name):
        return "Please take a name of letters a to z, digits and hyphens that begins with a letter."
    if name in RESERVED and name != instructor:
        return "That name is kept for the workshop itself. Please take another one."
    return ""


def is_foreign_name(name: object) -> bool:
    """Whether somebody can be called that who has the name from elsewhere: one short line."""
    return (
        isinstance(name, str)
        and 0 < len(name) <= LONGEST_FOREIGN
        and name.isprintable()
        and name == name.strip()
        and "/" not in name
    )
