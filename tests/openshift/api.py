"""What the cluster's API answers: where to log in, who one is, and the deletion of tokens."""

from collections.abc import Callable

from aiohttp import web

from tests.openshift.clients import USER_SCOPES
from tests.openshift.grants import Grants, Token
from tests.openshift.people import People, Person

OBJECTS = "/apis/oauth.openshift.io/v1"
REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound"}


class Api:
    """The API of one cluster; `issuer` is where its OAuth server is."""

    def __init__(self, people: People, grants: Grants, issuer: Callable[[], str]) -> None:
        self._people, self._grants, self._issuer = people, grants, issuer

    def routes(self) -> list[web.RouteDef]:
        """The few paths that a login needs."""
        return [
            web.get("/.well-known/oauth-authorization-server", self.discover),
            web.get("/apis/user.openshift.io/v1/users/~", self.who),
            web.delete(OBJECTS + "/useroauthaccesstokens/{name}", self.delete_own),
            web.delete(OBJECTS + "/oauthaccesstokens/{name}", self.delete_any),
        ]

    async def discover(self, request: web.Request) -> web.Response:
        """Where the OAuth server is and what it can do."""
        issuer = self._issuer()
        return web.json_response(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/oauth/authorize",
                "token_endpoint": f"{issuer}/oauth/token",
                "scopes_supported": sorted(USER_SCOPES),
                "response_types_supported": ["code", "token"],
                "grant_types_supported": ["authorization_code", "implicit"],
                "code_challenge_methods_supported": ["plain", "S256"],
            }
        )

    async def who(self, request: web.Request) -> web.Response:
        """The account that the token is for."""
        found = self._holder(request)
        if isinstance(found, web.Response):
            return found
        person, token = found
        if not {"user:info", "user:full"} & set(token.scopes):
            return status(403, "the token's scopes do not cover this")
        return web.json_response(person.shown())

    async def delete_own(self, request: web.Request) -> web.Response:
        """Delete a token of one's own; another's is not found."""
        return self._delete(request, everybody=False)

    async def delete_any(self, request: web.Request) -> web.Response:
        """Delete anybody's token, for who may."""
        return self._delete(request, everybody=True)

    def _delete(self, request: web.Request, *, everybody: bool) -> web.Response:
        found = self._holder(request)
        if isinstance(found, web.Response):
            return found
        person, token = found
        if "user:full" not in token.scopes or (everybody and not person.is_cluster_admin):
            return status(403, f'User "{person.name}" cannot delete this')
        name = request.match_info["name"]
        if not self._grants.delete(name, None if everybody else person.name):
            return status(404, f"{name} not found")
        return web.json_response({"kind": "Status", "apiVersion": "v1", "status": "Success"})

    def _holder(self, request: web.Request) -> tuple[Person, Token] | web.Response:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if not text:
            return status(403, 'User "system:anonymous" cannot do this')
        token = self._grants.use(text) if scheme.lower() == "bearer" else None
        person = self._people.get(token.person) if token else None
        if token is None or person is None or person.uid != token.uid:
            return status(401, "Unauthorized")
        return person, token


def status(code: int, message: str) -> web.Response:
    """A refusal as Kubernetes words it."""
    body = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": REASONS[code],
        "code": code,
    }
    return web.json_response(body, status=code)
