"""Projects made beforehand: handed out one at a time, cleaned, and never shared."""

import asyncio
import contextlib
import json
import re
import secrets

import pytest

from tests.attendee import Attendee
from tests.cluster import MARKS, installed
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


@contextlib.contextmanager
def one_project(cluster, folder, items):
    """A class with one project in its pool, and its name; its administrator has `items` in it."""
    name = f"pool-{secrets.token_hex(3)}"
    cluster.kubectl("create", "namespace", name)
    given = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    cluster.kubectl("create", "-n", name, "-f", "-", given=given)
    project = {"policy": "pool", "pool": [name], "objects": [GIVEN]}
    with installed(cluster, folder, project=project) as release:
        yield release, name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def pooled(cluster, tmp_path):
    """One project in the pool, with something of its administrator's in it."""
    kept = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kept"}}
    with one_project(cluster, tmp_path, [kept]) as found:
        yield found


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


CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
POD = {"restartPolicy": "Never", "containers": [{"name": "one", "image": "none"}]}
JOB = {"spec": {"template": {"spec": POD}}}
VIEW = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
LARGE = {"limits": {"memory": "1Gi"}, "requests": {"memory": "1Gi"}}
#: What an administrator may well have in each project, some of it by the names that others like.
ADMINISTRATOR_S = (
    ("v1", "ResourceQuota", "small", {"spec": {"hard": {"pods": "2", "count/secrets": "7"}}}),
    (
        "v1",
        "LimitRange",
        "small",
        {"spec": {"limits": [{"type": "Container", "default": {"cpu": "200m"}}]}},
    ),
    (
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "closed",
        {"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}},
    ),
    ("v1", "ConfigMap", "given", {"data": {"who": "the administrator"}}),
    ("v1", "Secret", "kept", {"stringData": {"word": "kept"}}),
    ("v1", "ServiceAccount", "kept", {}),
    ("v1", "Service", "kept", {"spec": {"ports": [{"port": 80}]}}),
    ("v1", "PersistentVolumeClaim", "kept", {"spec": CLAIM}),
    ("batch/v1", "CronJob", "kept", {"spec": {"schedule": "0 0 1 1 *", "jobTemplate": JOB}}),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", "kept", {"roleRef": VIEW, "subjects": []}),
)
KINDS = ",".join(kind.lower() for _, kind, _, _ in ADMINISTRATOR_S)
PAUSE = "kubectl run {name} --image=none --overrides='{{\"spec\": {spec}}}'"


@pytest.fixture
def administered(cluster, tmp_path):
    """A project in which its administrator has something of everything."""
    items = [
        {"apiVersion": version, "kind": kind, "metadata": {"name": named}} | more
        for version, kind, named, more in ADMINISTRATOR_S
    ]
    with one_project(cluster, tmp_path, items) as found:
        yield found


def of_administrator(cluster, name):
    """All that was there before the class, as it is now; what the cluster says of it left out."""
    named = {(kind, each) for _, kind, each, _ in ADMINISTRATOR_S}
    return {
        (one["kind"], one["metadata"]["name"]): {
            "uid": one["metadata"]["uid"],
            **{part: one.get(part) for part in ("spec", "data", "roleRef", "subjects")},
        }
        for one in cluster.items(KINDS, "-n", name)
        if (one["kind"], one["metadata"]["name"]) in named
    }


async def test_an_administrator_s_objects_stay_and_hold(administered):
    """Hand-out and cleaning change none of them; quota, limits and walls of both hold at once."""
    release, name = administered
    cluster = release.cluster
    before = of_administrator(cluster, name)
    assert len(before) == len(ADMINISTRATOR_S)
    async with Attendee(release, "ada") as ada:
        await ada.sit_down(limit=120)
        assert of_administrator(cluster, name) == before

        def ours(kind):
            return cluster.get(kind, "workshop", "-n", name)["spec"]

        hard = ours("resourcequota")["hard"]
        assert "pods" not in hard
        assert hard["limits.memory"] == "1Gi"
        (limits,) = ours("limitrange")["limits"]
        assert (set(limits["default"]), limits["default"]["memory"]) == ({"memory"}, "256Mi")
        wall = ours("networkpolicy")
        assert (wall["policyTypes"], "ingress" in wall) == (["Egress"], False)
        assert f"{name}: its own ConfigMap given stays" in release.hub_log()

        assert "created" in await ada.said("kubectl run one --image=none")
        large = json.dumps({"containers": [{"name": "two", "image": "none", "resources": LARGE}]})
        said = await ada.said(PAUSE.format(name="two", spec=large))
        assert "exceeded quota: workshop" in said, said
        assert "created" in await ada.said("kubectl run two --image=none")
        said = await ada.said("kubectl run three --image=none")
        assert "exceeded quota: small" in said, said
        await ada.said("kubectl create secret generic mine")
        await ada.stop()

    await asyncio.to_thread(free, cluster, name)
    assert of_administrator(cluster, name) == before
    everything = cluster.items(KINDS, "-n", name)
    hubs = f"{release.label}-hub"
    rest = {one["metadata"]["name"] for one in everything} - {hubs, f"{hubs}-budget"}
    assert rest == {"small", "closed", "given", "kept", "default", "kube-root-ca.crt"}


def free(cluster, name):
    """Return once nobody has the project."""
    until(
        lambda: not cluster.get("rolebinding", "workshop-session", "-n", name),
        what=f"{name} free",
        limit=90,
        every=0.5,
    )


async def test_two_classes_share_a_pool(cluster, tmp_path):
    """Each gets what the other has not; the end of one leaves the other's session as it is."""
    pool = [f"pool-{secrets.token_hex(3)}-{number}" for number in (1, 2)]
    for name in pool:
        cluster.kubectl("create", "namespace", name)
    values = {"project": {"policy": "pool", "pool": pool}}
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    with installed(cluster, folders[1], **values) as two:
        async with Attendee(two, "ben") as ben:
            with installed(cluster, folders[0], **values) as one:
                async with Attendee(one, "ada") as ada, Attendee(two, "cat") as cat:
                    await ada.sit_down(limit=120)
                    await ben.sit_down(limit=120)
                    (hers, his) = await project_of(ada), await project_of(ben)
                    assert {hers, his} == set(pool)
                    await ada.said("kubectl create configmap ada")
                    assert "created" in await ben.said("kubectl create configmap ben")
                    assert "(Forbidden)" in await ben.said(f"kubectl get pods -n {hers}")
                    assert (await cat.log_in()).status == 302
                    await told_why(cat, "Every project of this workshop is in use")
            # The first class is uninstalled, with a session that runs.
            await asyncio.to_thread(free, cluster, hers)
            assert not cluster.get("configmap", "ada", "-n", hers)
            said = await ben.said("kubectl get configmap ben && kubectl create configmap more")
            assert "configmap/more created" in said
            kinds = ("resourcequotas,limitranges,networkpolicies", "-n", his)
            found = cluster.items(*kinds)
            assert {one["metadata"]["labels"]["workshop/release"] for one in found} == {two.label}
            assert len(found) == 3
            async with Attendee(two, "cat") as cat:
                async with cat.http.get(f"{two.url}/hub/spawn/cat"):
                    pass
                await cat.arrive(limit=120)
                assert await project_of(cat) == hers
    for name in pool:
        await asyncio.to_thread(free, cluster, name)
    cluster.kubectl("delete", "namespace", *pool, "--wait=false")


async def project_of(person):
    """The namespace in which an attendee's kubectl works."""
    said = await person.said("kubectl config view --minify -o jsonpath=in-'{..namespace}'.")
    return re.findall(r"in-([\w-]+)\.", said)[-1]
