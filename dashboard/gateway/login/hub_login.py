"""Login at JupyterHub: OAuth with PKCE, its state and its outcome kept in signed cookies."""

import asyncio
import re
import secrets
import time
from collections import OrderedDict

from tornado.httputil import HTTPHeaders

from dashboard.gateway.cookies import Jar, pairs
from dashboard.gateway.login.hub import Hub
from dashboard.gateway.login.seals import Seal
from dashboard.gateway.login.visitor import (
    Credential,
    HubAwayError,
    NotAllowedError,
    NotLoggedInError,
    Visit,
)
from dashboard.gateway.login.visitors import Visitors
from dashboard.gateway.login.way import BadStateError, Step
from dashboard.gateway.problems import LOGIN
from dashboard.settings import Settings

_AUTHORIZATION = re.compile(r"(?:token|bearer)\s+(\S+)\s*", re.IGNORECASE)
#: Logins one browser may have under way, so that its Cookie header stays small.
_PENDING = 6
#: Cookies of our name that are looked at when siblings have tossed in some of theirs.
_TRIED = 4
_USED_STATES = 512
#: Logins that were ended here and are refused from then on; older ones are the hub's to refuse.
_ENDED_LOGINS = 512
#: So long ago the hub may have been seen for a browser to be sent there.
_HUB_SEEN = 1.0


class HubLogin:
    """Logins made at the hub; survives a restart of the dashboard, not one of the session."""

    problem = LOGIN

    def __init__(self, settings: Settings, hub: Hub, jar: Jar) -> None:
        self.visitors = Visitors(settings, hub)
        self._hub = hub
        self._jar = jar
        self._prefix = settings.prefix
        self._limits = settings.limits
        # The key is the session's token: a new session has a new one, and with it new logins.
        self._logins = Seal(settings.api_token, "login", settings.limits.login_age)
        self._states = Seal(settings.api_token, "state", settings.limits.state_age)
        self._used: OrderedDict[str, None] = OrderedDict()
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._hub_seen = -1e9
        self._looking: asyncio.Task[None] | None = None

    async def identify(self, headers: HTTPHeaders) -> Visit:
        """The visit these headers stand for; NotLoggedInError and its kin otherwise."""
        given = _AUTHORIZATION.fullmatch(headers.get("Authorization", ""))
        if given:
            credential = Credential(given[1])
            try:
                visitor = await self.visitors.admit(credential, unknown=True)
            except NotLoggedInError as error:
                # An API client that shows a bad token is refused, not sent to a login.
                raise NotAllowedError(str(error)) from error
            return Visit(visitor, credential, login="", by_cookie=False)
        return await self.by_cookie(headers.get("Cookie", ""), self._jar, self._logins)

    async def still_allowed(self, visit: Visit) -> bool:
        """Whether the hub lets the visit go on; asked anew, not remembered."""
        try:
            await self.visitors.admit(visit.credential, max_age=0)
        except (NotLoggedInError, NotAllowedError, HubAwayError):
            return False
        return True

    async def begin(self, headers: HTTPHeaders, next_path: str) -> Step:
        """Send the browser to the hub; HubAwayError when there is nobody to log in at."""
        await self._look_for_hub()
        state, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
        sealed = self._states.close({"state": state, "verifier": verifier, "next": next_path})
        held = self._jar.pending_names(headers.get("Cookie", ""))
        cookies = [self._jar.clear(name) for name in held[: max(0, len(held) - _PENDING + 1)]]
        name = self._jar.pending(state)
        cookies.append(self._jar.set(name, sealed, max_age=self._limits.state_age))
        return Step(self._hub.authorize_url(state, verifier), tuple(cookies))

    async def finish(self, headers: HTTPHeaders, state: str, code: str) -> Step:
        """Turn the hub's code into a login; BadStateError before the code is used if it is not
        this browser's, HubRefusedError when the hub does not take it, HubAwayError."""
        pending = self._pending(headers.get("Cookie", ""), state)
        _keep(self._used, state, _USED_STATES)
        session_id = session_id_of(headers.get("Cookie", ""))
        try:
            async with asyncio.timeout(self._limits.hub):
                token = await self._hub.exchange(code, pending["verifier"])
                await self.visitors.admit(Credential(token, session_id))
        except TimeoutError as error:
            raise HubAwayError("the hub takes too long") from error
        sealed = self._logins.close({"token": token, "login": secrets.token_urlsafe(12)})
        cookies = (
            self._jar.clear(self._jar.pending(state)),
            self._jar.set(self._jar.login, sealed),
        )
        return Step(pending["next"], cookies)

    def end(self, visit: Visit) -> str:
        """Forget a login; the Set-Cookie value that makes the browser forget it too."""
        self.visitors.forget(visit.credential)
        _keep(self._ended, visit.login, _ENDED_LOGINS)
        return self._jar.clear(self._jar.login)

    async def by_cookie(self, header: str, jar: Jar, seal: Seal) -> Visit:
        """The visit that a cookie of the jar stands for, if it has this seal and has not ended."""
        problem: Exception = NotLoggedInError("no login")
        session_id = session_id_of(header)
        for value in jar.values(header, jar.login)[:_TRIED]:
            login = seal.open(value)
            if login is None or login["login"] in self._ended:
                continue
            credential = Credential(login["token"], session_id)
            try:
                visitor = await self.visitors.admit(credential)
            except (NotLoggedInError, NotAllowedError) as error:
                problem = error
                continue
            return Visit(visitor, credential, login["login"], by_cookie=True)
        raise problem

    def _pending(self, cookies: str, state: str) -> dict[str, str]:
        """What was kept for this state when the login began."""
        if state in self._used:
            raise BadStateError("this login has ended")
        for value in self._jar.values(cookies, self._jar.pending(state))[:_TRIED]:
            pending = self._states.open(value)
            if pending and secrets.compare_digest(pending["state"].encode(), state.encode()):
                return pending
        raise BadStateError("this browser did not begin this login")

    async def _look_for_hub(self) -> None:
        """Return when the hub was seen a moment ago; one question at a time, however many ask."""
        if time.monotonic() - self._hub_seen < _HUB_SEEN:
            return
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._hub.check())
        await asyncio.shield(self._looking)
        self._hub_seen = time.monotonic()


def _keep(names: OrderedDict[str, None], name: str, most: int) -> None:
    """Remember a name; when there are more than `most`, the oldest is forgotten."""
    names[name] = None
    while len(names) > most:
        names.popitem(last=False)


def session_id_of(cookies: str) -> str:
    """The hub's session, so that a logout at the hub is noticed at once."""
    return next((value for name, value in pairs(cookies) if name == "jupyterhub-session-id"), "")
