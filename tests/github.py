"""A strict stand-in for a GitHub Enterprise Server: its OAuth pages and the API that logins need.

It refuses what GitHub refuses, in the same words: see "Authorizing OAuth apps" and the REST
reference in GitHub's documentation. People type their name; a password is not its subject.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import secrets
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from tests.openshift.authority import Authority
from tests.waiting import settled

FORM = """<h1>Sign in</h1><form method=post action="/login/oauth/authorize">{fields}
<input name=login><button>Authorize</button></form>"""
FIELD = '<input type=hidden name="{}" value="{}">'
ASKED = ("client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
BAD_CREDENTIALS = {"message": "Bad credentials", "status": "401"}
REFUSALS = {
    "incorrect_client_credentials": "The client_id and/or client_secret passed are incorrect.",
    "bad_verification_code": "The code passed is incorrect or expired.",
    "redirect_uri_mismatch": "The redirect_uri MUST match the registered callback URL.",
}


@dataclass(frozen=True)
class Grant:
    """Who allowed the app what."""

    login: str
    scopes: frozenset[str]
    challenge: str
    redirect: str


@dataclass
class GitHub:
    """A running server; tests change its people as they like."""

    authority: Authority
    client: tuple[str, str]
    callback: str
    #: Teams of people by login, as `organization:team`; an organization alone is without a team.
    people: dict[str, set[str]]
    url: str = ""
    page: int = 100
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        """All of its addresses."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/login/oauth/authorize", self.authorize),
                web.post("/login/oauth/authorize", self.allow),
                web.post("/login/oauth/access_token", self.exchange),
                web.get("/api/v3/user", self.user),
                web.get("/api/v3/user/{what:orgs|teams}", self.memberships),
            ]
        )
        return app

    async def authorize(self, request: web.Request) -> web.Response:
        """The page that asks who somebody is and whether the app may know."""
        told = request.query
        if told.get("client_id") != self.client[0]:
            return web.Response(status=404, text="Not Found")
        if told.get("redirect_uri", self.callback) != self.callback:
            return self._back(told, error="redirect_uri_mismatch")
        self.asked.append(told.get("scope", ""))
        fields = "".join(FIELD.format(name, told.get(name, "")) for name in ASKED)
        return web.Response(text=FORM.format(fields=fields), content_type="text/html")

    async def allow(self, request: web.Request) -> web.Response:
        """A code for the app; without PKCE's S256 a challenge is not taken."""
        told = {name: str(value) for name, value in (await request.post()).items()}
        if told["code_challenge"] and told["code_challenge_method"] != "S256":
            return self._back(told, error="invalid_request")
        code = secrets.token_hex(10)
        scopes = frozenset(told["scope"].replace(",", " ").split())
        challenge = told["code_challenge"]
        self.codes[code] = Grant(told["login"], scopes, challenge, told["redirect_uri"])
        return self._back(told, code=code)

    def _back(self, told: Mapping[str, str], **more: str) -> web.Response:
        query = urlencode(more | {"state": told.get("state", "")})
        return web.Response(status=302, headers={"Location": f"{self.callback}?{query}"})

    async def exchange(self, request: web.Request) -> web.Response:
        """A token for a code that was not used; refusals have status 200, as GitHub's have."""
        told = {name: str(value) for name, value in (await request.post()).items()}
        client = told.get("client_id", ""), told.get("client_secret", "")
        if not hmac.compare_digest(":".join(client).encode(), ":".join(self.client).encode()):
            return _form_or_json(request, _refused("incorrect_client_credentials"))
        grant = self.codes.pop(told.get("code", ""), None)
        if grant is None or not _verifies(grant.challenge, told.get("code_verifier", "")):
            return _form_or_json(request, _refused("bad_verification_code"))
        if told.get("redirect_uri", grant.redirect) != grant.redirect:
            return _form_or_json(request, _refused("redirect_uri_mismatch"))
        token = f"gho_{secrets.token_hex(18)}"
        self.tokens[token] = grant
        scope = ",".join(sorted(grant.scopes))
        answer = {"access_token": token, "token_type": "bearer", "scope": scope}
        return _form_or_json(request, answer)

    async def user(self, request: web.Request) -> web.Response:
        """Who the token belongs to."""
        grant = self._grant(request)
        if isinstance(grant, web.Response):
            return grant
        return web.json_response({"login": grant.login, "id": len(grant.login), "email": None})

    async def memberships(self, request: web.Request) -> web.Response:
        """Organizations or teams, a page at a time; only with the scope for that."""
        grant = self._grant(request)
        if isinstance(grant, web.Response):
            return grant
        if "read:org" not in grant.scopes:
            words = "You need at least read:org scope or user scope to list your organizations."
            return web.json_response({"message": words, "status": "403"}, status=403)
        teams = sorted(self.people.get(grant.login, set()))
        found = (
            [{"login": name} for name in sorted({team.partition(":")[0] for team in teams})]
            if request.match_info["what"] == "orgs"
            else [_team(name) for name in teams if ":" in name]
        )
        number = int(request.query.get("page", "1"))
        start = (number - 1) * self.page
        later = f'<{self.url}{request.path}?page={number + 1}>; rel="next"'
        headers = {"Link": later} if start + self.page < len(found) else {}
        return web.json_response(found[start : start + self.page], headers=headers)

    def _grant(self, request: web.Request) -> Grant | web.Response:
        if "User-Agent" not in request.headers:
            return web.Response(status=403, text="Request forbidden by administrative rules.")
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        known = self.tokens.get(token) if kind.lower() in {"bearer", "token"} else None
        if known is None or known.login not in self.people:
            return web.json_response(BAD_CREDENTIALS, status=401)
        return known


def _team(name: str) -> dict[str, object]:
    organization, _, slug = name.partition(":")
    return {"slug": slug, "name": slug.title(), "organization": {"login": organization}}


def _refused(error: str) -> dict[str, str]:
    return {"error": error, "error_description": REFUSALS[error]}


def _form_or_json(request: web.Request, answer: dict[str, str]) -> web.Response:
    """Forms are what GitHub answers with, unless it is asked for JSON."""
    if request.headers.get("Accept") == "application/json":
        return web.json_response(answer)
    return web.Response(text=urlencode(answer), content_type="application/x-www-form-urlencoded")


def _verifies(challenge: str, verifier: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    return not challenge or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge


@contextlib.contextmanager
def running_github(
    folder: Path, callback: str, client: tuple[str, str], people: dict[str, set[str]]
) -> Iterator[GitHub]:
    """The server on a free port of loopback, in a thread."""
    github = GitHub(Authority.made(folder), client, callback, people)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> web.AppRunner:
        runner = web.AppRunner(github.app(), access_log=None)
        await runner.setup()
        context = github.authority.serving()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        github.url = f"https://localhost:{runner.addresses[0][1]}"
        return runner

    async def end(runner: web.AppRunner) -> None:
        await runner.cleanup()
        await settled()

    runner = asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    try:
        yield github
    finally:
        asyncio.run_coroutine_threadsafe(end(runner), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
