"""The hub's API as a session uses it: codes to tokens, tokens to users, activity."""

import asyncio
import contextlib
import json
import logging
from typing import Any

from oauthlib.oauth2.rfc6749.clients.web_application import WebApplicationClient
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from tornado.httpclient import HTTPClientError, HTTPRequest, HTTPResponse
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from dashboard.gateway.login.connector import Connector
from dashboard.gateway.login.visitor import HubAwayError, HubRefusedError, NoHostError
from dashboard.settings import Settings

log = logging.getLogger("workshop.gateway.hub")
#: Seconds between questions to a hub that has not answered yet.
_PAUSE = 0.2
_REFUSALS = frozenset({400, 401, 403})
#: What the hub answers when a cluster gives a program no host.
_NO_HOST = 424


class Hub:
    """The hub, asked with a time limit; HubAwayError whenever it does not answer as a hub does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # An instance of our own: a hub that hangs holds up nothing else, and eight calls at once
        # are what one session may ask of it.
        self._http = SimpleAsyncHTTPClient(
            force_instance=True, max_clients=8, max_buffer_size=1 << 20
        )
        self._http.tcp_client = Connector(self._http.resolver)

        #: Whether it has ever answered.
        self.met = False

    def close(self) -> None:
        """Give back what the client holds."""
        self._http.close()

    def authorize_url(self, state: str, verifier: str) -> str:
        """Where a browser asks the hub to let it in, with the challenge for `verifier`."""
        client = WebApplicationClient(self._settings.client_id)
        challenge = client.create_code_challenge(verifier, "S256")
        # oauthlib insists on https, which a hub on loopback does not have: it makes the query only.
        asked = client.prepare_request_uri(
            "https://hub/",
            redirect_uri=self._settings.callback_url,
            state=state,
            code_challenge=challenge,
            code_challenge_method="S256",
        )
        return f"{self._settings.hub_url}api/oauth2/authorize?{asked.partition('?')[2]}"

    async def exchange(self, code: str, verifier: str) -> str:
        """The token for a code; HubRefusedError when the hub does not take it."""
        client = WebApplicationClient(self._settings.client_id, code_verifier=verifier)
        body = client.prepare_request_body(
            code=code,
            redirect_uri=self._settings.callback_url,
            code_verifier=verifier,
            client_secret=self._settings.api_token,
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        response = await self._fetch("oauth2/token", method="POST", body=body, headers=headers)
        try:
            answer: dict[str, Any] = client.parse_request_body_response(response.body.decode())
        except (OAuth2Error, ValueError, Warning) as error:
            raise HubAwayError("the token endpoint answered with something else") from error
        return str(answer["access_token"])

    async def user(self, token: str) -> dict[str, Any]:
        """The model of a token's owner; HubRefusedError when the token is worth nothing."""
        response = await self._fetch("user", headers={"Authorization": f"token {token}"})
        model = _json(response)
        if not isinstance(model.get("name"), str) or not isinstance(model.get("scopes"), list):
            raise HubAwayError("the answer names no user")
        return model

    async def own_token(self) -> dict[str, Any]:
        """The attendee's own token for the cluster, and when it ends."""
        headers = {"Authorization": f"token {self._settings.api_token}"}
        return _json(await self._fetch("session/cluster-token", headers=headers))

    async def console_state(self) -> str:
        """How the container of the session's web console is."""
        headers = {"Authorization": f"token {self._settings.api_token}"}
        return str(_json(await self._fetch("session/console", headers=headers)).get("state", ""))

    async def open_host(self, label: str) -> None:
        """Have the proxy lead to this session by one more host of its own; NoHostError with the
        reason where a cluster gives none, which may take its router a while."""
        headers = {
            "Authorization": f"token {self._settings.api_token}",
            "Content-Type": "application/json",
        }
        body, limit = json.dumps({"label": label}), self._settings.limits.host
        await self._fetch("session/host", limit, method="POST", body=body, headers=headers)

    async def check(self) -> None:
        """Return when the hub is there."""
        if "version" not in _json(await self._fetch("")):
            raise HubAwayError("the answer names no version")

    async def meet(self) -> None:
        """Ask until it has answered once: a new pod's network may not lead there yet."""
        while not self.met:
            with contextlib.suppress(HubAwayError, HubRefusedError):
                await self.check()
                self.met = True
                return
            await asyncio.sleep(_PAUSE)

    async def report(self, activity: dict[str, Any]) -> None:
        """Tell the hub about activity, where it wants to hear of it."""
        headers = {
            "Authorization": f"token {self._settings.api_token}",
            "Content-Type": "application/json",
        }
        url = self._settings.activity_url
        await self._fetch(url, method="POST", body=json.dumps(activity), headers=headers)

    async def _fetch(self, path: str, limit: float = 0, **request: Any) -> HTTPResponse:
        url = path if "://" in path else f"{self._settings.api_url}/{path}"
        limit = limit or self._settings.limits.hub
        try:
            async with asyncio.timeout(limit):
                return await self._http.fetch(
                    HTTPRequest(
                        url,
                        connect_timeout=limit,
                        request_timeout=limit,
                        follow_redirects=False,
                        **request,
                    )
                )
        except HTTPClientError as error:
            if error.code == _NO_HOST and error.response:
                raise NoHostError(str(_json(error.response).get("message", ""))) from error
            if error.code in _REFUSALS:
                raise HubRefusedError(f"the hub answered {error.code}") from error
            raise HubAwayError(f"the hub answered {error.code}") from error
        except (OSError, TimeoutError, ValueError) as error:
            raise HubAwayError(f"the hub does not answer: {type(error).__name__}") from error


def _json(response: HTTPResponse) -> dict[str, Any]:
    try:
        answer = json.loads(response.body)
    except ValueError as error:
        raise HubAwayError("the answer is no JSON") from error
    if not isinstance(answer, dict):
        raise HubAwayError("the answer is no object")
    return answer
