"""Logins by a form of ours: guesses are slowed down, and who is refused is told why."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyterhub.auth import Authenticator
from tornado.httputil import HTTPHeaders
from traitlets import Integer

from hub.login.claims import Claim
from hub.login.throttle import ADDRESS, HOLDER, NAME, Pace, Throttle
from hub.pages.login import LoginPage
from hub.pages.routes import handlers

TOO_MANY = "Too many tries. Please wait {} s and try again."
#: Logins that are judged at once; others wait, so that guesses in a flood are counted in time.
AT_ONCE = 8


@dataclass(frozen=True)
class Attempt:
    """What came with a login: a tidied name, secrets, the browser's claims, and its address."""

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    held: Mapping[str, str] = field(repr=False)
    address: str


@dataclass(frozen=True)
class Refusal:
    """Why somebody is not let in, in words for them."""

    status: int
    words: str
    asks_code: bool = False
    wait: int = 0


@dataclass(frozen=True)
class Entry:
    """Somebody who is let in; their browser holds the claim from now on."""

    claim: Claim
    admin: bool
    groups: frozenset[str] = frozenset()


class FormLogin(Authenticator):  # type: ignore[misc] # untyped
    """Lets in whom `judge` lets in, unless they guess too fast."""

    routers = Integer(config=True, help="routers in front of our proxy")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.throttle = Throttle()
        self._hearing = asyncio.Semaphore(AT_ONCE)

    def get_handlers(self, app: Any) -> list[tuple[str, Any]]:
        """Our pages; they come before JupyterHub's own."""
        return handlers((r"/login", LoginPage))

    def mistake_in(self, attempt: Attempt) -> str:
        """What nobody can log in with, in a sentence; empty when somebody can."""
        raise NotImplementedError

    def holder(self, attempt: Attempt) -> str:
        """The id of the claim by which the browser has the name already; empty when it has not."""
        raise NotImplementedError

    async def judge(self, attempt: Attempt) -> Entry | Refusal:
        """Whether name, password and code are good."""
        raise NotImplementedError

    async def authenticate(self, handler: Any, data: dict[str, str]) -> dict[str, Any] | None:
        """Let the attempt in, or leave the reason in `handler.refusal`."""
        attempt = Attempt(
            name=self.normalize_username(data["username"]),
            password=data["password"],
            code=data.get("code", ""),
            held=handler.held_claims(),
            address=visitor_address(handler.request.headers, self.routers),
        )
        if words := self.mistake_in(attempt):
            handler.refusal = Refusal(400, words)
            return None
        async with self._hearing:
            answer = await self.hear(attempt)
        if isinstance(answer, Refusal):
            handler.refusal = answer
            return None
        handler.hold_claim(answer.claim)
        groups = sorted(answer.groups)
        return {"name": answer.claim.name, "admin": answer.admin, "groups": groups}

    async def hear(self, attempt: Attempt) -> Entry | Refusal:
        """Judge the attempt when it is not too soon, and remember wrong ones."""
        keys = self._keys(attempt)
        if seconds := math.ceil(max(self.throttle.wait(key, pace) for key, pace in keys.items())):
            return Refusal(429, TOO_MANY.format(seconds), bool(attempt.code), seconds)
        answer = await self.judge(attempt)
        if isinstance(answer, Entry):
            self.throttle.success(next(iter(keys)))
        elif attempt.code or not answer.asks_code:
            for key, pace in keys.items():
                self.throttle.mistake(key, pace)
        return answer

    def _keys(self, attempt: Attempt) -> dict[str, Pace]:
        """Whose tries these are: a name's holder is never slowed down by others' guessing."""
        if holder := self.holder(attempt):
            return {f"holder {holder}": HOLDER}
        return {f"name {attempt.name}": NAME, f"address {attempt.address}": ADDRESS}


def visitor_address(headers: HTTPHeaders, routers: int) -> str:
    """Where the outermost of our routers saw a visitor come from; never what the visitor says.

    Each router and our proxy adds whom it saw at the end, or begins the list anew.
    """
    # Tornado's own `remote_ip` believes X-Real-Ip, which the proxy passes on as it came.
    seen = ",".join(headers.get_list("X-Forwarded-For")).split(",")
    return seen[-min(len(seen), routers + 1)].strip()
