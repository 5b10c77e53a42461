"""The chart's profiles for OpenShift, with its login in both ways, on a real Kubernetes."""

import asyncio
import functools
import json
import re

import aiohttp
import pytest
from playwright.sync_api import expect

from tests.attendee import NAVIGATION
from tests.browser import arrive, page_of_its_own, visit
from tests.cluster import MARKS, all_gone, gone, image
from tests.openshift.caller import Caller
from tests.openshift.reviews import USER
from tests.openshift_cluster import Comer, installed_by, logged_in, seated
from tests.openshift_fixtures import Class, heading, log_in
from tests.origins import enter, origin_of, status_of, ticket
from tests.test_cluster_failures import told_why
from tests.test_cluster_workshop import run
from tests.test_e2e_journey import terminal, turn, wait_for_text
from tests.waiting import eventually, holds, until

pytestmark = [*MARKS, pytest.mark.xdist_group("openshift")]
TOKEN = "/run/login/token"


@pytest.fixture(scope="module")
def account(cluster, openshift, tmp_path_factory):
    """Without cluster-admin: installed by somebody who is admin in two projects, and no more."""
    folder = tmp_path_factory.mktemp("account")
    installer = logged_in(cluster, openshift, folder, "installer")
    profile = "values-openshift.yaml"
    with installed_by(installer, cluster, folder, openshift, profile, prePull=True) as release:
        yield release


@pytest.fixture(scope="module")
def client(cluster, openshift, tmp_path_factory):
    """By the cluster's administrator: an OAuthClient, projects, shells that act as the attendee."""
    folder = tmp_path_factory.mktemp("client")
    profile = "values-openshift-admin.yaml"
    notes = {"image": image("dashboard"), "path": "/opt/workshop/app/content/kubernetes"}
    values = {"workshop": notes | {"variables": {"sample_image": image("terminal")}}}
    with installed_by(cluster, cluster, folder, openshift, profile, **values) as release:
        yield release


@pytest.fixture
def page():
    with page_of_its_own() as page:
        yield page


def log_in_at_the_cluster(page, name):
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(f"{name}-password")
    page.get_by_role("button", name="Log in").click()


def come(page, release, name):
    """Log in and allow what is asked, as far as the session's dashboard."""
    visit(page, release.url)
    log_in_at_the_cluster(page, name)
    page.get_by_role("button", name="Allow selected permissions").click()
    arrive(page, release.home(name))


def run_a_block(page):
    """Click the first command of the second chapter and see what it says."""
    frame = terminal(page)
    turn(page)
    page.get_by_role("button", name="Run").first.click()
    wait_for_text(frame, "Hello, alice")
    expect(page.locator(".action-state").first).to_contain_text("done")


def test_a_service_account_s_login_leads_to_a_command(account, page):
    """Link, the cluster's login and question, a pod on a host of its own, a click, its output."""
    come(page, account, "alice")

    run_a_block(page)


async def test_a_session_s_route_comes_and_goes_with_it(account, openshift):
    """The Route is the session's own, is served, and is removed when the session is stopped."""
    mine = ["-n", account.namespace, "-l", "workshop/session=session-bob"]
    async with seated(account, openshift, "bob") as bob:
        (route,) = account.cluster.items("routes.route.openshift.io", *mine)
        assert route["spec"]["host"] == f"bob--{account.host_name}"
        assert route["metadata"]["annotations"]["workshop/user"] == "bob"
        await bob.stop()

    await asyncio.to_thread(gone, account.cluster, "routes.route.openshift.io", *mine)


async def test_a_program_has_a_route_of_its_own(account, openshift, cluster):
    """Its page is at its own host, for which a Route of the session's is made; a host that
    somebody else has is told; no Route of the session's outlives it."""
    routes = ["routes.route.openshift.io", "-n", account.namespace]
    routes += ["-l", "workshop/session=session-alice"]
    names = [f"{label}alice--{account.host_name}" for label in ("", "p8080--", "p9090--")]
    _has(cluster, account.sessions, "taken-9090", names[2])
    async with seated(account, openshift, "alice") as alice:
        shell = await alice.terminal("1")
        await shell.open()
        await shell.type("cd /opt && python3 -m http.server 8080 --bind 127.0.0.1\r")
        await holds(functools.partial(_listens, alice, 8080), limit=60)
        await ticket(alice, "port/8080/")
        # A router serves what it admits a moment later; the dashboard's page waits for that.
        sheet = f"{origin_of(alice, 'p8080')}/.workshop/gateway.css"
        await holds(functools.partial(_serves, alice, sheet), limit=30)
        origin = await enter(alice, 8080)
        assert origin == f"https://{names[1]}:{account.router.port}"
        assert "workshop/" in (await status_of(alice, f"{origin}/"))[1]
        assert {one["spec"]["host"] for one in cluster.items(*routes)} == set(names[:2])

        status, told = await status_of(alice, f"{account.home('alice')}port/9090/")
        assert status == 502
        assert "The cluster gives this program no address" in told
        assert {one["spec"]["host"] for one in cluster.items(*routes)} == set(names[:2])
        await alice.stop()

    await asyncio.to_thread(gone, cluster, *routes)


async def test_a_host_that_somebody_else_has_is_told(account, openshift, cluster):
    """A Route of another namespace with the host: the attendee is told, and nothing is left."""
    openshift.people.add("carol", "carol-password", ["class"])
    _has(cluster, account.sessions, "taken", f"carol--{account.host_name}")
    async with Caller(account.tls) as caller:
        await log_in(Class(account, openshift), caller, "carol")
        carol = Comer(account, "carol", caller.http)
        await told_why(carol, "The cluster gives your session no address")


async def test_pods_run_as_the_project_s_user(account, openshift):
    """What OpenShift's restricted-v2 gives and refuses suits hub, proxy and sessions."""
    async with seated(account, openshift, "alice") as alice:
        pods = account.cluster.items("pods", "-n", account.namespace)
        pods.append(account.pod("alice"))
        ahead = ("-l", "app.kubernetes.io/component=prepull")
        (fetching,) = account.cluster.items("pods", "-n", account.sessions, *ahead)
        pods.append(fetching)
        text = await alice.said("id; touch ~/mine && ls ~")

    for pod in pods:
        assert pod["metadata"]["annotations"]["openshift.io/scc"] == "restricted-v2"
        assert {one["securityContext"]["runAsUser"] for one in pod["spec"]["containers"]} == {USER}
    assert f"uid={USER}" in text
    assert "gid=0" in text
    assert "mine" in text


async def test_shells_trust_the_operator_s_authorities(account, openshift):
    """What the hub trusts at a login, the shells trust too, beside the system's authorities."""
    async with seated(account, openshift, "alice") as alice:
        text = await alice.said("echo trusted=$SSL_CERT_FILE=$GIT_SSL_CAINFO=")

    _, one, other, _ = re.search(r"(trusted)=(/\S+?)=(/\S+?)(=)", text).groups()
    assert one == other
    trusted = account.run("alice", "terminal", "cat", one)
    assert openshift.authority.ca.read_text() in trusted
    assert trusted.count("BEGIN CERTIFICATE") > 50


async def test_who_is_in_no_group_is_told_so(account, openshift):
    """A friendly page with a way on, no session and no account."""
    async with Caller(account.tls) as caller:
        answer = await log_in(Class(account, openshift), caller, "mallory")

    assert (answer.status, heading(answer)) == (403, "You are not on the list")
    assert 'href="/hub/login"' in answer.text


async def test_a_mounted_file_adds_configuration(account):
    """Plain JupyterHub configuration among the values has the last word."""
    async with Caller(account.tls) as caller:
        page = await caller.get(f"{account.url}/hub/login")

    assert page.headers["X-Class"] == "of may"


async def test_teachers_lead(account, openshift):
    """Who is in the group of instructors sees everybody's sessions."""
    async with Caller(account.tls) as caller:
        await log_in(Class(account, openshift), caller, "grace")
        assert (await caller.get(f"{account.url}/hub/admin")).status == 200


def test_an_oauthclient_s_login_leads_to_the_attendee_s_own_project(client, cluster, page):
    """No question is asked; a click makes a deployment in the attendee's project, as themselves."""
    visit(page, client.url)
    log_in_at_the_cluster(page, "alice")
    arrive(page, client.home("alice"))
    frame = terminal(page)
    turn(page)
    expect(page.locator("article")).to_have_attribute("data-number", "2")
    for block in page.locator(".action[data-action]").all():
        run(block)
    assert cluster.get("deployment", "web", "-n", "class-alice")
    # And the project is where kubectl looks by itself.
    frame.locator(".xterm-helper-textarea").focus()
    page.keyboard.type("clear; kubectl get deployment web -o name\n")
    wait_for_text(frame, "deployment.apps/web")
    # It was she: the session's own account may not.
    account = f"--as=system:serviceaccount:{client.sessions}:session-alice"
    asked = ["auth", "can-i", "create", "deployments.apps", "-n", "class-alice"]
    assert cluster.kubectl(*asked, account, check=False).strip() != "yes"
    assert cluster.kubectl(*asked, "--as=alice").strip() == "yes"


async def test_a_new_login_reaches_a_shell_that_runs(client, openshift, cluster):
    """Before the token ends the page asks for another; the same shell goes on with it."""
    name = f"{client.namespace}-{client.name}"
    _max_age(cluster, name, 600)
    async with seated(client, openshift, "bob") as bob:
        shell = await bob.terminal("renewed")
        await shell.open()
        await shell.type("kubectl auth whoami -o json; echo fir''st-$$-\r")
        text = await shell.read_until("first-")
        assert '"username": "bob"' in text
        assert '"user:full"' in text
        *_, first = openshift.grants.of_person("bob")
        assert (await _session(bob))["token"]["due"]

        _max_age(cluster, name, 86400)
        caller = Caller(client.tls, bob.http)
        page = await caller.follow(await caller.get(f"{client.url}/hub/login/again"))
        back = await caller.send(page, username="bob", password="bob-password")
        await caller.get((await caller.follow(back, client.url)).location)

        async def renewed():
            return not (await _session(bob))["token"]["due"]

        await holds(renewed, limit=60)
        openshift.later += 700
        assert first.until < openshift.grants.clock()
        await shell.type("kubectl auth whoami -o json; echo sec''ond-$$-\r")
        text = await shell.read_until("second-")
    (pid,) = set(re.findall(r"(?:first|second)-(\d+)-", text))
    assert pid
    assert text.count('"username": "bob"') == 2


async def _session(person):
    url = f"{person.product.home(person.name)}api/session"
    async with person.http.get(url) as answer:
        return await answer.json()


def _max_age(cluster, name, seconds):
    """How long tokens are good that the cluster gives for the client from now on."""
    patch = json.dumps({"accessTokenMaxAgeSeconds": seconds})
    cluster.kubectl("patch", "oauthclient", name, "--type=merge", "-p", patch)


async def test_the_token_is_in_the_shell_alone(client, openshift):
    """It is in no environment, manifest, log or answer; the hub gives it to its session alone."""
    async with seated(client, openshift, "alice") as alice:
        there = ["alice", "terminal", "test", "-s", TOKEN]
        await asyncio.to_thread(
            until, lambda: not client.run(*there, check=False), what="the token", every=0.3
        )
        token = client.run("alice", "terminal", "cat", TOKEN)
        assert token.startswith("sha256~")
        told = [
            client.run("alice", "dashboard", "sh", "-c", "cat /proc/[0-9]*/environ", check=False),
            client.run("alice", "terminal", "sh", "-c", "cat /proc/[0-9]*/environ; env"),
            json.dumps(client.pod("alice")),
            client.hub_log(),
            client.cluster.kubectl(
                "logs", "-n", client.sessions, "session-alice", "-c", "dashboard"
            ),
            await alice.said("env; cat ~/.kube/config; ls -R ~"),
            str(await _session(alice)),
        ]
        assert not [text for text in told if token in text]
        url = f"{client.url}/hub/api/session/cluster-token"
        async with alice.http.get(url, headers=NAVIGATION) as answer:
            assert answer.status == 403
            assert token not in await answer.text()


async def test_a_session_is_given_its_own_owner_s_token_only(client, openshift):
    """With bob's session's token nobody gets alice's, and with no other token anybody's."""
    async with seated(client, openshift, "bob") as bob:
        (own,) = [
            one["value"]
            for one in client.pod("bob")["spec"]["containers"][0]["env"]
            if one["name"] == "JUPYTERHUB_API_TOKEN"
        ]
        url = f"{client.url}/hub/api/session/cluster-token"
        given = await _ask(bob.http, url, own)
        # A dashboard that was there before this login hears of it in a while.
        there = functools.partial(client.run, "bob", "terminal", "cat", TOKEN)
        await eventually(lambda: given["token"] == there(), limit=120)
        assert (await _ask(bob.http, url, "f" * 32))["status"] == 403


async def _ask(http, url, token):
    jar = aiohttp.DummyCookieJar()
    async with (
        aiohttp.ClientSession(
            connector=http.connector, connector_owner=False, cookie_jar=jar
        ) as bare,
        bare.get(url, headers={"Authorization": f"token {token}"}) as answer,
    ):
        return await answer.json()


def _has(cluster, namespace, name, host):
    """Another namespace has the host."""
    other = {
        "apiVersion": "route.openshift.io/v1",
        "kind": "Route",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"host": host, "to": {"kind": "Service", "name": "none"}},
    }
    cluster.kubectl("apply", "-f", "-", given=json.dumps(other))


async def _listens(person, port):
    url = f"{person.product.home(person.name)}api/ports"
    return str(port) in (await status_of(person, url))[1]


async def _serves(person, url):
    return (await status_of(person, url))[0] == 200


async def _sit(release, openshift):
    async with seated(release, openshift, "alice"):
        pass


@pytest.mark.parametrize("way", ["account", "client"])
def test_nothing_is_left(cluster, openshift, tmp_path, way, request):
    """Last of all, an uninstall takes all of chart and sessions: Routes of those that run, the
    OAuthClient."""
    release = request.getfixturevalue(way)
    by_admin = way == "client"
    installer = cluster if by_admin else logged_in(cluster, openshift, tmp_path, "installer")
    asyncio.run(_sit(release, openshift))
    assert cluster.items("routes.route.openshift.io", "-n", release.namespace)
    instance = f"app.kubernetes.io/instance={release.name}"
    assert bool(cluster.items("oauthclients", "-l", instance)) == by_admin
    labels = (f"workshop/release={release.label}", instance)
    assert all(cluster.labelled(label) for label in labels)
    installer.helm("uninstall", release.name, "-n", release.namespace)

    for label in labels:
        all_gone(cluster, label)
