"""What can go wrong between the hub and who says who somebody is, in words for both sides."""

import json
import re
import ssl
from urllib.parse import urlsplit

from tornado.httpclient import HTTPClientError

#: Errors of a token endpoint that mean us, and those that mean this one login.
OURS = frozenset({"unauthorized_client", "invalid_client", "incorrect_client_credentials"})
STALE = frozenset({"invalid_grant", "bad_verification_code"})
BROKEN = (
    "Logging in does not work at the moment",
    "The workshop cannot ask who you are. It is not your mistake; please tell the instructor, and"
    " try again in a while.",
)
UNFINISHED = (
    "That login was not finished",
    "It took too long, or it was begun in another tab. Please begin again.",
)
DENIED = (
    "You are not logged in",
    "The workshop was not allowed to learn who you are. It needs that to give you a session.",
)
STRANGER = (
    "You are not on the list",
    "Your login is good, but this workshop is for others. If you should be here, ask the"
    " instructor to put you on the list; or log in as somebody else.",
)


class LoginTrouble(Exception):
    """Why a login ended: `logged` is for the operator, one line; `told` is for the attendee."""

    def __init__(self, status: int, logged: str, told: tuple[str, str] = BROKEN) -> None:
        super().__init__(logged)
        self.status = status
        self.logged = logged
        self.told = told


def unreachable(error: Exception, url: str, setting: str, ca: str = "OAUTH_CA") -> LoginTrouble:
    """No answer that could be read came from the address, which `setting` is about."""
    place = place_of(url)
    if isinstance(error, ssl.SSLError):
        words = getattr(error, "verify_message", "") or error.reason or "TLS failed"
        return LoginTrouble(
            502,
            f"The certificate of {place} is not trusted ({words}): set {ca} to a file with the"
            " certificate of who signed it",
        )
    if isinstance(error, HTTPClientError) and error.code != 599:
        return LoginTrouble(502, f"{place} answers {error.code}: see its own log")
    if isinstance(error, OSError | HTTPClientError):
        words = getattr(error, "strerror", "") or getattr(error, "message", "") or "no answer"
        return LoginTrouble(
            503, f"{place} cannot be reached ({words}): check {setting} and the way there"
        )
    return unreadable(url, setting)


def unreadable(url: str, setting: str) -> LoginTrouble:
    """The answer is not what it should be."""
    return LoginTrouble(502, f"{place_of(url)} gave an answer that makes no sense: check {setting}")


def no_provider(error: HTTPClientError, url: str, setting: str) -> LoginTrouble:
    """Who is at the address does not say where to log in."""
    return LoginTrouble(
        502,
        f"{place_of(url)} does not say where to log in (it answers {error.code}): check {setting}",
    )


def refused_token(error: HTTPClientError, url: str, setting: str) -> LoginTrouble:
    """The token that was just given is not taken."""
    return LoginTrouble(
        502,
        f"{place_of(url)} does not take the token of a login (it answers {error.code}): check that"
        f" {setting} is where OAUTH_CLIENT_ID belongs",
    )


def refused_code(code: str, url: str) -> LoginTrouble:
    """The token endpoint's error, by its code."""
    code = code if re.fullmatch("[a-z_]{1,40}", code) else "an unknown error"
    if code in STALE:
        return LoginTrouble(400, f"{place_of(url)} says {code}: a login took too long", UNFINISHED)
    if code in OURS:
        words = "OAUTH_CLIENT_ID or OAUTH_CLIENT_SECRET_FILE is wrong, or a code was sent twice"
    else:
        words = "check OAUTH_CLIENT_ID, and that the callback registered there begins with our URL"
    return LoginTrouble(502, f"{place_of(url)} refuses a login ({code}): {words}")


def error_code(error: HTTPClientError) -> str:
    """The OAuth error in an answer; empty when there is none."""
    try:
        found = json.loads(error.response.body)["error"] if error.response else ""
    except (ValueError, KeyError, TypeError):
        return ""
    return str(found)


def place_of(url: str) -> str:
    """The host and port of an address, which is all that a log needs of it."""
    return urlsplit(url).netloc.rpartition("@")[2]
