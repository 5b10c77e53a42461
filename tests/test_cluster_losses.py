"""A hub that dies while sessions start, or loses its database, and copies of what it knows."""

import asyncio
import json
import os
import re
import secrets
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.attendee import NAVIGATION, Attendee
from tests.cluster import MARKS, Cluster, installed, nothing_left, program
from tests.counting import Counting
from tests.product import ROOT
from tests.recorder import hub
from tests.waiting import until

pytestmark = MARKS


def orphan(release):
    """A namespace of a session of somebody whom the hub knows, who has none now."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": f"lost-orphan-{secrets.token_hex(3)}",
            "labels": {"workshop/session": "session-orphan", "workshop/release": release},
            "annotations": {"workshop/user": "instructor"},
        },
    }


@pytest.fixture(scope="module")
def lossy(tmp_path_factory):
    """A class with projects, something that an earlier session left, and the same of another class
    of that name in another namespace."""
    project = {"policy": "create", "prefix": "lost"}
    folder = tmp_path_factory.mktemp("lossy")
    with installed(Cluster.of_environment(), folder, project=project) as release:
        left, others = orphan(release.label), orphan(f"elsewhere.{release.name}")
        hanging = orphan(release.label)
        for one in (left, others, hanging):
            release.cluster.kubectl("apply", "-f", "-", given=json.dumps(one))
        release.left, release.others, release.hanging = (
            one["metadata"]["name"] for one in (left, others, hanging)
        )
        wait = {"name": "hangs", "finalizers": ["example.com/wait"]}
        hangs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": wait}
        where = ("-n", release.hanging)
        release.cluster.kubectl("apply", *where, "-f", "-", given=json.dumps(hangs))
        release.cluster.kubectl("delete", "namespace", release.hanging, "--wait=false")
        yield release
        free = json.dumps({"metadata": {"finalizers": None}})
        release.cluster.kubectl("patch", "configmap", "hangs", *where, "-p", free, check=False)
    cluster = Cluster.of_environment()
    assert cluster.get("namespace", release.others)["status"]["phase"] == "Active"
    cluster.kubectl("delete", "namespace", release.others, "--wait=false")


async def hub_dies(release):
    """Kill the hub; return once another is there."""
    another = await asyncio.to_thread(release.kill, "hub")
    await asyncio.to_thread(until, another, what="another hub", limit=90, every=0.3)


async def test_the_hub_dies_while_sessions_start(lossy):
    """At whatever step it was: the next login gets in, and a stop leaves nothing of either."""
    async with Attendee(lossy, "early") as early, Attendee(lossy, "late") as late:
        assert (await late.log_in()).status == 302
        await asyncio.to_thread(until, lambda: lossy.pod("late"), what="a pod", every=0.05)
        assert (await early.log_in()).status == 302
        await hub_dies(lossy)
        for person in (early, late):
            await person.sit_down(limit=120)
            await person.stop()
    for name in ("early", "late"):
        await asyncio.to_thread(nothing_left, lossy, name)


async def test_the_database_is_lost(lossy):
    """A hub with an empty database gives people back their pods, with shells and files."""
    async with Attendee(lossy, "pat") as pat:
        await pat.sit_down(limit=120)
        uid = lossy.pod("pat")["metadata"]["uid"]
        await pat.said("echo kept > ~/kept")
        counting = await Counting.begun(pat)
        hub(lossy, "sh", "-c", "rm /srv/workshop/jupyterhub.sqlite*")
        await hub_dies(lossy)

        assert (await pat.log_in()).status == 302
        await pat.arrive(limit=60)

        assert "goes on with the pod that is there" in lossy.hub_log()
        await counting.back(limit=30)
        await counting.finished()
        assert "kept" in await pat.said("cat ~/kept")
        assert lossy.pod("pat")["metadata"]["uid"] == uid
        await pat.stop()
    await asyncio.to_thread(nothing_left, lossy, "pat")


async def test_what_an_earlier_session_left_is_swept(lossy):
    """What nobody's session owns is removed by itself within minutes, and the hub's log says so."""

    def swept():
        return not lossy.cluster.get("namespace", lossy.left)

    await asyncio.to_thread(until, swept, what="the orphan to go", limit=240, every=1)
    assert f"Namespace {lossy.left} of instructor belongs to no session: removed" in lossy.hub_log()


async def test_what_does_not_go_is_reported(lossy):
    """A namespace that a finalizer holds is named in the hub's log, with the finalizer."""

    def told():
        said = re.search(rf"Namespace {lossy.hanging} does not go: .+", lossy.hub_log())
        return said and said[0]

    said = await asyncio.to_thread(until, told, what="the namespace's name", limit=240, every=2)
    assert "example.com/wait" in said


async def test_a_copy_of_what_the_hub_knows(lossy, tmp_path):
    """The commands of deploy/README copy accounts and names while the hub runs, and put them back:
    who was logged in still is, and nobody else gets in under their name."""
    save, restore, restart = documented(lossy)
    async with Attendee(lossy, "keeper") as keeper:
        assert (await keeper.log_in()).status == 302
        run(save, tmp_path)
        with tarfile.open(tmp_path / "class.tar") as tar:
            assert tar.getnames() == ["jupyterhub.sqlite", "names.json"]
        hub(lossy, "sh", "-c", "rm /srv/workshop/jupyterhub.sqlite* /srv/workshop/names.json")
        await hub_dies(lossy)
        keeper.http.cookie_jar.save(tmp_path / "cookies")
        assert not await knows(keeper)  # upon which the browser is told to forget its login
        keeper.http.cookie_jar.load(tmp_path / "cookies")

        run(restore, tmp_path)
        run(restart, tmp_path)
        where = ("-n", lossy.namespace, f"deployment/{lossy.name}-hub", "--timeout=120s")
        lossy.cluster.kubectl("rollout", "status", *where)

        async with asyncio.timeout(60):
            while not await knows(keeper):
                await asyncio.sleep(0.5)
        keeper.http.cookie_jar.clear()
        assert (await keeper.log_in()).status != 302


def documented(release):
    """The three commands to the hub, for this release in place of the one that is called class."""
    text = (ROOT / "deploy" / "README.md").read_text()
    part = text[text.index("## Accounts, and copies") : text.index("## Around the pods")]
    ours = f"-n {release.namespace} deploy/{release.name}-hub"
    commands = re.findall(r"(?m)^\$ (kubectl .+)$", part)
    theirs = "-n class deploy/class-hub"
    return [one.replace(theirs, ours) for one in commands if theirs in one]


def run(command, folder):
    """Run it as an operator does."""
    path = f"{Path(program('kubectl')).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, shell=True, check=True, cwd=folder, env=os.environ | {"PATH": path})


async def knows(person):
    """Whether the hub takes a browser for somebody who is logged in."""
    url = f"{person.product.url}/hub/home"
    async with person.http.get(url, headers=NAVIGATION, allow_redirects=False) as answer:
        return answer.status == 200
