"""Who is at the door, and the reasons for which somebody is turned away."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Visitor:
    """A person or program that may come in."""

    name: str
    admin: bool = False


@dataclass(frozen=True)
class Credential:
    """What a visitor showed: a token, and the hub's session it belongs to."""

    token: str = field(repr=False)
    session_id: str = field(repr=False, default="")


@dataclass(frozen=True)
class Visit:
    """A visitor with what let them in; `by_cookie` when a browser sent it unasked."""

    visitor: Visitor
    credential: Credential
    login: str = field(repr=False)
    by_cookie: bool


class NotLoggedInError(Exception):
    """No credential, or one that is worth nothing any more."""


class NotAllowedError(Exception):
    """The credential is good, but not for this session."""


class BusyError(Exception):
    """Too many unknown credentials at once; later is better."""


class HubAwayError(Exception):
    """The hub does not answer in time, or not as a hub does."""


class NoHostError(Exception):
    """The hub cannot have a host lead here, for the reason that it gives in words."""


class HubRefusedError(Exception):
    """The hub answered no to what was asked."""
