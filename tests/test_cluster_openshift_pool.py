"""OpenShift without cluster-admin, with projects of a pool: handed out, walled off, cleaned; and
its console, started as the real one is, beside the terminals."""

import asyncio
import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.browser import page_of_its_own
from tests.cluster import MARKS, gone, image
from tests.openshift.caller import Caller
from tests.openshift.reviews import USER
from tests.openshift_cluster import (
    Comer,
    installed_by,
    logged_in,
    new_project,
    seated,
)
from tests.openshift_fixtures import Class, log_in
from tests.test_cluster_console import IMAGE
from tests.test_cluster_failures import told_why
from tests.test_cluster_openshift import come
from tests.test_cluster_pool import project_of
from tests.test_e2e_journey import terminal, wait_for_text
from tests.waiting import until

pytestmark = [*MARKS, pytest.mark.xdist_group("openshift")]
#: What `oc new-project` gave, and has to be there after each session.
GIVEN = {
    "ConfigMap/kube-root-ca.crt",
    "ConfigMap/openshift-service-ca.crt",
    "RoleBinding/admin",
    "ServiceAccount/builder",
    "ServiceAccount/default",
    "ServiceAccount/deployer",
}
LOOKED_AT = (
    "configmaps,secrets,serviceaccounts,services,deployments,replicasets,pods,networkpolicies,"
    "resourcequotas,limitranges,rolebindings,routes.route.openshift.io"
)
SERVE = f"""\
kubectl create deployment web --image={image("terminal")} -- python3 -m http.server 8080 \\
  && kubectl expose deployment web --port=8080 \\
  && kubectl wait --for=condition=Available deployment/web --timeout=90s"""
ROUTE = """\
kubectl create -f - <<< '{"apiVersion": "route.openshift.io/v1", "kind": "Route",
 "metadata": {"name": "web"},
 "spec": {"host": "web.shop.example", "to": {"kind": "Service", "name": "web"}}}'"""


@pytest.fixture(scope="module")
def pooled(cluster, openshift, tmp_path_factory):
    """As deploy/README says it: projects by `oc new-project`, the API's addresses told."""
    folder = tmp_path_factory.mktemp("pooled")
    pool = [f"pool-{secrets.token_hex(3)}-{number}" for number in (1, 2)]
    for name in pool:
        new_project(cluster, name)
    installer = logged_in(cluster, openshift, folder, "installer")
    (ends,) = cluster.get("endpoints", "kubernetes", "-n", "default")["subsets"]
    api = [f"{one['ip']}/32:{ends['ports'][0]['port']}" for one in ends["addresses"]]
    values = {"project": {"policy": "pool", "pool": pool}, "network": {"apiServer": api}}
    if IMAGE:
        values["console"] = {"kind": "openshift", "image": IMAGE}
    with installed_by(
        installer, cluster, folder, openshift, "values-openshift.yaml", **values
    ) as release:
        yield release, pool
    for name in pool:
        assert not _claim(cluster, name)
    cluster.kubectl("delete", "namespace", *pool, "--wait=false")


def _claim(cluster, name):
    return cluster.get("rolebinding", "workshop-session", "-n", name)


def _ended(said):
    return int(re.findall(r"ended (\d+) and over", said)[-1])


async def test_projects_of_a_pool_on_openshift(pooled, cluster, openshift):
    """Each attendee has one, walled off from the other; whoever comes after finds it as made."""
    release, pool = pooled
    openshift.people.add("carol", "carol-password", ["class"])
    async with seated(release, openshift, "alice") as alice:
        hers = await project_of(alice)
        said = await alice.said(SERVE)
        assert "condition met" in said, said
        assert "route.route.openshift.io/web created" in await alice.said(ROUTE)
        async with alice.http.get(f"{release.home('alice')}terminal/addresses") as answer:
            (found,) = (await answer.json())["addresses"]
        assert (found["project"], found["url"]) == (hers, "http://web.shop.example/")
        (pod,) = cluster.items("pods", "-n", hers, "-l", "app=web")
        assert pod["metadata"]["annotations"]["openshift.io/scc"] == "restricted-v2"
        curl = f"curl -sm 4 -o /dev/null http://{pod['status']['podIP']}:8080/"
        assert _ended(await alice.said(curl)) == 0

        async with seated(release, openshift, "bob") as bob:
            his = await project_of(bob)
            assert {hers, his} == set(pool)
            for command in (
                f"kubectl get pods -n {hers}",
                f"kubectl delete deployment web -n {hers}",
                f"kubectl delete rolebinding workshop-session -n {his}",
            ):
                assert "(Forbidden)" in await bob.said(command), command
            assert _ended(await bob.said(curl)) != 0
            said = await bob.said(SERVE)
            assert "condition met" in said, said
            inside = await bob.said(f"kubectl exec deployment/web -- {curl}")
            assert _ended(inside) != 0, inside

            token = await alice.said("kubectl create token deployer --duration=99h")
            token = re.findall(r"eyJ[\w.-]+", token)[-1]
            assert "deployer" in _whoami(cluster, token)
            await _nobody_else(release, openshift)
            await alice.stop()
            await asyncio.to_thread(
                until, lambda: not _claim(cluster, hers), what="alice's project free", limit=120
            )
            assert await asyncio.to_thread(_named, cluster, hers) == GIVEN | _installed(release)
            await asyncio.to_thread(
                until, lambda: "deployer" not in _whoami(cluster, token), what="her token's end"
            )
            async with seated(release, openshift, "carol") as carol:
                assert await project_of(carol) == hers
                assert "No resources found" in await carol.said("kubectl get all")
                said = await carol.said("kubectl create deployment web --image=none")
                assert "created" in said
                await carol.stop()
            await bob.stop()
    for name in pool:
        await asyncio.to_thread(gone, cluster, "pods", "-n", name, limit=90)


@pytest.mark.skipif(not IMAGE, reason="there is no console: see test_cluster_console.py")
def test_the_console_is_on_the_project(pooled, cluster, openshift):
    """At a host of its own, with the flags of the real one: pods as they come, a shell in one of
    them, and nothing of another project."""
    release, pool = pooled
    with page_of_its_own() as page:
        openshift.people.add("erin", "erin-password", ["class"])
        come(page, release, "erin")
        _look(page, release, pool, cluster)


def _look(page, release, pool, cluster):
    frame = terminal(page)
    frame.locator(".xterm-helper-textarea").focus()
    page.keyboard.type(f"kubectl run web --image={image('terminal')} --command -- sleep 1h\n")
    wait_for_text(frame, "pod/web created")
    page.get_by_role("tab", name="Console").click()
    inside = page.frame_locator("iframe[title=Console]").frame_locator("iframe")
    expect(inside.get_by_role("heading")).to_have_text(re.compile("pods in "), timeout=90_000)
    expect(inside.get_by_text("Live", exact=True)).to_be_visible()
    expect(inside.get_by_role("listitem")).to_have_text(["web"])
    routes = cluster.items("routes.route.openshift.io", "-n", release.namespace)
    assert f"console--erin--{release.host_name}" in {one["spec"]["host"] for one in routes}

    (hers,) = [name for name in pool if cluster.items("pods", "-n", name)]
    cluster.kubectl("run", "late", "-n", hers, f"--image={image('terminal')}")
    expect(inside.get_by_role("listitem")).to_have_text(["web", "late"])
    cluster.kubectl("wait", "--for=condition=Ready", "pod/web", "-n", hers, "--timeout=60s")
    inside.get_by_role("button", name="Terminal").click()
    expect(inside.locator("#screen")).to_contain_text(f"uid={USER}")
    inside.get_by_role("link", name="Another project").click()
    expect(inside.locator("#state")).to_contain_text("Restricted access: pods is forbidden")


def _whoami(cluster, token):
    # The administrator's own certificate would come before the token.
    server = cluster.kubectl("config", "view", "--minify", "-o", "jsonpath={..server}")
    words = ["--kubeconfig=/dev/null", f"--server={server}", "--insecure-skip-tls-verify"]
    return cluster.kubectl(*words, f"--token={token}", "auth", "whoami", check=False)


async def _nobody_else(release, openshift):
    """Who comes when every project is in use is told so."""
    async with Caller(release.tls) as caller:
        await log_in(Class(release, openshift), caller, "carol")
        await told_why(Comer(release, "carol", caller.http), "Every project of this workshop")


def _named(cluster, namespace):
    items = cluster.items(LOOKED_AT, "-n", namespace)
    return {f"{one['kind']}/{one['metadata']['name']}" for one in items}


def _installed(release):
    return {f"RoleBinding/{release.label}-hub"}
