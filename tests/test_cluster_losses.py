"""A hub that dies while sessions start, or loses its database, and copies of what it knows."""

import asyncio
import io
import json
import secrets
import subprocess
import tarfile

import pytest

from tests.attendee import Attendee
from tests.cluster import MARKS, Cluster, gone, installed, nothing_left, program
from tests.counting import Counting
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
        for one in (left, others):
            release.cluster.kubectl("apply", "-f", "-", given=json.dumps(one))
        release.left, release.others = (one["metadata"]["name"] for one in (left, others))
        yield release
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


def test_a_copy_of_what_the_hub_knows(lossy):
    """The documented command gives accounts and names while the hub runs."""
    where = ("-n", lossy.namespace, f"deployment/{lossy.name}-hub")
    done = subprocess.run(
        [program("kubectl"), "exec", *where, "--", "python3", "-m", "hub.backup"],
        capture_output=True,
        check=True,
    )

    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        assert tar.getnames() == ["jupyterhub.sqlite", "names.json"]
        assert tar.extractfile("jupyterhub.sqlite").read(15) == b"SQLite format 3"


async def test_what_an_earlier_session_left_is_swept(lossy):
    """What nobody's session owns is removed by itself within minutes, and the hub's log says so."""
    mine = f"workshop/session=session-orphan,workshop/release={lossy.label}"
    await asyncio.to_thread(gone, lossy.cluster, "namespaces", "-l", mine, limit=240)
    assert f"Namespace {lossy.left} of instructor belongs to no session: removed" in lossy.hub_log()
