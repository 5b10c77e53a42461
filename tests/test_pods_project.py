"""The objects of a session's project, as rules without a cluster."""

from dataclasses import replace

import pytest

from hub.pods.budgets import BUDGETS, limit_range, quota
from hub.pods.project import extra, filled, inside, is_own, namespace, namespaces, walls
from hub.pods.seat import Seat
from hub.pods.settings import PodSettings

USUAL = {"namespace": "seats", "dashboard_image": "d:1", "terminal_image": "t:1", "release": "lab"}
SEAT = Seat(prefix="/user/ada/", user="ada@x", account="session-ada", project="class-ada")


def settings(**project):
    return PodSettings.model_validate(USUAL | {"project": {"policy": "create"} | project})


def of(objects, kind):
    (found,) = [one for one in objects if one["kind"] == kind]
    return found


def test_a_namespace_says_whose_it_is():
    """Labels name the installation and the session, the raw login stands in an annotation."""
    made = namespace(settings(), SEAT, "class-ada")["metadata"]

    assert made["labels"]["workshop/release"] == "lab"
    assert made["labels"]["workshop/session"] == "session-ada"
    for mode in ("enforce", "warn"):
        assert made["labels"][f"pod-security.kubernetes.io/{mode}"] == "restricted"
    assert made["annotations"] == {"workshop/user": "ada@x"}


@pytest.mark.parametrize(
    ("subject", "bound"),
    [
        pytest.param("session", ("ServiceAccount", "session-ada"), id="account"),
        pytest.param("user", ("User", "ada@x"), id="person"),
    ],
)
def test_the_role_is_the_session_s_or_the_person_s(subject, bound):
    """The role goes to the session's own account, or to the logged-in person by name."""
    binding = of(inside(settings(subject=subject, role="view"), SEAT, "class-ada"), "RoleBinding")

    assert binding["roleRef"]["name"] == "view"
    assert (binding["subjects"][0]["kind"], binding["subjects"][0]["name"]) == bound


@pytest.mark.parametrize("size", BUDGETS)
def test_a_budget_bounds_the_whole_and_fits_its_parts(size):
    """Every container that says nothing gets limits, so that the quota takes it."""
    budget = BUDGETS[size]

    assert quota(budget)["limits.memory"] == budget.memory
    assert set(limit_range(budget)[0]["default"]) == {"cpu", "memory"}


def test_a_quota_of_one_s_own_goes_before_the_budget():
    """What the operator sets replaces the budget's figure; no budget leaves just that."""
    some = of(inside(settings(quota={"pods": "3"}), SEAT, "class-ada"), "ResourceQuota")
    only = inside(settings(budget="", quota={"pods": "3"}), SEAT, "class-ada")

    assert some["spec"]["hard"]["pods"] == "3"
    assert some["spec"]["hard"]["limits.cpu"] == "1"
    assert of(only, "ResourceQuota")["spec"]["hard"] == {"pods": "3"}
    assert not [one for one in only if one["kind"] == "LimitRange"]


def test_walls_let_in_the_own_session_only():
    """Pods of the project, the session's own pod, and the router: nobody else."""
    spec = walls(settings(), SEAT)
    own = {"matchLabels": {"workshop/release": "lab", "workshop/session": "session-ada"}}

    assert spec["podSelector"] == {}
    assert [rule["from"][0] for rule in spec["ingress"]][:2] == [
        {"namespaceSelector": own},
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "seats"}},
            "podSelector": own,
        },
    ]


def test_walls_of_a_pool_go_by_the_project_s_name():
    """Nobody but an administrator may label a namespace that was made beforehand."""
    spec = walls(settings(policy="pool", pool=["class-ada"]), SEAT)
    inside = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "class-ada"}}}

    assert spec["ingress"][0] == {"from": [inside]}
    assert {"to": [inside]} in spec["egress"]


def test_further_namespaces():
    """A workshop may have more than one namespace for each session."""
    assert namespaces(settings(extra_namespaces=["db", "ci"]).project, SEAT) == [
        "class-ada",
        "class-ada--db",
        "class-ada--ci",
    ]


def test_further_namespaces_leave_room_for_any_name():
    """KubeSpawner leaves 46 letters as they are; with them the longest namespace is still one."""
    longest = replace(SEAT, project=f"twelve-words-{'a' * 46}")
    (_, extra) = namespaces(
        settings(prefix="twelve-words", extra_namespaces=["db"]).project, longest
    )
    assert len(extra) <= 63

    with pytest.raises(ValueError, match="'thirteen-word' with the extra namespace 'db'"):
        settings(prefix="thirteen-word", extra_namespaces=["db"])


@pytest.mark.parametrize(
    ("labels", "own"),
    [
        pytest.param(
            {"workshop/release": "lab", "workshop/session": "session-ada"}, True, id="own"
        ),
        pytest.param({"workshop/release": "lab", "workshop/session": "session-b"}, False, id="b's"),
        pytest.param({"workshop/release": "x", "workshop/session": "session-ada"}, False, id="x's"),
        pytest.param({"app.kubernetes.io/instance": "lab"}, False, id="chart's"),
        pytest.param(None, False, id="anybody's"),
    ],
)
def test_a_namespace_of_that_name_is_not_always_the_session_s(labels, own):
    """Only what this installation made for this very session is its own."""
    metadata = {"name": "class-ada"} | ({} if labels is None else {"labels": labels})

    assert is_own({"metadata": metadata}, settings(), SEAT) is own


def test_the_workshop_s_own_objects():
    """Variables are filled in as JSON strings, whatever stands in a name; others stay."""
    written = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "hello"},
        "data": {"who": "%username% in %project_namespace%", "other": "%unknown% 100%"},
    }
    (made,) = extra(settings(objects=[written]), SEAT)

    assert made["metadata"] == {"name": "hello", "namespace": "class-ada"}
    assert made["data"] == {"who": "ada@x in class-ada", "other": "%unknown% 100%"}
    assert filled('{"a": "%x%"}', {"x": '"}\n'}) == '{"a": "\\"}\\n"}'


def test_a_project_of_the_pool_has_no_admin():
    """Whoever may write role bindings could keep the project, or take away the claim."""
    with pytest.raises(ValueError, match="expected edit or view"):
        settings(policy="pool", pool=["one"], role="admin")
