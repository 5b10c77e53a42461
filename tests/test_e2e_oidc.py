"""Login with OpenID Connect, as the README says: real hub, certified provider."""

import asyncio
import contextlib
import json
import time

import pytest

from tests.examples import settings_in_readme
from tests.oidc_fixtures import PATH, SECRET, log_in, running_provider
from tests.openshift_fixtures import heading
from tests.ports import free_port
from tests.product import running_product

pytestmark = pytest.mark.slow

BROKEN = "Logging in does not work at the moment"


def person(name, *groups, **more):
    return {"preferred_username": name, "groups": list(groups), **more}


PEOPLE = {
    "ada": person("ada", "class"),
    "Ada": person("Ada", "class"),
    "grace": person("grace", "teachers"),
    "mallory": person("mallory"),
    "kube": person("kube:admin", "class"),
    "mail": person("zoë.müller@example.com", "class"),
    "long": person("x" * 200, "class"),
    "hub": person("hub", "class"),
    "verified": person("v", "class", email="v@example.com", email_verified=True),
    "unverified": person("u", "class", email="v@example.com", email_verified=False),
    "nameless": {"groups": ["class"]},
    "slash": person("../../ada", "class"),
    "lines": person("ada\nroot", "class"),
    "endless": person("x" * 300, "class"),
    "number": person(5, "class"),
}


@contextlib.contextmanager
def running_class(folder, *, provided=None, **environ):
    """A hub by the README's example, and its provider."""
    port = free_port()
    callback = f"http://workshop.localhost:{port}/hub/oauth_callback"
    with running_provider(folder, callback, dict(PEOPLE), **(provided or {})) as provider:
        (folder / "secret").write_text(SECRET)
        example = settings_in_readme("LOGIN=oidc")
        assert example["OAUTH_ISSUER"].endswith(PATH)
        here = {
            "PORT": str(port),
            "OAUTH_ISSUER": provider.issuer,
            "OAUTH_CA": str(provider.authority.ca),
            "OAUTH_CLIENT_SECRET_FILE": str(folder / "secret"),
            "LOGIN_RECHECK": "1",
        }
        with running_product(**(example | here | environ)) as product:
            product.port = port
            yield product, provider


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    with running_class(tmp_path_factory.mktemp("class")) as running:
        yield running


async def name_of(product, caller):
    """Who the hub takes somebody for."""
    headers = {"Sec-Fetch-Mode": "navigate"}
    shown = await caller.get(f"{product.url}/hub/api/user", headers=headers)
    return json.loads(shown.text)["name"] if shown.status == 200 else ""


async def until_out(product, caller, limit=20.0):
    """What the hub shows when somebody is in no more."""
    end = time.monotonic() + limit
    while (shown := await caller.get(f"{product.url}/hub/home")).status == 200:
        assert time.monotonic() < end, "still in"
        await asyncio.sleep(0.2)
    return shown


@pytest.mark.parametrize(
    ("login", "name"),
    [
        pytest.param("ada", "ada", id="plain"),
        pytest.param("Ada", "Ada", id="another-case-is-another-person"),
        pytest.param("kube", "kube:admin", id="colon"),
        pytest.param("mail", "zoë.müller@example.com", id="mail"),
        pytest.param("long", "x" * 200, id="200-letters"),
        pytest.param("hub", "hub", id="reserved"),
    ],
)
async def test_from_a_link_to_the_start_page(there, call, login, name):
    """Members of the class get a session under the very name that the provider has."""
    product, provider = there
    caller = await call(provider)

    answer = await log_in(product, caller, login)

    assert answer.location.startswith(f"{product.url}/hub/spawn-pending/"), answer
    assert await name_of(product, caller) == name


async def test_instructors_are_who_the_groups_say(there, call):
    """A member of the teachers' group sees people."""
    product, provider = there
    caller = await call(provider)

    assert (await log_in(product, caller, "grace")).location == f"{product.url}/hub/home"
    assert (await caller.get(f"{product.url}/hub/admin")).status == 200


async def test_strangers_are_told_so(there, call):
    """Who is in no allowed group gets 403 and a way on."""
    product, provider = there

    answer = await log_in(product, await call(provider), "mallory")

    assert (answer.status, heading(answer)) == (403, "You are not on the list")
    assert 'href="/hub/login"' in answer.text


async def test_a_claim_that_is_not_there(tmp_path, call):
    """When the provider tells no groups, nobody is in one, and the operator reads why."""
    with running_class(tmp_path, OAUTH_GROUPS_CLAIM="roles") as (product, provider):
        answer = await log_in(product, await call(provider), "ada")

        assert (answer.status, heading(answer)) == (403, "You are not on the list")
        assert (
            "says nothing as roles: check OAUTH_GROUPS_CLAIM and OAUTH_SCOPE" in product.hub_log()
        )


@pytest.mark.parametrize("login", ["nameless", "slash", "lines", "endless", "number"])
async def test_names_that_are_none(there, call, login):
    """A claim that cannot be a name lets nobody in, and the operator reads which claim it was."""
    product, provider = there

    answer = await log_in(product, await call(provider), login)

    assert (answer.status, heading(answer)) == (502, BROKEN)
    assert "says nothing usable as preferred_username: check OAUTH_NAME_CLAIM" in product.hub_log()


async def test_who_leaves_the_group_is_out(there, call):
    """Out of the group, or unknown to the provider, means out of the hub."""
    product, provider = there
    provider.change("leaver", person("leaver", "class"))
    provider.change("fired", person("fired", "class"))
    leaver, fired = await call(provider), await call(provider)
    await log_in(product, leaver, "leaver")
    await log_in(product, fired, "fired")

    provider.change("leaver", person("leaver"))
    provider.change("fired", None)

    await until_out(product, leaver)
    await until_out(product, fired)
    assert "leaver is allowed no more" in product.hub_log()


async def test_tokens_are_renewed(tmp_path, call):
    """With a refresh token, which counts once, somebody stays in when the first one has ended."""
    scope = "openid profile email offline_access"
    with running_class(tmp_path, provided={"seconds": 2}, OAUTH_SCOPE=scope) as (product, provider):
        caller = await call(provider)
        await log_in(product, caller, "ada")

        end = time.monotonic() + 30
        while product.hub_log().count("Refreshing oauth access token for ada") < 3:
            shown = [caller.get(f"{product.url}/hub/home") for _ in range(4)]
            assert [one.status for one in await asyncio.gather(*shown)] == [200] * 4
            assert time.monotonic() < end, product.hub_log()


async def test_without_a_refresh_token_the_provider_is_asked_again(tmp_path, call):
    """When a token that cannot be renewed has ended, the next step leads to the login."""
    with running_class(tmp_path, provided={"seconds": 2}) as (product, provider):
        caller = await call(provider)
        await log_in(product, caller, "ada")

        shown = await until_out(product, caller)

        assert "/hub/login" in shown.location


async def test_groups_may_be_in_the_token_only(tmp_path, call):
    """Groups that the provider tells in the ID token count as well."""
    with running_class(tmp_path, provided={"groupsInToken": True}) as (product, provider):
        answer = await log_in(product, await call(provider), "ada")

        assert answer.location.startswith(f"{product.url}/hub/spawn-pending/ada")


async def test_a_secret_in_the_header(tmp_path, call):
    """A provider that takes secrets in the header only gets it there."""
    client = {"token_endpoint_auth_method": "client_secret_basic"}
    methods = {"client": client, "methods": ["client_secret_basic"]}
    with running_class(tmp_path, provided=methods) as (product, provider):
        answer = await log_in(product, await call(provider), "ada")

        assert answer.location.startswith(f"{product.url}/hub/spawn-pending/ada")


async def test_everybody_is_let_in_when_that_is_said(tmp_path, call):
    """ALLOWED_USERS=* lets in whom the provider knows, and a verified address can be the name."""
    rule = {"ALLOWED_USERS": "*", "ALLOWED_GROUPS": "", "OAUTH_NAME_CLAIM": "email"}
    with running_class(tmp_path, **rule) as (product, provider):
        good, bad = await call(provider), await call(provider)
        await log_in(product, good, "verified")
        refused = await log_in(product, bad, "unverified")

        assert await name_of(product, good) == "v@example.com"
        assert (refused.status, heading(refused)) == (502, BROKEN)
        assert "has not verified the e-mail address of a login" in product.hub_log()
        assert "WARNING: ALLOWED_USERS is *" in product.log.read_text()


async def test_without_a_discovery_document(tmp_path, call):
    """The README's example for OAuth 2.0: all addresses are settings."""
    example = settings_in_readme("LOGIN=oauth2")
    claims = {"OAUTH_NAME_CLAIM": "preferred_username", "OAUTH_SCOPE": "openid profile"}
    port = free_port()
    callback = f"http://workshop.localhost:{port}/hub/oauth_callback"
    with running_provider(tmp_path, callback, dict(PEOPLE)) as provider:
        here = {
            "PORT": str(port),
            "OAUTH_AUTHORIZE_URL": f"{provider.issuer}/auth",
            "OAUTH_TOKEN_URL": f"{provider.issuer}/token",
            "OAUTH_USERINFO_URL": f"{provider.issuer}/me",
            "OAUTH_CA": str(provider.authority.ca),
            "OAUTH_CLIENT_SECRET_FILE": "",
            "OAUTH_CLIENT_SECRET": SECRET,
        }
        with running_product(**(example | claims | here)) as product:
            ada, grace = await call(provider), await call(provider)
            answer = await log_in(product, ada, "ada")
            led = await log_in(product, grace, "grace")
            refused = await log_in(product, await call(provider), "mallory")

    assert answer.location == f"{product.url}/hub/spawn-pending/ada"
    assert led.location == f"{product.url}/hub/home"
    assert refused.status == 403


@pytest.mark.parametrize(
    ("wrong", "status", "logged"),
    [
        pytest.param(
            {"OAUTH_CLIENT_SECRET_FILE": "", "OAUTH_CLIENT_SECRET": "not-the-secret"},
            502,
            "(invalid_client): OAUTH_CLIENT_ID or OAUTH_CLIENT_SECRET_FILE is wrong",
            id="secret",
        ),
        pytest.param({"OAUTH_CA": ""}, 502, "set OAUTH_CA to a file", id="authority"),
        pytest.param(
            {"OAUTH_ISSUER": "https://localhost:9"}, 503, "check OAUTH_ISSUER", id="unreachable"
        ),
    ],
)
async def test_what_the_operator_got_wrong(tmp_path, call, wrong, status, logged):
    """One line in the log names the setting; the attendee gets a friendly page and a way on."""
    with running_class(tmp_path, **wrong) as (product, provider):
        answer = await log_in(product, await call(provider), "ada")
        lines = [line for line in product.hub_log().splitlines() if "Login: " in line]

        assert (answer.status, heading(answer)) == (status, BROKEN)
        assert 'href="/hub/login"' in answer.text
        assert len(lines) == 1
        assert logged in lines[0]
        assert not any(
            text in product.hub_log() for text in ("Traceback", SECRET, "not-the-secret")
        )


async def test_another_provider_at_the_address(there, call, tmp_path):
    """A document that speaks of another issuer is not followed, and the operator reads of it."""
    _, provider = there
    wrong = provider.issuer.replace("localhost", "127.0.0.1")
    ca = str(provider.authority.ca)
    example = settings_in_readme("LOGIN=oidc") | {"OAUTH_ISSUER": wrong, "OAUTH_CA": ca}
    (tmp_path / "secret").write_text(SECRET)
    with running_product(**example | {"OAUTH_CLIENT_SECRET_FILE": str(tmp_path / "secret")}) as one:
        caller = await call(provider)
        answer = await caller.follow(await caller.get(one.url))

        assert (answer.status, heading(answer)) == (502, BROKEN)
        assert f"says that it is '{provider.issuer}': set OAUTH_ISSUER to that" in one.hub_log()


async def test_a_provider_that_is_away_takes_nothing(tmp_path, call):
    """While the provider does not answer, who is in stays in."""
    with running_class(tmp_path) as (product, provider):
        caller = await call(provider)
        await log_in(product, caller, "ada")
        provider.stop()

        end = time.monotonic() + 20
        while "stays unchecked" not in product.hub_log() and time.monotonic() < end:
            assert (await caller.get(f"{product.url}/hub/home")).status == 200
            await asyncio.sleep(0.2)
        assert "The login of ada stays unchecked" in product.hub_log()
