"""Least privilege: the hub has the rights that its life cycle uses, and not one more."""

import asyncio
import contextlib
import json

import pytest

from tests.attendee import NAVIGATION, Attendee
from tests.cluster import MARKS, Cluster, installed, nothing_left
from tests.recorder import Right, hub, recorded, start_recording
from tests.test_cluster_failures import told_why
from tests.waiting import until

pytestmark = MARKS

#: Only used where a quota allows no further claim: then the one that is there is looked up.
RARE = Right("", "persistentvolumeclaims", "get")
RBAC = "rbac.authorization.k8s.io"


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A class with projects and homes that go with it, whose hub's requests are written down."""
    values = {
        "project": {"policy": "create", "prefix": "rights"},
        "sessions": {"home": {"persistent": True, "size": "100Mi", "keep": False}},
    }
    with installed(
        Cluster.of_environment(), tmp_path_factory.mktemp("rights"), **values
    ) as release:
        start_recording(release)
        yield release


def given(release):
    """The rights that the hub's roles say; to give a role on is none that is asked for by name."""
    name = f"{release.name}-hub"
    roles = [
        release.cluster.get("role", name, "-n", release.sessions),
        release.cluster.get("clusterrole", f"{release.namespace}-{name}"),
    ]
    found = {
        Right(group, resource, verb)
        for role in roles
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    bind = Right(RBAC, "clusterroles", "bind")
    assert bind in found
    return found - {bind}


class Roles:
    """The hub's roles, for the time of a test with one right less."""

    def __init__(self, release):
        self.cluster = release.cluster
        name = f"{release.name}-hub"
        self.words = [
            ("role", name, "-n", release.sessions),
            ("clusterrole", f"{release.namespace}-{name}"),
        ]
        self.kept = [self.cluster.get(*words) for words in self.words]

    def without(self, right):
        """Take one right away."""
        for words, role in zip(self.words, self.kept, strict=True):
            rules = json.loads(json.dumps(role["rules"]))
            for rule in rules:
                if right.resource in rule["resources"] and right.verb in rule["verbs"]:
                    rule["resources"].remove(right.resource)
                    other = rule | {
                        "resources": [right.resource],
                        "verbs": [verb for verb in rule["verbs"] if verb != right.verb],
                    }
                    rules.append(other)
            kept = [rule for rule in rules if rule["resources"] and rule["verbs"]]
            self._write(words, kept)

    def back(self):
        """As they were."""
        for words, role in zip(self.words, self.kept, strict=True):
            self._write(words, role["rules"])

    def _write(self, words, rules):
        change = json.dumps({"rules": rules})
        self.cluster.kubectl("patch", *words, "--type=merge", "-p", change)


async def test_the_life_cycle_uses_what_the_roles_give(watched):
    """Started, stopped, started again, swept and cleaned: all rights were used, and no other."""
    async with Attendee(watched, "ada") as ada:
        await ada.sit_down(limit=120)
        await ada.stop()
        await asyncio.to_thread(nothing_left, watched, "ada")
        async with ada.http.get(f"{watched.url}/hub/spawn/ada", headers=NAVIGATION):
            pass
        await ada.arrive(limit=120)
    await asyncio.to_thread(hub, watched, "python3", "-m", "hub.pods.clean")

    def all_used():
        return recorded(watched) | {RARE} >= given(watched)

    with contextlib.suppress(AssertionError):  # which are missing is told below
        await asyncio.to_thread(until, all_used, what="every right", limit=40, every=2)
    assert sorted(recorded(watched) | {RARE}) == sorted(given(watched))


@pytest.mark.parametrize(
    "right",
    [
        Right("", "pods", "create"),
        Right("", "persistentvolumeclaims", "create"),
        Right("", "serviceaccounts", "patch"),
        Right("", "namespaces", "create"),
        Right("", "resourcequotas", "patch"),
        Right("", "limitranges", "create"),
        Right("networking.k8s.io", "networkpolicies", "patch"),
        Right(RBAC, "rolebindings", "create"),
        Right(RBAC, "clusterroles", "bind"),
    ],
    ids=lambda right: f"{right.resource}-{right.verb}",
)
async def test_no_session_starts_with_one_right_less(watched, right):
    """The start fails by that right, and whoever waits is told which it is."""
    roles = Roles(watched)
    name = f"{right.resource}-{right.verb}"
    roles.without(right)
    try:
        async with Attendee(watched, name) as person:
            assert (await person.log_in()).status == 302
            await told_why(person, "The cluster does not allow this session", limit=30)
    finally:
        roles.back()
