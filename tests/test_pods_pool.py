"""What is in a project of a pool: whose it is, and what stands beside an administrator's."""

import pytest

from hub.pods.beside import beside, is_ours
from hub.pods.cleaning import is_kept, rights_lost, sorted_out
from hub.pods.project import bounds
from hub.pods.seat import Seat
from hub.pods.settings import PodSettings
from hub.pods.tokens import renewed

SETTINGS = PodSettings.model_validate(
    {"namespace": "seats", "dashboard_image": "d:1", "terminal_image": "t:1", "release": "lab"}
    | {"project": {"policy": "pool", "pool": ["class-1"]}}
)
SEAT = Seat(prefix="/user/ada/", user="ada@x", account="session-ada", project="class-1")
REVOKED = {"manager": "workshop", "operation": "Apply", "time": "2026-05-01T11:00:00Z"}
CLAIM = {
    "metadata": {
        "creationTimestamp": "2026-05-01T10:00:00Z",
        "managedFields": [
            {"manager": "else", "operation": "Update", "time": "2026-05-01T12:00:00Z"},
            REVOKED,
        ],
    }
}
LATE = "2026-05-01T11:00:04Z"
BEFORE, AFTER = "2026-05-01T09:59:59Z", "2026-05-01T10:00:00Z"
OWNER = [{"kind": "ServiceAccount", "name": "default"}]
DOCKER = "kubernetes.io/dockercfg"


@pytest.mark.parametrize(
    ("kind", "name", "made", "more", "kept"),
    [
        ("ConfigMap", "mine", AFTER, {}, False),
        ("ConfigMap", "theirs", BEFORE, {}, True),
        ("ServiceAccount", "default", AFTER, {}, True),
        ("ConfigMap", "default", AFTER, {}, False),
        ("ConfigMap", "kube-root-ca.crt", AFTER, {}, True),
        ("Secret", "kube-root-ca.crt", AFTER, {}, False),
        ("ConfigMap", "system:mine", AFTER, {}, False),
        ("Secret", "token", AFTER, {"type": "kubernetes.io/service-account-token"}, False),
        ("Secret", "given", AFTER, {"type": DOCKER, "ownerReferences": OWNER}, True),
        ("Secret", "forged", AFTER, {"type": DOCKER}, False),
        ("ConfigMap", "forged", AFTER, {"ownerReferences": OWNER}, False),
        ("ConfigMap", "labelled", AFTER, {"labels": {"workshop/keep": "true"}}, False),
    ],
)
def test_what_stays_in_a_project_of_the_pool(kind, name, made, more, kept):
    """Cleaning leaves what was there before, by a time nobody can write, and the cluster's own."""
    metadata = {"name": name, "creationTimestamp": made} | more
    one = {"metadata": metadata, "type": more.get("type")}

    assert is_kept(kind, one, CLAIM) is kept


def thing(kind, name, when, owner="", **more):
    owners = [{"uid": owner, "controller": True}] if owner else []
    metadata = {"name": name, "uid": name, "creationTimestamp": when, "ownerReferences": owners}
    return {"kind": kind, "metadata": metadata | more}


def names(things):
    return [one["metadata"]["name"] for one in things]


def test_what_is_made_after_the_session_is_nobody_s():
    """It goes with what is the session's, but keeps no project; theirs make theirs anew."""
    there = [
        thing("Deployment", "kept", BEFORE),
        thing("Deployment", "mine", AFTER),
        thing("ReplicaSet", "kept-1", LATE, owner="kept"),
        thing("ReplicaSet", "kept-0", AFTER, owner="kept"),
        thing("Pod", "kept-1-a", LATE, owner="kept-1"),
        thing("Pod", "kept-0-a", LATE, owner="kept-0"),
        thing("Pod", "going", LATE, deletionTimestamp=LATE),
        thing("ConfigMap", "again", LATE),
    ]
    found = sorted_out(there, CLAIM)

    assert names(found.session) == ["mine", "kept-0", "going"]
    assert names(found.late) == ["kept-0-a", "again"]


def test_rights_are_lost_by_the_cluster_s_clock():
    """When the claim was changed for the last time, or made where it never gave any."""
    assert rights_lost(CLAIM).hour == 11
    assert rights_lost(thing("RoleBinding", "claim", BEFORE)).minute == 59


def test_an_account_is_made_anew_as_its_administrator_had_it():
    """Secrets that were linked to it stay, and what OpenShift gave the old one does not."""
    old = {
        "metadata": {
            "name": "builder",
            "namespace": "class-1",
            "uid": "old",
            "annotations": {"openshift.io/internal-registry-pull-secret-ref": "x", "mine": "y"},
        },
        "secrets": [{"name": "builder-dockercfg-x"}, {"name": "push"}],
        "imagePullSecrets": [{"name": "builder-dockercfg-x"}],
    }
    new = renewed(old)

    assert new["metadata"]["annotations"] == {"mine": "y"}
    assert (new["secrets"], "imagePullSecrets" in new) == ([{"name": "push"}], False)
    assert "uid" not in new["metadata"]


def made(kind):
    (found,) = [one for one in bounds(SETTINGS, SEAT, "class-1") if one["kind"] == kind]
    return found


def theirs(name, **spec):
    return {"metadata": {"name": name}, "spec": spec}


ALL = {"podSelector": {}}
CONTAINER = {"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "1"}}


@pytest.mark.parametrize(
    ("kind", "there", "left"),
    [
        pytest.param("ResourceQuota", [], None, id="quota"),
        pytest.param(
            "ResourceQuota",
            [theirs("a", hard={"count/configmaps": "5"}), theirs("b", hard={"memory": "9Gi"})],
            {"requests.memory"},
            id="quota-figures",
        ),
        pytest.param(
            "ResourceQuota",
            [theirs("a", hard={"pods": "5"}, scopes=["Terminating"])],
            None,
            id="quota-of-some-pods",
        ),
        pytest.param("ResourceQuota", [theirs("workshop", hard={})], "all", id="quota-name"),
        pytest.param("LimitRange", [theirs("a", limits=[{"type": "Pod"}])], None, id="limits-pod"),
        pytest.param("LimitRange", [theirs("a", limits=[CONTAINER])], {"cpu"}, id="limits"),
        pytest.param(
            "NetworkPolicy",
            [theirs("a", **ALL, policyTypes=["Ingress"])],
            {"Ingress"},
            id="wall-in",
        ),
        pytest.param(
            "NetworkPolicy",
            [theirs("a", **ALL, policyTypes=["Ingress"]), theirs("b", policyTypes=["Egress"])],
            "all",
            id="walls",
        ),
        pytest.param(
            "NetworkPolicy",
            [theirs("a", podSelector={"matchLabels": {"app": "db"}}, policyTypes=["Ingress"])],
            None,
            id="wall-of-some-pods",
        ),
    ],
)
def test_an_administrator_s_walls_and_budget_stand(kind, there, left):
    """What theirs say is not said again, and ours say the rest; a name of theirs is theirs."""
    whole = made(kind)
    found = beside(whole, there)
    if left == "all":
        assert found is None
        return
    assert found is not None
    assert _figures(found["spec"]) == _figures(whole["spec"]) - (left or set())


def _figures(spec):
    if "limits" in spec:
        return set(spec["limits"][0]["default"])
    if "policyTypes" in spec:
        assert {one.lower() for one in spec["policyTypes"]} == set(spec) & {"ingress", "egress"}
    return set(spec.get("hard") or spec["policyTypes"])


@pytest.mark.parametrize(
    ("name", "labels", "ours"),
    [
        pytest.param("workshop", {"workshop/release": "other"}, True, id="of-any-class"),
        pytest.param("theirs", {"workshop/release": "lab"}, False, id="labelled"),
        pytest.param("workshop", None, False, id="name"),
    ],
)
def test_what_is_ours_has_our_name_and_label(name, labels, ours):
    """A label alone makes nothing ours, which an attendee may have put there."""
    assert is_ours({"metadata": {"name": name, "labels": labels}}, made("LimitRange")) is ours
