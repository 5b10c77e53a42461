"""A class on a cluster: people apart, hub and proxy dying, and ends that leave nothing."""

import asyncio
import json
import os
import re
import subprocess
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.attendee import NAVIGATION, Attendee
from tests.cluster import MARKS, Cluster, gone, image, installed, nothing_left, program
from tests.counting import Counting
from tests.product import PASSWORD, ROOT
from tests.test_cluster_failures import told_why
from tests.waiting import until

pytestmark = MARKS
#: Lets anybody reach what is the hub's alone.
HOLE = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "hole"},
    "spec": {
        "podSelector": {"matchLabels": {"app.kubernetes.io/component": "proxy"}},
        "ingress": [{"ports": [{"port": 8001}]}],
    },
}


@pytest_asyncio.fixture
async def quin(release):
    async with Attendee(release, "quin") as person:
        await person.sit_down(limit=120)
        yield person


async def test_kubectl_is_logged_in_to_the_session_s_project(release, pat):
    """Without any set-up kubectl works in the session's namespace, within its quota."""
    text = await pat.said(
        f"kubectl create deployment web --image={image('terminal')} -- sleep 600"
        " && kubectl get deployment web -o name && kubectl auth whoami -o json",
    )

    assert "deployment.apps/web" in text
    # Its pods would be refused, which the Deployment alone says to nobody.
    assert 'would violate PodSecurity "restricted' in text
    assert f"system:serviceaccount:{release.sessions}:session-pat" in text
    assert release.cluster.get("deployment", "web", "-n", "class-pat")


async def test_the_quota_holds(release, pat):
    """What is more than the budget is refused, and kubectl says so."""
    text = await pat.said(
        "kubectl run big --image=none --overrides="
        + "'"
        + json.dumps(
            {
                "spec": {
                    "securityContext": {
                        "runAsNonRoot": True,
                        "runAsUser": 1001,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [
                        {
                            "name": "big",
                            "image": "none",
                            "resources": {"limits": {"cpu": "3", "memory": "64Mi"}},
                            "securityContext": {
                                "allowPrivilegeEscalation": False,
                                "capabilities": {"drop": ["ALL"]},
                            },
                        }
                    ],
                }
            }
        )
        + "'",
    )

    assert "exceeded quota" in text


async def test_a_neighbour_s_project_is_closed(release, pat, quin):
    """One attendee's account may not even look at another's project."""
    text = await pat.said("kubectl get pods -n class-quin; kubectl delete namespace class-quin")

    assert text.count("forbidden") == 2


@pytest.mark.parametrize("path", ["", "api/session", "terminal/health"])
async def test_a_neighbour_s_session_is_closed(release, pat, quin, path):
    """Another attendee's login opens nothing of a session."""
    async with pat.http.get(release.home("quin") + path, headers=NAVIGATION) as answer:
        assert answer.status in {401, 403, 404}
        assert "Hello" not in await answer.text()


async def test_a_neighbour_s_terminal_is_closed(release, pat, quin):
    """Nor does it open a WebSocket to the terminals."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await pat.http.ws_connect(
            release.home("quin") + "terminal/ws/session/1", origin=quin.origin
        )
    assert refused.value.status in {401, 403}


async def test_cookies_are_bound_to_their_host(release, pat):
    """Each cookie of a session has the prefix that keeps siblings from setting it (row 39)."""
    names = [cookie.key for cookie in pat.http.cookie_jar if "login" in cookie.key]

    assert names
    assert all(name.startswith("__Host-") for name in names)


async def test_the_hub_dies_and_terminals_go_on(release, pat):
    """No terminal is dropped, and a newcomer gets in once another hub is there."""
    counting = await Counting.begun(pat)

    another = release.kill("hub")

    await counting.finished()
    await asyncio.to_thread(until, another, what="another hub", limit=60, every=0.3)
    async with Attendee(release, "newcomer") as newcomer:
        await newcomer.sit_down(limit=60)


async def test_the_proxy_dies_and_routes_come_back(release, pat):
    """Within 70 s the routes are there again without a hand, and nothing of the output is lost."""
    counting = await Counting.begun(pat)

    release.kill("proxy")

    await counting.lost()
    await counting.back(limit=70)
    await counting.finished()


async def test_an_upgrade_in_the_middle_of_a_class(release, pat):
    """`helm upgrade` starts another hub; no terminal is dropped, and keys and password are kept."""
    counting = await Counting.begun(pat)
    keys = release.cluster.get("secret", f"{release.name}-keys", "-n", release.namespace)["data"]

    await asyncio.to_thread(
        release.cluster.helm,
        *("upgrade", release.name, str(ROOT / "deploy/chart"), "-n", release.namespace),
        *("--reuse-values", "--set", "seats=31", "--wait", "--timeout", "3m"),
    )

    await counting.finished()
    after = release.cluster.get("secret", f"{release.name}-keys", "-n", release.namespace)["data"]
    assert after == keys
    async with pat.http.get(release.home("pat"), headers=NAVIGATION) as page:
        assert page.status == 200


async def test_an_upgrade_that_changes_the_proxy(release, pat):
    """Its pod is another one; terminals resume by themselves, and nothing of the output is lost."""
    counting = await Counting.begun(pat)

    upgrade = (
        *("upgrade", release.name, str(ROOT / "deploy/chart"), "-n", release.namespace),
        *("--reuse-values", "--set", "proxy.annotations.turn=second", "--timeout", "3m"),
    )
    await asyncio.to_thread(release.cluster.helm, *upgrade)

    await counting.lost()
    await counting.back(limit=70)
    await counting.finished()


def test_the_notes_lead_on(release):
    """What helm prints has the address, and a command that tells the class password."""
    notes = release.cluster.helm("get", "notes", release.name, "-n", release.namespace)

    assert f"Open {release.url}/\n" in notes
    command = re.search(r"Class password +(kubectl .+)", notes)[1]
    path = f"{Path(program('kubectl')).parent}{os.pathsep}{os.environ['PATH']}"
    assert (
        subprocess.check_output(command, shell=True, text=True, env=os.environ | {"PATH": path})
        == PASSWORD
    )


async def test_helm_test(release):
    """`helm test` says that the hub answers, and whether the cluster enforces the policies."""
    words = ("test", release.name, "-n", release.namespace, "--timeout", "2m")
    assert "Succeeded" in release.cluster.helm(*words)

    # A way through the wall is what a cluster looks like that has none (security.md, row 132).
    release.cluster.kubectl("apply", "-n", release.namespace, "-f", "-", given=json.dumps(HOLE))
    try:
        with pytest.raises(AssertionError, match="failed"):
            release.cluster.helm(*words)
        asked = f"{release.name}-answers"
        said = release.cluster.kubectl("logs", asked, "-n", release.namespace)
        assert "This cluster does not enforce NetworkPolicies" in said
    finally:
        release.cluster.kubectl("delete", "networkpolicy", "hole", "-n", release.namespace)


async def test_a_session_s_end_leaves_nothing(release):
    """When a session is stopped, its pod, account and project go with it."""
    async with Attendee(release, "leaver") as leaver:
        await leaver.sit_down(limit=120)
        assert release.cluster.get("namespace", "class-leaver")
        await leaver.stop()

    await asyncio.to_thread(nothing_left, release, "leaver")


async def test_a_namespace_that_is_not_the_session_s_is_left_alone(release):
    """Whose name makes that of a namespace that is there is told so, and gets no rights in it."""
    release.cluster.kubectl("create", "namespace", "class-sessions")
    try:
        async with Attendee(release, "sessions") as person:
            assert (await person.log_in()).status == 302
            await told_why(person, "“class-sessions” of your session is in use for something else")
        await asyncio.to_thread(nothing_left, release, "sessions")
        assert not release.cluster.items("rolebindings", "-n", "class-sessions")
        assert release.cluster.get("namespace", "class-sessions")["status"]["phase"] == "Active"
    finally:
        release.cluster.kubectl("delete", "namespace", "class-sessions", "--wait=false")


async def test_a_namespace_that_somebody_took_over_outlives_the_session(release):
    """A session's end removes what is labelled as its own, whatever is called like it."""
    async with Attendee(release, "loser") as loser:
        await loser.sit_down(limit=120)
        release.cluster.kubectl(
            *("label", "namespace", "class-loser", "--overwrite", "workshop/release=another")
        )
        await loser.stop()
    inside = ("-n", release.sessions, "-l", "workshop/session=session-loser")
    try:
        await asyncio.to_thread(gone, release.cluster, "serviceaccounts", *inside)
        assert release.cluster.get("namespace", "class-loser")["status"]["phase"] == "Active"
    finally:
        release.cluster.kubectl("delete", "namespace", "class-loser", "--wait=false")


async def test_a_pod_deleted_under_a_terminal_is_missed(release):
    """The page is told that the session has ended, and the way on starts another."""
    async with Attendee(release, "rob") as rob:
        await rob.sit_down(limit=120)
        release.cluster.kubectl(
            "delete", "pod", "session-rob", "-n", release.sessions, "--grace-period=0", "--force"
        )

        def missed():
            return not release.cluster.get("namespace", "class-rob") or (
                release.cluster.get("namespace", "class-rob")["status"]["phase"] == "Terminating"
            )

        await asyncio.to_thread(until, missed, what="the hub to notice", limit=60, every=0.5)
        await rob.arrive(limit=120)


async def test_uninstalling_leaves_nothing(tmp_path):
    """After an uninstall nothing of any kind is left of chart and sessions, projects included; what
    another class of that name has elsewhere stays."""
    cluster = Cluster.of_environment()
    project = {"policy": "create", "prefix": "gone"}
    with installed(cluster, tmp_path, project=project) as release:
        async with Attendee(release, "una") as una:
            await una.sit_down(limit=120)
        assert cluster.get("namespace", "gone-una")
        others = f"{release.name}-others"
        cluster.kubectl("create", "namespace", others)
        theirs = f"workshop/release=elsewhere.{release.name}"
        cluster.kubectl("label", "namespace", others, theirs)
        kinds = ",".join(cluster.kubectl("api-resources", "--verbs=list", "-o", "name").split())
        ours = f"workshop/release={release.label}", f"app.kubernetes.io/instance={release.name}"
        assert all(cluster.items(kinds, "-A", "-l", label) for label in ours)
        cluster.helm("uninstall", release.name, "-n", release.namespace)

        for label in ours:
            await asyncio.to_thread(gone, cluster, kinds, "-A", "-l", label, limit=120)
        assert cluster.get("namespace", others)["status"]["phase"] == "Active"
        cluster.kubectl("delete", "namespace", others, "--wait=false")
