"""/oauth/token: a code for a token, or one of the exact errors."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from urllib.parse import unquote_plus

from aiohttp import web

from tests.openshift import redirects
from tests.openshift.clients import Client, Clients
from tests.openshift.grants import CODE_SECONDS, Grants
from tests.openshift.refusal import as_json


class Exchange:
    """Answers clients that bring a code."""

    def __init__(self, clients: Clients, grants: Grants) -> None:
        self._clients, self._grants = clients, grants
        #: How often each error was given, for tests to see that they met the right one.
        self.errors: list[str] = []

    def routes(self) -> list[web.RouteDef]:
        """Where clients bring codes."""
        return [web.route("*", "/oauth/token", self.exchange)]

    async def exchange(self, request: web.Request) -> web.Response:
        """A token for the code; the code is used up only when all is right."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        error = self._mistake(request, form)
        if error:
            self.errors.append(error)
            return as_json(error)
        code = self._grants.code(form["code"])
        assert code
        return web.json_response(
            {
                "access_token": self._grants.use_up(form["code"]),
                "expires_in": code.client.token_seconds,
                "scope": " ".join(code.scopes),
                "token_type": "Bearer",
            }
        )

    def _mistake(self, request: web.Request, form: Mapping[str, str]) -> str:
        if request.method != "POST":
            return "invalid_request"
        if form.get("grant_type") != "authorization_code":
            return "unsupported_grant_type"
        client = self._client(request, form)
        return client if isinstance(client, str) else self._code_mistake(client, form)

    def _client(self, request: web.Request, form: Mapping[str, str]) -> Client | str:
        """Who brings the code, by the secret in the form or in the header; or the error."""
        told = form.get("client_id", ""), form.get("client_secret", "")
        if not told[1]:
            told = basic(request.headers.get("Authorization", ""))
        if not told[1]:
            return "invalid_request"
        client = self._clients.get(told[0])
        if client is None or not hmac.compare_digest(client.secret.encode(), told[1].encode()):
            return "unauthorized_client"
        return client

    def _code_mistake(self, client: Client, form: Mapping[str, str]) -> str:
        code = self._grants.code(form.get("code", ""))
        if code is None:
            return "unauthorized_client"
        if code.client.id != client.id or self._grants.clock() - code.since > CODE_SECONDS:
            return "invalid_grant"
        if redirects.chosen(client.redirects, form.get("redirect_uri", "")) != code.redirect_uri:
            return "invalid_request"
        return code.challenge.mistake_of(form.get("code_verifier", ""))


def basic(header: str) -> tuple[str, str]:
    """Name and secret of a Basic header: cut at the first colon, then each decoded."""
    try:
        text = base64.b64decode(header.removeprefix("Basic "), validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    name, _, secret = text.partition(":")
    return unquote_plus(name), unquote_plus(secret)
