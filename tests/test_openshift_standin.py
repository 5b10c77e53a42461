"""The stand-in for OpenShift's OAuth server answers and refuses as the real one was seen to."""

import base64
import hashlib
from urllib.parse import quote, quote_plus, urlencode

import aiohttp
import pytest

from tests.openshift.caller import Caller
from tests.openshift.clients import Client
from tests.openshift.grants import object_name
from tests.openshift.server import running_openshift

CALLBACK = "https://hub.example.com/hub/oauth_callback"
ACCOUNT = "system:serviceaccount:workshop:hub"
VERIFIER = "v" * 43
S256 = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
PKCE = {"code_challenge": S256, "code_challenge_method": "S256"}


@pytest.fixture(scope="module")
def openshift(tmp_path_factory):
    with running_openshift(tmp_path_factory.mktemp("openshift")) as running:
        for client in (
            Client.service_account("workshop", "hub", "account-secret", CALLBACK),
            Client.service_account("workshop", "bare", "bare-secret"),
            Client("console", "console-secret", (CALLBACK,), token_seconds=60),
            Client("two", "two-secret", (CALLBACK, "https://other.example.com/")),
        ):
            running.clients.add(client)
        running.people.add("alice", "alice-password", ["staff"], full_name="Alice A.")
        running.people.add("bob", "bob-password")
        running.people.add("root", "root-password", is_cluster_admin=True)
        yield running


@pytest.fixture(autouse=True)
def fresh(openshift):
    """Each test begins without approvals and in the present."""
    openshift.grants.approved.clear()
    openshift.later = 0.0


@pytest.fixture
async def caller(openshift):
    async with Caller(openshift.authority.trusting()) as browser:
        yield browser


def address(openshift, **changes):
    """The address a client sends people to; None leaves a parameter out."""
    usual = {
        "client_id": ACCOUNT,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "user:info",
        "state": "s t&ate",
        **PKCE,
    }
    asked = {name: value for name, value in (usual | changes).items() if value is not None}
    return f"{openshift.oauth_url}/oauth/authorize?{urlencode(asked)}"


async def log_in(openshift, caller, name="alice", **changes):
    """What comes after the login form: an approve page, or the way back to the client."""
    page = await caller.follow(await caller.get(address(openshift, **changes)))
    answer = await caller.send(page, username=name, password=f"{name}-password")
    return await caller.follow(answer, CALLBACK)


async def get_code(openshift, caller, name="alice", client="console", **changes):
    """A code for the client."""
    shown = await log_in(openshift, caller, name, client_id=client, **changes)
    if not shown.location:
        shown = await caller.follow(await caller.send(shown, "approve"), CALLBACK)
    return shown.told["code"]


async def exchange(openshift, caller, code, client="console", headers=(), **changes):
    """What the token endpoint says to the code; None leaves a field out."""
    secrets = {"console": "console-secret", ACCOUNT: "account-secret"}
    form = {
        "grant_type": "authorization_code",
        "client_id": client,
        "client_secret": secrets.get(client, "two-secret"),
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "code": code,
    } | changes
    data = {name: value for name, value in form.items() if value is not None}
    url = f"{openshift.oauth_url}/oauth/token"
    async with caller.http.post(url, data=data, headers=dict(headers)) as answer:
        return answer.status, await answer.json()


async def get_token(openshift, caller, name="alice", client="console", **changes):
    changes = {"scope": "user:info" if client == ACCOUNT else "user:full"} | changes
    code = await get_code(openshift, caller, name, client, **changes)
    status, told = await exchange(openshift, caller, code, client)
    assert status == 200, told
    return told["access_token"]


async def api(openshift, caller, path, token="", method="GET"):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with caller.http.request(method, f"{openshift.api_url}{path}", headers=headers) as answer:
        return answer.status, await answer.json()


ME = "/apis/user.openshift.io/v1/users/~"
OWN = "/apis/oauth.openshift.io/v1/useroauthaccesstokens/"
ANY = "/apis/oauth.openshift.io/v1/oauthaccesstokens/"


async def test_discovery_names_the_other_server(openshift, caller):
    """The API says where the OAuth server is, and what it can do."""
    status, found = await api(openshift, caller, "/.well-known/oauth-authorization-server")

    assert status == 200
    assert found["issuer"] == openshift.oauth_url != openshift.api_url
    assert found["token_endpoint"] == f"{openshift.oauth_url}/oauth/token"
    assert found["code_challenge_methods_supported"] == ["plain", "S256"]


async def test_a_service_account_is_approved_once_and_the_password_asked_each_time(
    openshift, caller
):
    """Login, approve page, code and state; the next time no approve page, but the password."""
    shown = await log_in(openshift, caller)
    assert "Authorize Access" in shown.text
    back = await caller.send(shown, "approve")
    assert back.headers["Location"].startswith("../authorize?")
    back = await caller.follow(back, CALLBACK)
    assert back.told["state"] == "s t&ate"
    assert back.told["code"].startswith("sha256~")

    first = await caller.get(address(openshift))
    assert first.headers["Location"].startswith("/login?then=%2Foauth%2Fauthorize%3F")
    again = await log_in(openshift, caller)
    assert again.location.startswith(CALLBACK)


async def test_headers_and_cookies(openshift, caller):
    """No page may be framed, and both cookies are for HTTPS and out of scripts' reach."""
    page = await caller.follow(await caller.get(address(openshift)))
    answer = await caller.send(page, username="alice", password="alice-password")

    assert page.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in page.headers["Cache-Control"]
    assert "Content-Security-Policy" not in page.headers
    for cookie, name in (
        (page.headers["Set-Cookie"], "csrf"),
        (answer.headers["Set-Cookie"], "ssn"),
    ):
        assert cookie.startswith(f"{name}=")
        assert {"Path=/", "HttpOnly", "Secure"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        pytest.param({"password": "wrong"}, "access_denied", id="password"),
        pytest.param({"username": "nobody"}, "access_denied", id="stranger"),
        pytest.param({"username": ""}, "user_required", id="no-name"),
        pytest.param({"csrf": "other"}, "token_expired", id="csrf"),
    ],
)
async def test_refused_passwords(openshift, caller, typed, reason):
    """A bad login leads back to the form with the reason, and on to the same place."""
    page = await caller.follow(await caller.get(address(openshift)))

    answer = await caller.send(
        page, **({"username": "alice", "password": "alice-password"} | typed)
    )

    assert answer.headers["Location"].startswith(f"/login?reason={reason}&then=%2Foauth")
    assert (await caller.follow(answer)).form()[1]["then"] == page.form()[1]["then"]


@pytest.mark.parametrize(
    ("button", "changes"),
    [("deny", {}), ("approve", {"scope": []})],
    ids=["denied", "nothing-checked"],
)
async def test_denied_grants(openshift, caller, button, changes):
    """Deny, and approval of nothing, lead to the client with the error and its state."""
    page = await log_in(openshift, caller)

    back = await caller.follow(await caller.send(page, button, **changes), CALLBACK)

    assert back.told == {
        "error": "access_denied",
        "error_description": "The resource owner or authorization server denied the request.",
        "state": "s t&ate",
    }


@pytest.mark.parametrize(
    "changes", [{"csrf": "other"}, {"user_name": "bob"}], ids=["csrf", "somebody-else"]
)
async def test_forged_approvals(openshift, caller, changes):
    """An approval that this person did not give is an error on the page."""
    page = await log_in(openshift, caller)

    answer = await caller.send(page, "approve", **changes)

    assert answer.status == 200
    assert "role=alert" in answer.text
    assert not openshift.grants.approved


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        *(
            pytest.param({"redirect_uri": uri}, "invalid_request", id=name)
            for name, uri in {
                "host": "https://evil.example.com/hub/oauth_callback",
                "scheme": "http://hub.example.com/hub/oauth_callback",
                "port": "https://hub.example.com:8443/hub/oauth_callback",
                "sibling": "https://hub.example.com/hub/oauth_callback2",
                "parent": "https://hub.example.com/hub",
                "dots": f"{CALLBACK}/../x",
                "fragment": f"{CALLBACK}#x",
            }.items()
        ),
        pytest.param({"client_id": "nobody"}, "unauthorized_client", id="client"),
        pytest.param(
            {"client_id": "system:serviceaccount:workshop:no"}, "unauthorized_client", id="account"
        ),
        pytest.param(
            {"client_id": "system:serviceaccount:no:hub"}, "unauthorized_client", id="namespace"
        ),
        pytest.param(
            {"client_id": "system:serviceaccount:workshop:bare"}, "server_error", id="annotation"
        ),
        pytest.param({"client_id": None}, "server_error", id="no-client"),
    ],
)
async def test_refused_before_login(openshift, caller, changes, error):
    """What would send people astray is refused at once, without a redirect."""
    answer = await caller.get(address(openshift, **changes))

    assert (answer.status, answer.location) == (400, "")
    assert f'"error": "{error}"' in answer.text


@pytest.mark.parametrize(
    "uri",
    [f"{CALLBACK}/below", f"{CALLBACK}/", f"{CALLBACK}?more=1", None],
    ids=["below", "slash", "query", "missing"],
)
async def test_accepted_redirects(openshift, caller, uri):
    """The registered address, what lies below it, and none where one is registered."""
    back = await log_in(openshift, caller, client_id="console", redirect_uri=uri)

    assert back.location.startswith(uri or f"{CALLBACK}?")
    assert back.told["code"]


async def test_no_redirect_is_chosen_among_two(openshift, caller):
    """Without an address, a client with two registered ones is refused."""
    assert (await caller.get(address(openshift, client_id="two", redirect_uri=None))).status == 400


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param(
            {"response_type": "x"},
            {"error": "unsupported_response_type", "state": "s t&ate"},
            id="response-type",
        ),
        pytest.param(
            {"code_challenge": "short"},
            {"error": "invalid_request", "state": "s t&ate"},
            id="challenge",
        ),
        pytest.param(
            {"code_challenge_method": "S512"},
            {"error": "invalid_request", "state": "s t&ate"},
            id="method",
        ),
        pytest.param(
            {"scope": "user:full"},
            {"error": "access_denied", "error_description": "scope denied: user:full"},
            id="account-asks-for-all",
        ),
        pytest.param(
            {"scope": None},
            {"error": "access_denied", "error_description": "scope denied: user:full"},
            id="account-says-nothing",
        ),
        pytest.param(
            {"scope": "role:edit:other"},
            {"error": "access_denied", "error_description": "scope denied: role:edit:other"},
            id="role-elsewhere",
        ),
        pytest.param({"scope": "user:nonsense"}, {"error": "invalid_scope"}, id="scope"),
    ],
)
async def test_refused_to_the_client(openshift, caller, changes, told):
    """What the client got wrong it is told, with its state where the real server keeps it."""
    first = await caller.get(address(openshift, **changes))
    asked = not first.location.startswith(CALLBACK)

    back = await log_in(openshift, caller, **changes) if asked else first

    assert asked is ("state" not in told)
    kept = {name: value for name, value in back.told.items() if name in {*told, "state"}}
    assert kept == told


async def test_a_role_in_its_own_namespace(openshift, caller):
    """A service account may ask for a role where it lives."""
    assert "Authorize" in (await log_in(openshift, caller, scope="role:edit:workshop")).text


async def test_a_token_as_the_real_server_gives_it(openshift, caller):
    """A token, its lifetime and scope, and no refresh token; the code is used up."""
    code = await get_code(openshift, caller, client=ACCOUNT)

    status, told = await exchange(openshift, caller, code, ACCOUNT)

    assert status == 200
    assert told.pop("access_token").startswith("sha256~")
    assert told == {"expires_in": 86400, "scope": "user:info", "token_type": "Bearer"}
    assert (await exchange(openshift, caller, code, ACCOUNT))[1]["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"client_secret": "wrong"}, "unauthorized_client", id="secret"),
        pytest.param({"client_secret": None}, "invalid_request", id="no-secret"),
        pytest.param({"code": "sha256~unknown"}, "unauthorized_client", id="unknown-code"),
        pytest.param({"code_verifier": None}, "invalid_request", id="no-verifier"),
        pytest.param({"code_verifier": "short"}, "invalid_request", id="malformed-verifier"),
        pytest.param({"code_verifier": "w" * 43}, "invalid_grant", id="other-verifier"),
        pytest.param({"redirect_uri": f"{CALLBACK}/x"}, "invalid_request", id="redirect"),
        pytest.param(
            {"client_id": "two", "client_secret": "two-secret"}, "invalid_grant", id="other-client"
        ),
        pytest.param({"grant_type": "password"}, "unsupported_grant_type", id="grant-type"),
    ],
)
async def test_refused_exchanges(openshift, caller, changes, error):
    """Each mistake has its error, always with 400, and the code stays good."""
    code = await get_code(openshift, caller)

    status, told = await exchange(openshift, caller, **({"code": code} | changes))

    assert (status, told["error"]) == (400, error)
    assert told["error_description"]
    assert (await exchange(openshift, caller, code))[0] == 200


async def test_old_codes(openshift, caller):
    """A code is good for five minutes."""
    code = await get_code(openshift, caller)
    openshift.later = 301.0

    assert (await exchange(openshift, caller, code))[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("name", "secret", "status"),
    [
        pytest.param(quote(ACCOUNT, safe=""), "account-secret", 200, id="encoded"),
        pytest.param(ACCOUNT, "account-secret", 400, id="cut-at-the-first-colon"),
        pytest.param(quote_plus(ACCOUNT), "wrong", 400, id="secret"),
    ],
)
async def test_secrets_in_the_header(openshift, caller, name, secret, status):
    """Basic works for a service account only with its name encoded."""
    code = await get_code(openshift, caller, client=ACCOUNT)
    header = "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()

    found, told = await exchange(
        openshift,
        caller,
        code,
        client_id=None,
        client_secret=None,
        headers={"Authorization": header},
    )

    assert found == status
    assert told.get("error", "unauthorized_client") == "unauthorized_client"


async def test_who_one_is(openshift, caller):
    """The account with its own groups and the virtual ones."""
    status, found = await api(
        openshift, caller, ME, await get_token(openshift, caller, client=ACCOUNT)
    )

    assert status == 200
    assert (found["kind"], found["metadata"]["name"]) == ("User", "alice")
    assert found["groups"] == ["staff", "system:authenticated", "system:authenticated:oauth"]
    assert (found["fullName"], found["identities"]) == ("Alice A.", ["htpasswd:alice"])
    bob = (await api(openshift, caller, ME, await get_token(openshift, caller, "bob")))[1]
    assert "fullName" not in bob


@pytest.mark.parametrize(("token", "status"), [("", 403), ("sha256~x", 401), ("x", 401)])
async def test_no_good_token(openshift, caller, token, status):
    """Without a token one is anonymous, with a bad one nobody."""
    found, told = await api(openshift, caller, ME, token)

    assert (found, told["kind"], told["code"]) == (status, "Status", status)


async def test_tokens_end(openshift, caller):
    """A token is good as long as its client says, and as long as its account is there."""
    token = await get_token(openshift, caller)
    openshift.later = 61.0
    assert (await api(openshift, caller, ME, token))[0] == 401

    openshift.later = 0.0
    openshift.people.add("eve", "eve-password")
    token = await get_token(openshift, caller, "eve")
    openshift.people.remove("eve")
    assert (await api(openshift, caller, ME, token))[0] == 401


async def test_revocation(openshift, caller):
    """A deleted token is bad at once, or some seconds after it was used."""
    mine, other = [await get_token(openshift, caller) for _ in range(2)]

    assert (await api(openshift, caller, OWN + object_name(mine), other, "DELETE"))[0] == 200
    assert (await api(openshift, caller, ME, mine))[0] == 401
    assert (await api(openshift, caller, OWN + object_name(other), other, "DELETE"))[0] == 200
    assert (await api(openshift, caller, ME, other))[0] == 200
    openshift.later = 11.0
    assert (await api(openshift, caller, ME, other))[0] == 401


@pytest.mark.parametrize(
    ("who", "client", "place", "status"),
    [
        pytest.param("bob", "console", OWN, 404, id="of-somebody-else"),
        pytest.param("bob", "console", ANY, 403, id="of-anybody"),
        pytest.param("root", "console", ANY, 200, id="by-an-administrator"),
        pytest.param("alice", ACCOUNT, OWN, 403, id="with-user-info-only"),
        pytest.param("", "", OWN, 403, id="anonymous"),
    ],
)
async def test_who_may_revoke(openshift, caller, who, client, place, status):
    """Only one's own tokens, only with the scope for it, or as an administrator."""
    alices = await get_token(openshift, caller)
    token = await get_token(openshift, caller, who, client) if who else ""

    assert (await api(openshift, caller, place + object_name(alices), token, "DELETE"))[0] == status


async def test_nobody_else_is_trusted(openshift):
    """Its certificate is from its own authority, which nothing trusts by itself."""
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await http.get(f"{openshift.api_url}/.well-known/oauth-authorization-server")
