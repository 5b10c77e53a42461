"""Login with any OpenID Connect provider, or with one that knows OAuth 2.0 only."""

from typing import Any

import jwt
from oauthenticator.generic import GenericOAuthenticator
from traitlets import Unicode

from hub.keys import Keys
from hub.login.names import is_foreign_name
from hub.login.provider import ProviderLogin, configure_provider
from hub.login.troubles import LoginTrouble, place_of
from hub.settings import HubSettings

DISCOVERY = "/.well-known/openid-configuration"


class GenericLogin(ProviderLogin, GenericOAuthenticator):  # type: ignore[misc] # untyped
    """Lets in people by claims that the provider makes about them."""

    issuer = Unicode(config=True, help="who provides the logins; empty: without OpenID Connect")
    groups_claim = Unicode(config=True, help="what the list of a person's groups is called")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place = "OAUTH_ISSUER" if self.issuer else "OAUTH_USERINFO_URL"

    @property
    def discovery(self) -> str:
        """Where the provider says where to log in."""
        return f"{self.issuer}{DISCOVERY}" if self.issuer else ""

    def take_endpoints(self, found: dict[str, str]) -> None:
        """Use what the provider said, when it is the provider that was meant."""
        if found["issuer"].rstrip("/") != self.issuer:
            said = found["issuer"][:120]
            logged = f"{place_of(self.issuer)} says that it is {said!r}: set OAUTH_ISSUER to that"
            raise LoginTrouble(502, logged)
        super().take_endpoints(found)
        if not found["userinfo_endpoint"].startswith("https://"):
            raise ValueError("not encrypted")
        self.userdata_url = found["userinfo_endpoint"]
        # Without a word about it, a provider takes a secret in the header only.
        methods = found.get("token_endpoint_auth_methods_supported", "client_secret_basic")
        self.basic_auth = "client_secret_post" not in methods

    def normalize_username(self, username: str) -> str:
        """The name as it is: to a provider, Ada and ada may be two people."""
        return username

    async def token_to_user(self, token_info: dict[str, Any]) -> dict[str, Any]:
        """What the provider says of the token's person, at its address and in the ID token."""
        found: dict[str, Any] = await super().token_to_user(token_info)
        if not self.issuer or not token_info.get("id_token"):
            return found
        try:  # came from the provider itself by TLS, so its signature tells nothing more
            said = jwt.decode(
                token_info["id_token"],
                audience=self.client_id,
                options={"verify_signature": False, "verify_aud": True},
            )
        except jwt.PyJWTError:
            raise ValueError("no ID token for us") from None
        if said["sub"] != found["sub"]:
            raise ValueError("two people")
        return {**said, **found}  # some tell groups in the ID token only

    def user_info_to_username(self, user_info: dict[str, Any]) -> str:
        """The claim that is the name; an e-mail address only when it was verified."""
        claim = self.username_claim
        name = user_info.get(claim)
        if not is_foreign_name(name):
            words = f"says nothing usable as {claim}: check OAUTH_NAME_CLAIM and OAUTH_SCOPE"
            raise LoginTrouble(502, f"{place_of(self.userdata_url)} {words}")
        if claim == "email" and user_info.get("email_verified") is not True:
            words = "has not verified the e-mail address of a login: OAUTH_NAME_CLAIM is better"
            raise LoginTrouble(502, f"{place_of(self.userdata_url)} {words} not email")
        return str(name)

    async def get_user_groups(self, auth_state: dict[str, Any]) -> set[str]:
        """The names in the claim of groups; a single one may stand alone."""
        found = auth_state[self.user_auth_state_key].get(self.groups_claim)
        if found is None and self.allowed_groups | self.admin_groups:
            words = f"says nothing as {self.groups_claim}: check OAUTH_GROUPS_CLAIM and OAUTH_SCOPE"
            self.log.warning("%s %s", place_of(self.userdata_url), words)
        names = {found} if isinstance(found, str) else set(found or ())
        return {name for name in names if isinstance(name, str)}


def configure_oidc(c: Any, s: HubSettings, keys: Keys) -> None:
    """The issuer says where everything is."""
    _configure(c, s).issuer = s.login.oauth.issuer


def configure_oauth2(c: Any, s: HubSettings, keys: Keys) -> None:
    """The settings say where everything is."""
    login = _configure(c, s)
    login.authorize_url = s.login.oauth.authorize_url
    login.token_url = s.login.oauth.token_url
    login.userdata_url = s.login.oauth.userinfo_url


def _configure(c: Any, s: HubSettings) -> Any:
    login = configure_provider(c, s, GenericLogin)
    login.allow_all = s.login.allows_everybody
    login.scope = list(s.login.oauth.scope)
    if "offline_access" in login.scope:  # which OpenID Connect grants only who asks every time
        login.extra_authorize_params = {"prompt": "consent"}
    login.username_claim = s.login.oauth.name_claim
    login.groups_claim = s.login.oauth.groups_claim
    return login
