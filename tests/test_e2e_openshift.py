"""Login with OpenShift, from a link to the dashboard and back out: real hub, strict stand-in."""

import asyncio
import json
import os
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.openshift_fixtures import SECRET, heading, log_in, running_class
from tests.processes import children
from tests.session import session_of

pytestmark = pytest.mark.slow

WAYS = {
    "service-account": {},
    "oauth-client": {"OAUTH_CLIENT_ID": "workshop-hub"},
}


@pytest.fixture(scope="module", params=WAYS.values(), ids=list(WAYS))
def there(request, tmp_path_factory):
    """Both ways, each with a hub and a cluster of its own."""
    with running_class(tmp_path_factory.mktemp("class"), **request.param) as running:
        yield running


@pytest.fixture
async def caller(there):
    async with there.caller() as browser:
        yield browser


async def dashboard(there, caller, name, limit=40.0):
    """The dashboard's page, once the session is up."""
    home, end = there.product.home(name), time.monotonic() + limit
    while time.monotonic() < end:
        shown = await caller.follow(await caller.get(home))
        if shown.status == 200 and shown.url.startswith(home):
            return shown
        await asyncio.sleep(0.1)
    raise AssertionError((shown.url, shown.status, shown.text[-2000:]))


async def when(look, limit=40.0):
    """The first true value that looking gives."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if found := await look():
            return found
        await asyncio.sleep(0.3)
    raise AssertionError(f"not in {limit} s")


async def test_from_a_link_to_the_dashboard(there, caller):
    """Login at the cluster, and the session is starting; nothing else has to be clicked."""
    answer = await log_in(there, caller, "alice")

    assert answer.location == f"{there.product.url}/hub/spawn-pending/alice"
    assert 'data-user="alice"' in (await dashboard(there, caller, "alice")).text


async def test_deep_links_survive(there, caller):
    """A link to a chapter leads there, through login and start page."""
    answer = await log_in(there, caller, "alice", "/hub/user/alice/chapters/x")

    assert "chapters%2Fx" in answer.location or answer.location.endswith("/chapters/x")


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_next_never_leads_elsewhere(there, caller, target):
    """After login, no address in `next` leads to another host."""
    answer = await log_in(there, caller, "grace", f"/hub/login?next={quote(target, safe='')}")

    assert answer.location.startswith(f"{there.product.url}/")


async def test_instructors_are_who_the_groups_say(there, caller):
    """A member of the teachers' group sees people; no page speaks of names that were claimed."""
    await log_in(there, caller, "grace")

    home = await caller.get(f"{there.product.url}/hub/home")

    assert "People and sessions" in home.text
    assert "Names that are taken" not in home.text
    assert (await caller.get(f"{there.product.url}/hub/admin")).status == 200
    assert (await caller.get(f"{there.product.url}/hub/names")).status == 404


async def test_strangers_are_told_so(there, caller):
    """Who is in no allowed group gets 403, a way on, and no account (security row 17)."""
    answer = await log_in(there, caller, "mallory")

    assert (answer.status, heading(answer)) == (403, "You are not on the list")
    assert 'href="/hub/login"' in answer.text
    assert (await caller.get(f"{there.product.url}/hub/home")).status == 302
    assert "mallory" not in await _users(there)


async def _users(there):
    async with there.caller() as teacher:
        await log_in(there, teacher, "grace")
        headers = {"Sec-Fetch-Mode": "navigate"}
        found = await teacher.get(f"{there.product.url}/hub/api/users", headers=headers)
        return [user["name"] for user in json.loads(found.text)]


@pytest.mark.parametrize(
    "query",
    ["", "?code=x", "?code=x&state=eyJzdGF0ZV9pZCI6ICJ4In0=", "?error=access_denied&code=x"],
    ids=["nothing", "no-state", "other-state", "denied"],
)
async def test_callbacks_out_of_nowhere(there, caller, query):
    """A callback that no login began, or that says no, is 400 and no session (security row 16)."""
    answer = await caller.get(f"{there.product.url}/hub/oauth_callback{query}")

    assert answer.status == 400
    assert 'href="/hub/login"' in answer.text
    assert "oauth" not in heading(answer).lower()
    assert (await caller.get(f"{there.product.url}/hub/home")).status == 302


async def test_another_browsers_login_is_no_use(there, caller):
    """A code with the state of somebody else's browser logs nobody in (security row 16)."""
    page = await caller.follow(await caller.get(there.product.url))
    back = await caller.send(page, username="alice", password="alice-password")
    back = await caller.follow(back, there.product.url)
    if not back.location:
        back = await caller.follow(await caller.send(back, "approve"), there.product.url)

    async with there.caller() as other:
        await other.get(f"{there.product.url}/hub/oauth_login")
        answer = await other.get(back.location)

    assert (answer.status, heading(answer)) == (400, "That login was not finished")


async def test_who_leaves_the_group_is_out(there, caller):
    """Out of the group means out of the hub, and out of the session that runs."""
    person = there.openshift.people.add("leaver", "leaver-password", ["class"])
    await log_in(there, caller, "leaver")
    await dashboard(there, caller, "leaver")

    person.groups.clear()

    async def hub_refuses():
        shown = await caller.get(f"{there.product.url}/hub/home")
        return shown.status == 302 and "/login" in shown.location

    async def session_refuses():
        shown = await caller.get(there.product.home("leaver"))
        return shown.status != 200

    await when(hub_refuses)
    await when(session_refuses, 90)
    assert (await log_in(there, caller, "leaver")).status == 403
    assert "leaver is allowed no more" in there.log


async def test_a_revoked_token_means_a_new_login(there, caller):
    """A token that was deleted leads to the login; the session goes on (security row 18)."""
    there.openshift.people.add("revoked", "revoked-password", ["class"])
    await log_in(there, caller, "revoked")
    await dashboard(there, caller, "revoked")
    session = session_of(there.product, "revoked")

    for token in there.openshift.grants.of_person("revoked"):
        there.openshift.grants.delete(token.name, None)

    async def to_login():
        shown = await caller.get(f"{there.product.url}/hub/home")
        return shown.status == 302 and "/login" in shown.location

    await when(to_login)
    await log_in(there, caller, "revoked")
    await dashboard(there, caller, "revoked")
    assert session_of(there.product, "revoked") == session


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads what hidden processes are told")
async def test_no_secret_is_told_to_others(there, caller):
    """Neither the client's secret nor anybody's token is in a log, or told to another process."""
    there.openshift.people.add("quiet", "quiet-password", ["class"])
    await log_in(there, caller, "quiet")
    await dashboard(there, caller, "quiet")
    pids = children(there.product.process.pid)
    told = [
        Path(f"/proc/{pid}/{what}").read_bytes() for pid in pids for what in ("environ", "cmdline")
    ]
    logs = [there.product.log, *there.product.state.rglob("*.log")]
    database = b"".join(
        path.read_bytes() for path in there.product.state.glob("jupyterhub.sqlite*")
    )

    assert len(pids) > 4
    for text in [*told, *(log.read_bytes() for log in logs), database]:
        assert SECRET.encode() not in text
        assert b"sha256~" not in text


async def test_a_cluster_that_is_away_takes_nothing(tmp_path):
    """While the cluster does not answer, who is in stays in, and a login says so with 503."""
    with running_class(tmp_path) as there:
        async with there.caller() as caller, there.caller() as late:
            await log_in(there, caller, "alice")
            there.openshift.stop()

            shown = await when(lambda: _unchecked(there, caller))
            assert shown.status == 200
            begun = await late.get(f"{there.product.url}/hub/oauth_login")
            back = f"/hub/oauth_callback?code=x&state={quote(begun.told['state'])}"
            answer = await late.get(f"{there.product.url}{back}")
            assert (answer.status, heading(answer)) == (503, WORDS)


async def _unchecked(there, caller):
    shown = await caller.get(f"{there.product.url}/hub/home")
    return shown if "stays unchecked" in there.log else None


WORDS = "Logging in does not work at the moment"


@pytest.mark.parametrize(
    ("wrong", "status", "logged"),
    [
        pytest.param(
            {"OAUTH_CLIENT_SECRET_FILE": "", "OAUTH_CLIENT_SECRET": "not-the-secret"},
            502,
            "(unauthorized_client): OAUTH_CLIENT_ID or OAUTH_CLIENT_SECRET_FILE is wrong",
            id="secret",
        ),
        pytest.param({"OAUTH_CA": ""}, 502, "set OAUTH_CA to a file", id="authority"),
        pytest.param(
            {"OPENSHIFT_URL": "https://127.0.0.1:9"}, 503, "check OPENSHIFT_URL", id="unreachable"
        ),
    ],
)
async def test_what_the_operator_got_wrong(tmp_path, wrong, status, logged):
    """One line in the log names the setting; the attendee gets a friendly page and a way on."""
    with running_class(tmp_path, **wrong) as there:
        async with there.caller() as caller:
            if "OAUTH_CLIENT_SECRET" in wrong:
                answer = await log_in(there, caller, "alice")
            else:
                answer = await caller.follow(await caller.get(there.product.url))
        log = there.log

    assert (answer.status, heading(answer)) == (status, WORDS)
    assert 'href="/hub/login"' in answer.text
    lines = [line for line in log.splitlines() if "Login: " in line]
    assert len(lines) == 1
    assert logged in lines[0]
    assert not any(text in log for text in ("Traceback", SECRET, "not-the-secret"))
