"""An address for each session on a Kubernetes without wildcards: made, found again, removed."""

import asyncio

import pytest
from kubernetes_asyncio import client, config

from hub.pods.remains import remains, remove
from hub.pods.settings import PodSettings
from tests.attendee import Attendee
from tests.cluster import MARKS, Cluster, gone, installed
from tests.waiting import until

pytestmark = MARKS


@pytest.fixture
def release(tmp_path):
    ingress = {"className": "none", "tlsSecret": "class-tls"}
    with installed(
        Cluster.of_environment(), tmp_path, addresses="each", ingress=ingress
    ) as running:
        yield running


async def test_an_ingress_comes_and_goes_with_its_session(release, tmp_path):
    """It is the session's own, what sweeps after a crash knows it, and it goes with the session."""
    mine = ["ingress", "-n", release.namespace, "-l", "workshop/session=session-ada"]
    given = release.cluster.get("configmap", f"{release.name}-hub", "-n", release.namespace)
    (tmp_path / "pods.json").write_text(given["data"]["pods.json"])
    async with Attendee(release, "ada") as ada:
        assert (await ada.log_in()).status == 302
        await asyncio.to_thread(until, lambda: _runs(release), what="the session", limit=90)
        (ingress,) = release.cluster.items(*mine)
        assert ingress["spec"]["ingressClassName"] == "none"
        assert [rule["host"] for rule in ingress["spec"]["rules"]] == [f"ada--{release.host_name}"]

        await _sweep(release, PodSettings.from_file(tmp_path / "pods.json"))
        await asyncio.to_thread(gone, release.cluster, *mine)
        await ada.stop()
    await asyncio.to_thread(
        gone, release.cluster, "pods", "-n", release.sessions, "-l", "workshop/session=session-ada"
    )


def _runs(release):
    states = release.pod("ada").get("status", {}).get("containerStatuses", [])
    return states and all(state["ready"] for state in states)


async def _sweep(release, settings):
    """Remove the session's address, as the service does for a session that a crash left."""
    await config.load_kube_config(release.cluster.kubeconfig)
    async with client.ApiClient() as api:
        found = [one for one in await remains(api, settings) if one.kind == "Ingress"]
        assert [one.user for one in found] == ["ada"]
        await remove(api, settings, found[0])
