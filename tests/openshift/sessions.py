"""Browsers at the OAuth server: who logged in with which, and the form tokens they hold."""

import hmac
import secrets

from aiohttp import web

from tests.openshift import pages
from tests.openshift.people import People, Person
from tests.openshift.refusal import moved, with_query

FLAGS = {"path": "/", "httponly": True, "secure": True}


class Sessions:
    """The login page, and the sessions it begins."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._sessions: dict[str, str] = {}

    def routes(self) -> list[web.RouteDef]:
        """Where people log in."""
        return [web.get("/login", self.show), web.post("/login", self.enter)]

    def person(self, request: web.Request) -> Person | None:
        """Who is logged in with this browser."""
        name = self._sessions.get(request.cookies.get("ssn", ""))
        return self._people.get(name) if name else None

    def end(self, request: web.Request) -> None:
        """Log the browser out."""
        self._sessions.pop(request.cookies.get("ssn", ""), None)

    def has_token(self, request: web.Request, told: str) -> bool:
        """Whether the form came from a page of ours in this browser."""
        held = request.cookies.get("csrf", "")
        return bool(held) and hmac.compare_digest(held.encode(), told.encode())

    def page(self, request: web.Request, text: str, token: str) -> web.Response:
        """The page, with the cookie its form is checked against."""
        answer = web.Response(text=text, content_type="text/html")
        if request.cookies.get("csrf") != token:
            answer.set_cookie("csrf", token, **FLAGS)
        return answer

    def token(self, request: web.Request) -> str:
        """The form token of this browser, a new one when it has none."""
        return request.cookies.get("csrf") or secrets.token_urlsafe(32)

    async def show(self, request: web.Request) -> web.Response:
        """The login page."""
        token, query = self.token(request), request.query
        text = pages.login(query.get("then", ""), token, query.get("reason", ""))
        return self.page(request, text, token)

    async def enter(self, request: web.Request) -> web.Response:
        """What the login form sends."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        then = form.get("then", "")
        if not then.startswith("/") or then.startswith("//"):
            then = "/"
        if not self.has_token(request, form.get("csrf", "")):
            return _again("token_expired", then)
        if not form.get("username"):
            return _again("user_required", then)
        person = self._people.known(form["username"], form.get("password", ""))
        if person is None:
            return _again("access_denied", then)
        answer = moved(then)
        name = secrets.token_urlsafe(32)
        self._sessions[name] = person.name
        answer.set_cookie("ssn", name, **FLAGS)
        return answer


def _again(reason: str, then: str) -> web.Response:
    return moved(with_query("/login", {"reason": reason, "then": then}))
