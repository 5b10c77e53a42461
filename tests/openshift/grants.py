"""Codes and tokens that were given out, and how long they are good for."""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.openshift.clients import Client

CODE_SECONDS = 300
#: A token that was just used stays good so long after it was deleted.
LINGERS = 10.0
#: RFC 7636, of challenges and of verifiers.
PROOF = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True)
class Challenge:
    """What the client said about PKCE; empty when it said nothing."""

    value: str = ""
    method: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it is written as it must be."""
        if not self.value:
            return not self.method
        return bool(PROOF.fullmatch(self.value)) and self.method in {"", "plain", "S256"}

    def mistake_of(self, verifier: str) -> str:
        """The error that this verifier is answered with; empty when it is the right one."""
        if not self.value:
            return ""
        if not PROOF.fullmatch(verifier):
            return "invalid_request"
        told = verifier
        if self.method == "S256":
            digest = hashlib.sha256(verifier.encode()).digest()
            told = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return "" if hmac.compare_digest(told, self.value) else "invalid_grant"


@dataclass(frozen=True)
class Code:
    """A code, and for whom and what it was given."""

    client: Client
    person: str
    uid: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: Challenge
    since: float


@dataclass
class Token:
    """An access token; its object is named by `name`."""

    name: str
    person: str
    uid: str
    scopes: tuple[str, ...]
    until: float
    used: float = field(default=float("-inf"))
    deleted: float | None = None


def object_name(token: str) -> str:
    """The name of a token's object, from which nobody learns the token."""
    digest = hashlib.sha256(token.removeprefix("sha256~").encode()).digest()
    return "sha256~" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Grants:
    """All codes and tokens, and who approved what for which client."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.approved: dict[tuple[str, str], set[str]] = {}
        self._codes: dict[str, Code] = {}
        self._tokens: dict[str, Token] = {}

    def give_code(self, code: Code) -> str:
        """Keep it under a random text."""
        text = "sha256~" + secrets.token_urlsafe(32)
        self._codes[text] = code
        return text

    def code(self, text: str) -> Code | None:
        """What the text was given for; None when it was used or never was."""
        return self._codes.get(text)

    def use_up(self, text: str) -> str:
        """A token in exchange for the code, which is good no more."""
        code = self._codes.pop(text)
        return self.give_token(code.person, code.uid, code.scopes, code.client.token_seconds)

    def give_token(self, person: str, uid: str, scopes: tuple[str, ...], seconds: int) -> str:
        """A token for somebody, good for so long."""
        token = "sha256~" + secrets.token_urlsafe(32)
        name = object_name(token)
        self._tokens[name] = Token(name, person, uid, scopes, self.clock() + seconds)
        return token

    def use(self, text: str) -> Token | None:
        """The token, if it is good now."""
        token, now = self._tokens.get(object_name(text)), self.clock()
        if token is None or now >= token.until:
            return None
        if token.deleted is not None:
            return token if now - token.deleted < LINGERS else None
        token.used = now
        return token

    def of_person(self, name: str) -> list[Token]:
        """The tokens of somebody that were not deleted."""
        return [one for one in self._tokens.values() if one.person == name and one.deleted is None]

    def delete(self, name: str, person: str | None) -> bool:
        """Delete a token's object; of that person only, unless None."""
        token = self._tokens.get(name)
        if token is None or token.deleted is not None or person not in {None, token.person}:
            return False
        recent = self.clock() - token.used < LINGERS
        token.deleted = self.clock() if recent else float("-inf")
        return True
