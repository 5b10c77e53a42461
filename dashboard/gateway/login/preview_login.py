"""Login for an author's preview: a link that works once, and a cookie for its browser."""

import hmac
import secrets

from tornado.httputil import HTTPHeaders

from dashboard.gateway.cookies import Jar
from dashboard.gateway.login.seals import Seal
from dashboard.gateway.login.visitor import Credential, NotLoggedInError, Visit, Visitor
from dashboard.gateway.login.way import BadStateError, Step
from dashboard.gateway.problems import LINK_FIRST
from dashboard.settings import Settings


class PreviewLogin:
    """Lets in the one browser that opened the link; there is no hub to ask."""

    problem = LINK_FIRST

    def __init__(self, settings: Settings, jar: Jar) -> None:
        self._jar = jar
        self._visitor = Visitor(settings.user, admin=True)
        self._prefix = settings.prefix
        self._key = secrets.token_urlsafe(24)
        self._logins = Seal(secrets.token_urlsafe(32), "preview", settings.limits.login_age)
        self._ended: set[str] = set()

    @property
    def link(self) -> str:
        """Path and query of the link, below our origin."""
        return f"{self._prefix}?key={self._key}"

    async def identify(self, headers: HTTPHeaders) -> Visit:
        """The author, when this browser holds the cookie."""
        for value in self._jar.values(headers.get("Cookie", ""), self._jar.login):
            login = self._logins.open(value)
            if login and login["login"] not in self._ended:
                credential = Credential(login["login"])
                return Visit(self._visitor, credential, login["login"], by_cookie=True)
        raise NotLoggedInError("open the link that was printed at the start")

    async def still_allowed(self, visit: Visit) -> bool:
        """Until the author logs out."""
        return visit.login not in self._ended

    async def begin(self, headers: HTTPHeaders, next_path: str) -> Step:
        """There is no page to log in at: the link is the login."""
        raise NotLoggedInError("open the link that was printed at the start")

    async def finish(self, headers: HTTPHeaders, state: str, code: str) -> Step:
        """Turn the link's key into a cookie; the key is dead afterwards."""
        if not self._key or not hmac.compare_digest(code.encode(), self._key.encode()):
            raise BadStateError("the link was used already")
        self._key = ""
        sealed = self._logins.close({"login": secrets.token_urlsafe(12)})
        return Step(self._prefix, (self._jar.set(self._jar.login, sealed),))

    def end(self, visit: Visit) -> str:
        """Forget the login, here and in the browser."""
        self._ended.add(visit.login)
        return self._jar.clear(self._jar.login)
