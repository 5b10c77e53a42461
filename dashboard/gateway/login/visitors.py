"""What the hub said about tokens: asked once a minute at most, remembered within bounds."""

import asyncio
import hashlib
import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass

from dashboard.gateway.login.hub import Hub
from dashboard.gateway.login.scopes import admits
from dashboard.gateway.login.visitor import (
    BusyError,
    Credential,
    HubAwayError,
    HubRefusedError,
    NotAllowedError,
    NotLoggedInError,
    Visitor,
)
from dashboard.settings import Settings

#: Hub tokens are 32 to 64 characters; anything much longer is not worth a question.
_TOKEN_LENGTH = 64
_KNOWN, _REFUSED = 256, 1024
#: Unknown tokens of API clients: so many at once, and so many a second afterwards.
_BURST, _RATE = 20, 5.0


@dataclass(frozen=True)
class _Answer:
    """The hub's word on a token: a visitor, or None for one worth nothing; when it was given."""

    visitor: Visitor | None
    allowed: bool
    at: float


class Visitors:
    """Tokens to visitors; answers stay good for a minute, and for longer while the hub is away."""

    def __init__(self, settings: Settings, hub: Hub) -> None:
        self._hub = hub
        self._own = settings.api_token
        self._scopes = settings.access_scopes
        self._limits = settings.limits
        self._known: OrderedDict[bytes, _Answer] = OrderedDict()
        self._refused: OrderedDict[bytes, _Answer] = OrderedDict()
        self._asking: dict[bytes, asyncio.Task[_Answer]] = {}
        self._away_until = 0.0
        self._bucket = (float(_BURST), time.monotonic())

    async def admit(
        self, credential: Credential, max_age: float | None = None, *, unknown: bool = False
    ) -> Visitor:
        """The visitor a credential belongs to; `unknown` for tokens that we did not hand out."""
        if not credential.token or len(credential.token) > _TOKEN_LENGTH:
            raise NotLoggedInError("that is no token")
        if hmac.compare_digest(credential.token.encode(), self._own.encode()):
            raise NotAllowedError("nobody browses with the session's own token")
        key = _key(credential)
        age = self._limits.login_fresh if max_age is None else max_age
        answer = self._remembered(key, age)
        if answer is None:
            answer = await self._ask(key, credential.token, unknown)
        if answer.visitor is None:
            raise NotLoggedInError("the hub does not know the token")
        if not answer.allowed:
            raise NotAllowedError(f"{answer.visitor.name} may not enter this session")
        return answer.visitor

    def forget(self, credential: Credential) -> None:
        """Ask the hub again at this credential's next use."""
        self._known.pop(_key(credential), None)

    def _remembered(self, key: bytes, age: float) -> _Answer | None:
        answer = self._known.get(key) or self._refused.get(key)
        return answer if answer and time.monotonic() - answer.at < age else None

    async def _ask(self, key: bytes, token: str, unknown: bool) -> _Answer:
        old = self._remembered(key, self._limits.login_stale)
        stale = old if old and old.visitor else None
        if time.monotonic() < self._away_until:
            if stale:
                return stale
            raise HubAwayError("the hub did not answer a moment ago")
        task = self._asking.get(key)
        if task is None:
            if unknown and not stale:
                self._take_from_bucket()
            task = asyncio.ensure_future(self._lookup(key, token))
            self._asking[key] = task
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        try:
            # Shielded: a visitor who goes away does not take the others' answer along.
            return await asyncio.shield(task)
        except HubAwayError:
            self._away_until = time.monotonic() + self._limits.hub_pause
            if stale:
                return stale
            raise

    async def _lookup(self, key: bytes, token: str) -> _Answer:
        try:
            model = await self._hub.user(token)
        except HubRefusedError:
            answer = _Answer(None, False, time.monotonic())
        else:
            visitor = Visitor(model["name"], model.get("admin") is True)
            allowed = admits(self._scopes, [str(scope) for scope in model["scopes"]])
            answer = _Answer(visitor, allowed, time.monotonic())
        self._remember(key, answer)
        return answer

    def _remember(self, key: bytes, answer: _Answer) -> None:
        store, size = (self._known, _KNOWN) if answer.allowed else (self._refused, _REFUSED)
        self._known.pop(key, None)
        self._refused.pop(key, None)
        store[key] = answer
        while len(store) > size:
            store.popitem(last=False)

    def _take_from_bucket(self) -> None:
        left, at = self._bucket
        now = time.monotonic()
        left = min(_BURST, left + (now - at) * _RATE)
        if left < 1:
            raise BusyError("too many unknown tokens")
        self._bucket = (left - 1, now)


def _key(credential: Credential) -> bytes:
    together = f"{credential.session_id}:{credential.token}"
    return hashlib.sha256(together.encode("utf-8", "surrogateescape")).digest()
