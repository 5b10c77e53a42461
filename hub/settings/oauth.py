"""Where an OAuth provider is, and what it is asked."""

from dataclasses import dataclass

from hub.settings.reader import Reader


@dataclass(frozen=True)
class OAuthSettings:
    """Addresses without a slash at their end, and the names of claims."""

    issuer: str
    authorize_url: str
    token_url: str
    userinfo_url: str
    scope: tuple[str, ...]
    name_claim: str
    groups_claim: str
    github_url: str


def read_oauth(read: Reader) -> OAuthSettings:
    """Read them; what is wrong is a mistake of the reader's."""
    return OAuthSettings(
        issuer=read.address("OAUTH_ISSUER"),
        authorize_url=read.address("OAUTH_AUTHORIZE_URL"),
        token_url=read.address("OAUTH_TOKEN_URL"),
        userinfo_url=read.address("OAUTH_USERINFO_URL"),
        scope=tuple(read.text("OAUTH_SCOPE").split()),
        name_claim=read.text("OAUTH_NAME_CLAIM"),
        groups_claim=read.text("OAUTH_GROUPS_CLAIM"),
        github_url=read.address("GITHUB_URL"),
    )
