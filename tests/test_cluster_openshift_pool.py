"""OpenShift without cluster-admin, with projects of a pool: handed out, walled off, cleaned."""

import asyncio
import re
import secrets

import pytest

from tests.cluster import MARKS, gone, image
from tests.openshift.caller import Caller
from tests.openshift_cluster import (
    Comer,
    installed_by,
    logged_in,
    new_project,
    seated,
)
from tests.openshift_fixtures import Class, log_in
from tests.test_cluster_failures import told_why
from tests.test_cluster_pool import project_of
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
