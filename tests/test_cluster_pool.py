"""Projects made beforehand: handed out one at a time, cleaned, and never shared."""

import asyncio
import json
import secrets

import pytest

from tests.attendee import Attendee
from tests.cluster import MARKS, Cluster, installed
from tests.test_cluster_failures import told_why
from tests.waiting import until

pytestmark = MARKS

#: Something that does not go before somebody lets it.
HANGING = (
    "kubectl create configmap hangs && kubectl patch configmap hangs"
    """ -p '{"metadata": {"finalizers": ["example.com/wait"]}}'"""
)
FREE = '{"metadata": {"finalizers": null}}'
#: What the operator wants in each project.
GIVEN = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "given"},
    "data": {"who": "%username%"},
}
#: A pod that stays where it is for a while, with a label that once kept things.
SLOW = "kubectl run slow --image=none --labels=workshop/keep=true"


@pytest.fixture
def pooled(tmp_path):
    """One project in the pool, with something of its administrator's in it."""
    cluster = Cluster.of_environment()
    name = f"pool-{secrets.token_hex(3)}"
    cluster.kubectl("create", "namespace", name)
    kept = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kept"}}
    cluster.kubectl("apply", "-n", name, "-f", "-", given=json.dumps(kept))
    project = {"policy": "pool", "pool": [name], "objects": [GIVEN]}
    with installed(cluster, tmp_path, project=project) as release:
        yield release, name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


async def test_a_project_is_handed_out_and_cleaned(pooled):
    """The second attendee is told to wait; after the first it is theirs, without a trace."""
    release, name = pooled
    async with Attendee(release, "ada") as ada, Attendee(release, "ben") as ben:
        await ada.sit_down(limit=120)
        text = await ada.said("kubectl create configmap mine && kubectl create secret generic its")
        assert "configmap/mine created" in text
        text = await ada.said(f"kubectl create configmap default && {HANGING} && {SLOW}")
        assert "configmap/hangs patched" in text
        assert "pod/slow created" in text
        given = release.cluster.get("configmap", "given", "-n", name)
        assert given["data"] == {"who": "ada"}
        (quota,) = release.cluster.items("resourcequotas", "-n", name)
        assert quota["spec"]["hard"]["limits.memory"] == "1Gi"
        for kind in ("limitranges", "networkpolicies"):
            assert [one["metadata"]["name"] for one in release.cluster.items(kind, "-n", name)] == [
                "workshop"
            ]
        assert f"{name} lets any pod in" in release.hub_log()
        assert (await ben.log_in()).status == 302
        await told_why(ben, "Every project of this workshop is in use")

        await ada.stop()

        def names(kind):
            return {one["metadata"]["name"] for one in release.cluster.items(kind, "-n", name)}

        def rest():
            return names("configmaps") == {"kept", "kube-root-ca.crt", "hangs"} and not names(
                "pods"
            )

        await asyncio.to_thread(until, rest, what="the rest to go", limit=60)
        assert "workshop-session" in names("rolebindings")
        claim = release.cluster.get("rolebinding", "workshop-session", "-n", name)
        assert not claim.get("subjects")
        release.cluster.kubectl("patch", "configmap", "hangs", "-n", name, "-p", FREE)
        await asyncio.to_thread(
            until, lambda: "workshop-session" not in names("rolebindings"), what="the claim to go"
        )
        assert names("configmaps") == {"kept", "kube-root-ca.crt"}
        assert names("secrets") == set()
        for kind in ("resourcequotas", "limitranges", "networkpolicies"):
            assert names(kind) == set()
        async with ben.http.get(f"{release.url}/hub/spawn/ben"):
            pass
        await ben.arrive(limit=120)
        assert f"{name}" in await ben.said(
            "kubectl config view --minify -o jsonpath='{..namespace}'"
        )
