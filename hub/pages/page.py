"""What our own hub pages have in common."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from jupyterhub.handlers.base import BaseHandler

from hub.login.claims import Claim, Claims

#: The claims a browser holds; names and random ids, signed.
BROWSER_COOKIE = "workshop-browser"
BROWSER_DAYS = 90
#: More names than this in one browser are forgotten, the oldest first.
BROWSER_NAMES = 8


def keeps_files(user: Any) -> bool:
    """Whether the visitor's files outlive their session, for templates."""
    temporary = getattr(getattr(user, "authenticator", None), "temporary", False)
    spawner = getattr(user, "spawner", None)
    return not temporary and bool(getattr(spawner, "keeps_files", True))


class Page(BaseHandler):  # type: ignore[misc] # untyped
    """A page of the hub, with the claims of names."""

    @property
    def claims(self) -> Claims:
        """The claimed names."""
        claims: Claims = self.authenticator.claims
        return claims

    def held_claims(self) -> dict[str, str]:
        """The claims this browser holds, name to id; empty when it shows none of ours."""
        signed = self.get_signed_cookie(BROWSER_COOKIE, max_age_days=BROWSER_DAYS)
        try:
            held = json.loads(signed or b"{}")
        except ValueError:
            return {}
        return {str(name): str(id_) for name, id_ in held.items()}

    def lost_names(self) -> list[str]:
        """Names that were this browser's until the instructor released them."""
        claims: Claims | None = getattr(self.authenticator, "claims", None)
        held = self.held_claims() if claims else {}
        return [name for name in held if claims and not claims.holds(name, held)]

    def hold_claim(self, claim: Claim) -> None:
        """Let this browser use the name from now on without its code."""
        lost = {claim.name, *self.lost_names()}
        held = {name: id_ for name, id_ in self.held_claims().items() if name not in lost}
        newest = dict([*held.items(), (claim.name, claim.id)][-BROWSER_NAMES:])
        self._set_cookie(
            BROWSER_COOKIE,
            json.dumps(newest),
            path=self.hub.base_url,
            expires_days=BROWSER_DAYS,
        )

    def redirect_to_our_host(self) -> bool:
        """Send a visitor of another host name (127.0.0.1, say) to the one cookies are for."""
        url = self.settings["public_url"] or urlsplit(self.subdomain_host)
        if not url.netloc or self.request.host == url.netloc:
            return False
        self.redirect(f"{url.scheme}://{url.netloc}{self.request.uri}")
        return True

    async def show(self, template: str, **context: Any) -> None:
        """Answer with a page that is made for this visitor alone."""
        self.set_header("Cache-Control", "no-store")
        self.finish(await self.render_template(template, **context))


def same_site_navigation(headers: Mapping[str, str]) -> bool:
    """Whether a person of our own pages came here, not an image or a page of somebody else."""
    site = headers.get("Sec-Fetch-Site", "")
    if site in {"same-origin", "none", ""}:
        return True
    return site == "same-site" and headers.get("Sec-Fetch-User") == "?1"
