"""Logins at an OAuth provider: what they share, above all how they end when something is wrong."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

from oauthenticator.oauth2 import OAuthenticator
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from traitlets import Unicode, default

from hub.login.endings import end_logins
from hub.login.troubles import (
    LoginTrouble,
    error_code,
    no_provider,
    refused_code,
    refused_token,
    unreachable,
    unreadable,
)
from hub.login.trust import trust
from hub.settings import HubSettings

#: Seconds to connect, and for the whole answer: somebody waits for it.
CONNECT, ANSWER = 5.0, 10.0


class ProviderLogin(OAuthenticator):  # type: ignore[misc] # untyped
    """Lets in whom the provider knows and the rules allow; a LoginTrouble says why it cannot."""

    ca_file = Unicode(config=True, help="certificates to trust besides the system's")
    warning = Unicode(config=True, help="what whoever starts the hub should know")

    #: The setting that says where the provider is.
    place = ""
    _discovered = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._asked: dict[str, asyncio.Future[Any]] = {}
        self.http_request_kwargs: dict[str, Any] = {
            "ssl_options": trust(self.ca_file),
            "connect_timeout": CONNECT,
            "request_timeout": ANSWER,
        }

    @default("http_client")
    def _own_client(self) -> AsyncHTTPClient:
        # A class logs in within a minute, and libcurl takes no SSL context.
        return SimpleAsyncHTTPClient(force_instance=True, max_clients=50)

    @property
    def discovery(self) -> str:
        """Where the provider says where to log in; empty when that is known."""
        return ""

    def get_handlers(self, app: Any) -> list[tuple[Any, ...]]:
        """Our pages; they come before JupyterHub's own."""
        from hub.pages.provider import handlers  # which shows what is raised here

        return handlers()

    def check_allow_config(self) -> None:
        """Repeat in the log what the operator was told at the start."""
        if self.warning:
            self.log.warning(self.warning)

    async def discover(self) -> None:
        """Learn where to log in, once; LoginTrouble when the provider does not say."""
        if not self.discovery or self._discovered:
            return
        try:
            found = await self.fetch(HTTPRequest(self.discovery, **self.http_request_kwargs))
        except HTTPClientError as error:
            raise no_provider(error, self.discovery, self.place) from None
        try:
            self.take_endpoints({name: str(url) for name, url in found.items()})
        except (AttributeError, KeyError, ValueError):
            raise unreadable(self.discovery, self.place) from None
        self._discovered = True

    def take_endpoints(self, found: dict[str, str]) -> None:
        """Use what the provider said; ValueError when a secret would be sent in the clear."""
        authorize, token = found["authorization_endpoint"], found["token_endpoint"]
        if not all(url.startswith("https://") for url in (authorize, token)):
            raise ValueError("not encrypted")
        self.authorize_url, self.token_url = authorize, token

    async def fetch(
        self, req: HTTPRequest, label: str = "", parse_json: bool = True, **kwargs: Any
    ) -> Any:
        """The answer; HTTPClientError when it is a refusal, LoginTrouble when there is none."""
        try:
            answer = await self.http_client.fetch(req, **kwargs)
            return json.loads(answer.body or b"null") if parse_json else answer
        except HTTPClientError as error:
            if 400 <= error.code < 500 and error.code != 429:  # that means: later
                raise
            raise unreachable(error, req.url, self.place) from None
        except (OSError, ValueError) as error:
            raise unreachable(error, req.url, self.place) from None

    async def get_token_info(self, handler: Any, params: dict[str, Any]) -> dict[str, Any]:
        """The token for a code."""
        try:
            found = await self.httpfetch(
                self.token_url,
                method="POST",
                headers=self.build_token_info_request_headers(),
                body=urlencode(params),
            )
        except HTTPClientError as error:
            raise refused_code(error_code(error), self.token_url) from None
        if not isinstance(found, dict):
            raise unreadable(self.token_url, self.place)
        if "access_token" not in found or "error" in found:
            raise refused_code(str(found.get("error", "")), self.token_url)
        return {"token_type": "Bearer", **found}

    async def authenticate(self, handler: Any, data: Any = None, **kwargs: Any) -> Any:
        """Who it is, as the provider says."""
        await self.discover()
        try:
            found = await super().authenticate(handler, data, **kwargs)
            return found | {"admin": bool(found["admin"])}  # the settings' word, also when it is no
        except HTTPClientError as error:
            raise refused_token(error, self.userdata_url, self.place) from None
        except (AttributeError, KeyError, TypeError, ValueError):
            raise unreadable(self.userdata_url, self.place) from None

    async def refresh_user(self, user: Any, handler: Any = None, **kwargs: Any) -> Any:
        """Ask the provider anew: False when the login counts no more.

        Who is allowed no more loses every token at once. A provider that does not answer takes
        nothing from anybody: a workshop goes on without it. However many ask at once, the provider
        is asked once: many take a refresh token that comes twice for a stolen one.
        """
        asked = self._asked.get(user.name)
        if asked is None:
            asked = asyncio.ensure_future(self._ask_anew(user, handler, **kwargs))
            self._asked[user.name] = asked
            asked.add_done_callback(lambda _: self._asked.pop(user.name))
        return await asyncio.shield(asked)

    async def _ask_anew(self, user: Any, handler: Any, **kwargs: Any) -> Any:
        try:
            found = await self._refreshed(user, handler, **kwargs)
        except LoginTrouble as trouble:
            self.log.error("The login of %s stays unchecked: %s", user.name, trouble.logged)
            return True
        if not isinstance(found, dict):
            return found
        if found["name"] == user.name and await self.check_allowed(user.name, found):
            return found | {"admin": bool(found["admin"])}
        self.log.warning("%s is allowed no more and was logged out", user.name)
        end_logins(user)
        return False

    async def _refreshed(self, user: Any, handler: Any, **kwargs: Any) -> Any:
        await self.discover()
        before = await user.get_auth_state()
        try:
            found = await super().refresh_user(user, handler, **kwargs)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise unreadable(self.userdata_url, self.place) from None
        # A login that was made meanwhile is newer than what was asked with.
        return found if await user.get_auth_state() == before else True


def configure_provider(c: Any, s: HubSettings, kind: type[ProviderLogin]) -> Any:
    """What all providers have in common; gives the section of the configuration to go on with."""
    c.JupyterHub.authenticator_class = kind
    login = c[kind.__name__]
    login.client_id = s.login.client_id
    login.client_secret = s.login.client_secret
    login.oauth_callback_url = f"{s.origin}/hub/oauth_callback"
    login.ca_file = s.login.ca
    login.warning = s.login.warning
    login.auto_login = True
    login.allow_all = False
    login.any_allow_config = True
    login.manage_groups = True
    login.allowed_users = set(s.login.allowed_users)
    login.admin_users = set(s.login.admin_users)
    login.allowed_groups = set(s.login.allowed_groups)
    login.admin_groups = set(s.login.admin_groups)
    login.enable_auth_state = True  # the token, encrypted: by it a login is checked anew
    login.auth_refresh_age = s.login.recheck
    return login
