"""An address for each session on a Kubernetes without wildcards: made, found again, removed; and
passwords that nobody gave."""

import asyncio
import base64

import pytest
from kubernetes_asyncio import client, config

from hub.pods.remains import remains, remove
from hub.pods.settings import PodSettings
from tests.attendee import Attendee
from tests.cluster import MARKS, Cluster, gone, installed
from tests.product import ROOT
from tests.waiting import until

pytestmark = MARKS


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """A class of few values: its passwords are made."""
    folder = tmp_path_factory.mktemp("each")
    ingress = {"className": "none", "tlsSecret": "class-tls"}
    values = {"addresses": "each", "ingress": ingress, "login": {}}
    with installed(Cluster.of_environment(), folder, **values) as running:
        yield running


def secrets_of(release):
    """What the chart has made for the class and nobody gave, as its operator reads it."""
    found = release.cluster.get("secret", f"{release.name}-keys", "-n", release.namespace)
    return {name: base64.b64decode(value).decode() for name, value in found["data"].items()}


async def test_an_ingress_comes_and_goes_with_its_session(release, tmp_path):
    """It is the session's own, what sweeps after a crash knows it, and it goes with the session."""
    mine = ["ingress", "-n", release.namespace, "-l", "workshop/session=session-ada"]
    given = release.cluster.get("configmap", f"{release.name}-hub", "-n", release.namespace)
    (tmp_path / "pods.json").write_text(given["data"]["pods.json"])
    async with Attendee(release, "ada") as ada:
        password = secrets_of(release)["password"]
        assert (await ada.log_in(password=password)).status == 302
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


def test_secrets_are_made_once(release):
    """An upgrade keeps passwords and keys: nobody is logged out, and the link still works."""
    made = secrets_of(release)
    assert len(made["password"]) == 10
    assert len(made["admin-password"]) == 36
    words = (release.name, str(ROOT / "deploy/chart"), "-n", release.namespace, "--reuse-values")
    release.cluster.helm("upgrade", *words, "--set", "seats=31", "--wait", "--timeout", "3m")

    assert secrets_of(release) == made


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
