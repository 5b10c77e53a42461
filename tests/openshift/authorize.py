"""/oauth/authorize and its approve page: who may have a code for whom."""

from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from tests.openshift import pages, redirects
from tests.openshift.clients import Client, Clients, unknown
from tests.openshift.grants import Challenge, Code, Grants
from tests.openshift.people import Person
from tests.openshift.refusal import DENIED, as_json, moved, to_client, with_query
from tests.openshift.sessions import Sessions

RESPONSE_TYPES = ("code", "token")
HTML = "text/html"


@dataclass(frozen=True)
class Wish:
    """What a client asks for, when it may ask at all."""

    client: Client
    redirect_uri: str
    state: str
    scopes: list[str]
    challenge: Challenge


class Authorize:
    """Answers clients that send somebody to log in."""

    def __init__(self, clients: Clients, sessions: Sessions, grants: Grants) -> None:
        self._clients, self._sessions, self._grants = clients, sessions, grants

    def routes(self) -> list[web.RouteDef]:
        """Where clients send people."""
        return [
            web.get("/oauth/authorize", self.ask),
            web.get("/oauth/authorize/approve", self.show),
            web.post("/oauth/authorize/approve", self.decide),
        ]

    async def ask(self, request: web.Request) -> web.Response:
        """A code at the client's address, or what stands before it."""
        wish = self._wish(request)
        if isinstance(wish, web.Response):
            return wish
        person = self._sessions.person(request)
        if person is None:
            return moved("/login?" + urlencode({"then": request.raw_path}))
        if scope := unknown(wish.scopes):
            words = f"invalid scope: {scope}"
            return to_client(wish.redirect_uri, "invalid_scope", words, None)
        if scope := wish.client.denied(wish.scopes):
            words = f"scope denied: {scope}"
            return to_client(wish.redirect_uri, "access_denied", words, None)
        if request.query.get("error"):
            return to_client(wish.redirect_uri, "access_denied", DENIED, wish.state)
        if wish.client.asks and not self._approved(wish, person):
            return moved("authorize/approve?" + urlencode(_asked(request, wish)))
        return self._give(request, wish, person)

    def _wish(self, request: web.Request) -> Wish | web.Response:
        query = request.query
        if not query.get("client_id"):
            return as_json("server_error", "client_id is missing")
        client = self._clients.get(query["client_id"])
        if client is None:
            return as_json("unauthorized_client")
        if not client.redirects:
            return as_json("server_error", "no redirect URI is registered")
        there = redirects.chosen(client.redirects, query.get("redirect_uri", ""))
        if not there:
            return as_json("invalid_request", "the redirect URI is not registered")
        state = query.get("state", "")
        if query.get("response_type") not in RESPONSE_TYPES:
            return to_client(there, "unsupported_response_type", "response_type", state)
        challenge = Challenge(
            query.get("code_challenge", ""), query.get("code_challenge_method", "")
        )
        if not challenge.is_good:
            return to_client(there, "invalid_request", "code_challenge", state)
        scopes = query.get("scope", "").split() or ["user:full"]
        return Wish(client, there, state, scopes, challenge)

    def _approved(self, wish: Wish, person: Person) -> bool:
        given = self._grants.approved.get((person.name, wish.client.id), set())
        return set(wish.scopes) <= given

    def _give(self, request: web.Request, wish: Wish, person: Person) -> web.Response:
        code = Code(
            wish.client,
            person.name,
            person.uid,
            tuple(wish.scopes),
            wish.redirect_uri,
            wish.challenge,
            self._grants.clock(),
        )
        self._sessions.end(request)  # the password is asked each time
        told = {"code": self._grants.give_code(code), "state": wish.state}
        return moved(with_query(wish.redirect_uri, told))

    async def show(self, request: web.Request) -> web.Response:
        """The page that asks the person."""
        person, query = self._sessions.person(request), request.query
        if person is None:
            return web.Response(text=pages.mistake("You are not logged in"), content_type=HTML)
        token = self._sessions.token(request)
        fields = {
            "then": query.get("then", ""),
            "csrf": token,
            "client_id": query.get("client_id", ""),
            "user_name": person.name,
            "redirect_uri": query.get("redirect_uri", ""),
        }
        text = pages.approve(fields, query.get("scope", "").split())
        return self._sessions.page(request, text, token)

    async def decide(self, request: web.Request) -> web.Response:
        """What the person answered."""
        form = await request.post()
        person = self._sessions.person(request)
        if not self._sessions.has_token(request, str(form.get("csrf", ""))):
            return web.Response(text=pages.mistake("Invalid CSRF token"), content_type=HTML)
        if person is None or form.get("user_name") != person.name:
            return web.Response(text=pages.mistake("You are somebody else"), content_type=HTML)
        scopes = [str(scope) for scope in form.getall("scope", [])]
        then = "../authorize?" + str(form.get("then", "")).partition("?")[2]
        if not form.get("approve") or not scopes:
            return moved(with_query(then, {"error": "access_denied"}))
        given = self._grants.approved.setdefault((person.name, str(form.get("client_id"))), set())
        given |= set(scopes)
        return moved(_with_scopes(then, scopes))


HTML = "text/html"


def _asked(request: web.Request, wish: Wish) -> dict[str, str]:
    return {
        "client_id": wish.client.id,
        "redirect_uri": wish.redirect_uri,
        "scope": " ".join(wish.scopes),
        "then": request.raw_path,
    }


def _with_scopes(url: str, scopes: list[str]) -> str:
    path, _, query = url.partition("?")
    kept = [pair for pair in query.split("&") if pair and not pair.startswith("scope=")]
    return f"{path}?{'&'.join([*kept, urlencode({'scope': ' '.join(scopes)})])}"
