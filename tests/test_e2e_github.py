"""Login with GitHub, as the README says: real hub, strict stand-in."""

import asyncio
import contextlib
import time

import pytest

from tests.examples import settings_in_readme
from tests.github import running_github
from tests.openshift.caller import Caller
from tests.openshift_fixtures import heading
from tests.ports import free_port
from tests.product import running_product

pytestmark = pytest.mark.slow

SECRET = "secret-of-the-app-" + "s" * 20
BROKEN = "Logging in does not work at the moment"
PEOPLE = {
    "Ada": set(),
    "member": {"acme", "other:thing"},
    "Grace": {"Acme:Teachers", "acme:a", "acme:b", "acme:c"},
    "mallory": {"acme-evil", "acme-evil:teachers"},
}


@contextlib.contextmanager
def running_class(folder, **environ):
    """A hub by the README's example, and its GitHub."""
    example = settings_in_readme("LOGIN=github")
    port = free_port()
    callback = f"http://workshop.localhost:{port}/hub/oauth_callback"
    client = example["OAUTH_CLIENT_ID"], SECRET
    people = {login: set(teams) for login, teams in PEOPLE.items()}
    with running_github(folder, callback, client, people) as github:
        (folder / "secret").write_text(SECRET)
        here = {
            "PORT": str(port),
            "GITHUB_URL": github.url,
            "OAUTH_CA": str(github.authority.ca),
            "OAUTH_CLIENT_SECRET_FILE": str(folder / "secret"),
            "LOGIN_RECHECK": "1",
        }
        with running_product(**(example | here | environ)) as product:
            product.port = port
            yield product, github


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    with running_class(tmp_path_factory.mktemp("class")) as running:
        yield running


async def log_in(product, caller, login):
    """Everything from a link to the hub's answer at the callback."""
    page = await caller.follow(await caller.get(product.url))
    back = await caller.send(page, login=login)
    return await caller.get(back.location)


@pytest.mark.parametrize(
    ("login", "leads_to"),
    [
        pytest.param("Ada", "spawn-pending/ada", id="by-name-in-another-case"),
        pytest.param("member", "spawn-pending/member", id="by-organization"),
        pytest.param("Grace", "home", id="instructor-by-team"),
    ],
)
async def test_who_gets_in(there, call, login, leads_to):
    """By name and organization as attendees, by team as instructors; letters' case is nothing."""
    product, github = there
    github.page = 2  # so that the team is on another page of the list

    answer = await log_in(product, await call(github), login)

    assert answer.location == f"{product.url}/hub/{leads_to}"
    assert github.asked[-1] == "read:org"


async def test_strangers_are_told_so(there, call):
    """Who is in an organization of another name gets 403 and a way on."""
    product, github = there

    answer = await log_in(product, await call(github), "mallory")

    assert (answer.status, heading(answer)) == (403, "You are not on the list")


async def test_who_leaves_the_organization_is_out(there, call):
    """Out of the organization means out of the hub."""
    product, github = there
    github.people["leaver"] = {"acme"}
    caller = await call(github)
    await log_in(product, caller, "leaver")

    github.people["leaver"].clear()

    end = time.monotonic() + 20
    while (await caller.get(f"{product.url}/hub/home")).status == 200:
        assert time.monotonic() < end, "still in"
        await asyncio.sleep(0.2)
    assert "leaver is allowed no more" in product.hub_log()


async def test_nothing_is_asked_for_that_no_rule_needs(tmp_path):
    """With rules about names only, people are asked for no access to their organizations."""
    rules = {"ALLOWED_GROUPS": "", "ADMIN_GROUPS": "", "ADMIN_USERS": "Grace"}
    with running_class(tmp_path, **rules) as (product, github):
        answers = []
        for login in ("Ada", "Grace", "member"):
            async with Caller(github.authority.trusting()) as caller:
                answers.append(await log_in(product, caller, login))

        assert answers[0].location == f"{product.url}/hub/spawn-pending/ada"
        assert answers[1].location == f"{product.url}/hub/home"
        assert answers[2].status == 403
        assert set(github.asked) == {""}


async def test_a_wrong_secret(tmp_path):
    """One line in the log names the setting; the attendee gets a friendly page and a way on."""
    wrong = {"OAUTH_CLIENT_SECRET_FILE": "", "OAUTH_CLIENT_SECRET": "not-the-secret"}
    with running_class(tmp_path, **wrong) as (product, github):
        async with Caller(github.authority.trusting()) as caller:
            answer = await log_in(product, caller, "Ada")
        lines = [line for line in product.hub_log().splitlines() if "Login: " in line]

        assert (answer.status, heading(answer)) == (502, BROKEN)
        assert len(lines) == 1
        assert "(incorrect_client_credentials): OAUTH_CLIENT_ID or OAUTH_CLIENT_" in lines[0]
        assert not any(
            text in product.hub_log() for text in ("Traceback", SECRET, "not-the-secret")
        )
