"""Login with GitHub, or with a GitHub Enterprise Server."""

from typing import Any

from oauthenticator.github import GitHubOAuthenticator

from hub.keys import Keys
from hub.login.provider import ProviderLogin, configure_provider
from hub.settings import HubSettings


class GitHubLogin(ProviderLogin, GitHubOAuthenticator):  # type: ignore[misc] # untyped
    """Lets in people by name, by organization (`acme`) and by team (`acme:teachers`).

    GitHub tells no upper from lower case in any of these, so all are in lower case here.
    """

    place = "GITHUB_URL"

    async def update_auth_model(self, auth_model: dict[str, Any]) -> dict[str, Any]:
        """Learn the organizations and teams, when a rule is about one."""
        state = auth_model["auth_state"]
        state["groups"] = sorted(await self._groups(state)) if self.scope else []
        return auth_model

    async def _groups(self, state: dict[str, Any]) -> set[str]:
        token = state["token_response"]["access_token"], state["token_response"]["token_type"]
        own = f"{self.github_api}/user"
        organizations = await self._paginated_fetch(f"{own}/orgs?per_page=100", *token)
        teams = await self._paginated_fetch(f"{own}/teams?per_page=100", *token)
        names = [one["login"] for one in organizations]
        names += [f"{one['organization']['login']}:{one['slug']}" for one in teams]
        return {name.lower() for name in names}


def configure_github(c: Any, s: HubSettings, keys: Keys) -> None:
    """Nothing is asked for but public facts, unless a rule is about an organization."""
    login = configure_provider(c, s, GitHubLogin)
    login.github_url = s.login.oauth.github_url
    login.auth_state_groups_key = "groups"
    rules = s.login.allowed_groups | s.login.admin_groups
    login.scope = ["read:org"] if rules else []
    for name in ("allowed_users", "admin_users", "allowed_groups", "admin_groups"):
        login[name] = {one.lower() for one in getattr(s.login, name)}
