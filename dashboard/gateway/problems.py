"""What can go wrong at the door, in plain words, each with a way on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """An answer other than what was asked for; `ways` name what the page offers to do next."""

    status: int
    name: str
    title: str
    text: str
    ways: tuple[str, ...] = ("again",)


_HUB = ("hub",)
LOGIN = Problem(
    401, "login", "Please log in", "Your login has ended or you have not logged in yet.", ("login",)
)
LINK_FIRST = Problem(
    401,
    "link-first",
    "Open the link of the preview",
    "Open the link that make preview printed. It lets in one browser; start again for another.",
    (),
)
LINK_USED = Problem(
    403,
    "link-used",
    "This link was used already",
    "The link works once. Start the preview again and open the link it prints.",
    (),
)
NOT_ALLOWED = Problem(
    403,
    "not-allowed",
    "This session belongs to someone else",
    "You are logged in, but this workshop session is not yours. Your own one is a click away.",
    _HUB,
)
LOGIN_BROKEN = Problem(
    403,
    "login-broken",
    "The login did not work",
    "It took too long, was used already, or was begun in another browser. Please try once more.",
    ("login",),
)
FOREIGN = Problem(
    403,
    "foreign",
    "This request came from elsewhere",
    "Another page sent it, so nothing was done. Please go on from the dashboard itself.",
    ("home",),
)
NO_XSRF = Problem(
    403,
    "xsrf",
    "This page is out of date",
    "Nothing was done, because the page was opened under an earlier login. Load it again.",
    ("home",),
)
WRONG_HOST = Problem(
    421,
    "wrong-host",
    "This workshop has another address",
    "It is not served under the address you used. The link below is the right one.",
    ("home",),
)
NOT_FOUND = Problem(
    404,
    "not-found",
    "There is nothing here",
    "The address may be mistyped or out of date.",
    ("home",),
)
METHOD = Problem(
    405, "method", "This cannot be done here", "The address is for reading only.", ("home",)
)
TOO_LARGE = Problem(
    413,
    "too-large",
    "That is too large",
    "What was sent is larger than this place takes.",
    ("home",),
)
HEADERS = Problem(
    431,
    "headers",
    "The browser sent too much about itself",
    "Often these are too many cookies: clear those of this site, or use a private window.",
    ("home",),
)
BUSY = Problem(
    429, "busy", "Too many requests", "Please wait a few seconds and try again.", ("again",)
)
FULL = Problem(
    503,
    "full",
    "Too many connections",
    "This session has as many open connections as it takes. Close a tab and try again.",
)
HUB_AWAY = Problem(
    503,
    "hub-away",
    "The workshop is out for a moment",
    "Logging in does not work just now. Your work is kept; please try again in a few seconds.",
)
BACKEND_AWAY = Problem(
    502,
    "backend-away",
    "This part is starting again",
    "It does not answer just now. It is started again by itself; please try in a few seconds.",
)
NO_PROGRAM = Problem(
    502,
    "no-program",
    "No program of yours answers here",
    "Start it in the terminal, and look whether it says on which port it listens.",
    ("again", "home"),
)
OWNER_ONLY = Problem(
    403,
    "owner-only",
    "This is for the attendee only",
    "It is a program of theirs, and on this address its page could act in the name of its guest.",
    ("home",),
)
BROKEN = Problem(
    500,
    "broken",
    "Something went wrong",
    "The mistake is ours and has been noted.",
    ("again", "home"),
)
BAD_REQUEST = Problem(
    400, "bad-request", "The request cannot be read", "Please go on from the dashboard.", ("home",)
)

_BY_STATUS = {p.status: p for p in (BAD_REQUEST, NOT_FOUND, METHOD, TOO_LARGE, BUSY, FULL, BROKEN)}


def no_host(words: str) -> Problem:
    """What gets no address of its own, for the reason that the hub gives in words."""
    return Problem(502, "no-host", "This has no address now", words, ("again", "home"))


def of_status(status: int) -> Problem:
    """The problem for an HTTP status that was raised without one."""
    return _BY_STATUS.get(status) or (BAD_REQUEST if status < 500 else BROKEN)
