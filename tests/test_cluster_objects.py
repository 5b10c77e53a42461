"""`session.yaml` on a cluster: made once by the session's own account, refusals told."""

import asyncio
import json

import pytest

from tests.attendee import Attendee
from tests.cluster import MARKS, Cluster, installed, nothing_left
from tests.examples import block_in_readme
from tests.waiting import until

pytestmark = MARKS

#: What no attendee with the role `edit` may make.
FORBIDDEN = """\
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: mine}
spec: {hard: {pods: "99"}}
"""
#: What no cluster takes.
WRONG = """\
---
apiVersion: example.com/v1
kind: Cake
metadata: {name: none}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: wrong}
date: {}
"""


BROUGHT = block_in_readme("yaml", "name: greeting") + FORBIDDEN + WRONG


def line_of(words):
    """The line of the file at which the object with these words begins."""
    before = BROUGHT[: BROUGHT.index(words)]
    return before[: before.rindex("apiVersion")].count("\n") + 1


@pytest.fixture(scope="module")
def brings(tmp_path_factory):
    """A class whose workshop has the README's example, and something that is not allowed."""
    cluster = Cluster.of_environment()
    values = {
        "workshop": {"configMap": "notes", "variables": {"image_registry": "registry.invalid"}},
        "project": {"policy": "create", "prefix": "brought"},
    }
    with installed(cluster, tmp_path_factory.mktemp("objects"), **values) as release:
        data = {
            "workshop.yaml": "title: Brought",
            "01-hello.md": "# Hello",
            "session.yaml": BROUGHT,
        }
        notes = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "notes"}}
        given = json.dumps(notes | {"data": data})
        cluster.kubectl("apply", "-n", release.sessions, "-f", "-", given=given)
        yield release


def told(release, name):
    """What the terminal tells the page that is wrong with the project."""
    ask = "curl -s --unix-socket /run/workshop/terminal/terminal.sock http://t/health"
    return json.loads(release.run(name, "terminal", "sh", "-c", ask))["objects"]


async def test_a_project_begins_with_what_the_workshop_brings(brings):
    """All that is allowed is there; what is not is told; a restart undoes nobody's work."""
    async with Attendee(brings, "ada") as ada:
        await ada.sit_down(limit=120)
        where = ("-n", "brought-ada")

        def greeting():
            return brings.cluster.get("configmap", "greeting", *where).get("data")

        def refused():
            lines = told(brings, "ada")
            return lines if any("forbidden" in line for line in lines) else []

        lines = await asyncio.to_thread(until, refused, what="the refusal")
        for words, told_first in (
            ("kind: ResourceQuota", "ResourceQuota mine: resourcequotas is forbidden"),
            ("kind: Cake", "Cake none: no matches for kind"),
            ("name: wrong", "ConfigMap wrong: "),
        ):
            begins = f"session.yaml:{line_of(words)}: {told_first}"
            assert [line for line in lines if line.startswith(begins)], (begins, lines)
        assert sum(line.startswith("session.yaml:") for line in lines) == 3, lines
        assert greeting() == {"text": "Welcome, ada"}
        (shop,) = brings.cluster.items("deployments", *where)
        (container,) = shop["spec"]["template"]["spec"]["containers"]
        assert container["image"] == "registry.invalid/shop:1"

        text = await ada.said(
            """kubectl patch configmap greeting -p '{"data": {"text": "mine"}}'"""
        )
        assert "patched" in text
        await ada.said("kubectl delete deployment shop")
        brings.run("ada", "dashboard", "sh", "-c", "kill 1", check=False)

        def again():
            return brings.cluster.items("deployments", *where)

        await asyncio.to_thread(until, again, what="what is missing to be made anew", limit=90)
        assert greeting() == {"text": "mine"}
        await ada.stop()
    await asyncio.to_thread(nothing_left, brings, "ada")
