"""A cluster's API that has too much to do is asked again: real HTTP, a server that says so."""

import asyncio
import contextlib

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from jupyterhub.objects import Hub
from kubernetes_asyncio.client import ApiClient, Configuration, CoreV1Api
from kubernetes_asyncio.client.exceptions import ApiException

from hub.pods import patience
from hub.pods.patience import patient, pause
from hub.pods.spawner import PodSpawner
from tests.test_pods_pod import KUBECONFIG, configured


@contextlib.asynccontextmanager
async def api(*answers):
    """Pods of an API that gives these answers, the last for ever; and how often it was asked."""
    asked = []

    async def answer(request):
        asked.append(request.path)
        status, headers = answers[min(len(asked), len(answers)) - 1]
        if status == "cut":
            request.transport.close()
        if status == "silent":
            await asyncio.sleep(60)
        if status == 200 and "watch" in request.query:
            await asyncio.sleep(60)
        if status == 200:
            return web.json_response(
                {
                    "kind": "PodList",
                    "apiVersion": "v1",
                    "metadata": {"resourceVersion": "1"},
                    "items": [],
                }
            )
        return web.json_response(
            {"kind": "Status", "message": "not now"}, status=status, headers=headers
        )

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        config = Configuration(host=str(server.make_url("")).rstrip("/"))
        async with ApiClient(config) as client:
            yield CoreV1Api(patient(patient(client))), asked


async def test_a_watch_that_gave_up_is_begun_anew(tmp_path, monkeypatch):
    """A cluster that cannot be asked ends no session, and once it answers its pods are known."""
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    place = "kubernetes_asyncio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION"
    monkeypatch.setattr(place, str(tmp_path / "kubeconfig"))
    async with api((403, {}), (200, {})) as (pods, _):
        c = configured(tmp_path)
        c.PodSpawner.k8s_api_host = pods.api_client.configuration.host
        spawner = PodSpawner(_mock=True, hub=Hub(base_url="/hub/"), config=c, api_token="f" * 32)

        assert await spawner.poll() is None
        assert await spawner.poll() == 1
        first = spawner.pod_reflector.watch_task
        first.cancel()
        await asyncio.wait([first])
        assert await spawner.poll() == 1
        assert not spawner.pod_reflector.watch_task.done()

        await spawner.pod_reflector.stop()
        await spawner.api.api_client.close()


@pytest.mark.parametrize(
    "first",
    [
        pytest.param((429, {"Retry-After": "0"}), id="throttled"),
        pytest.param((500, {}), id="broken"),
        pytest.param(("cut", {}), id="cut"),
        pytest.param(("silent", {}), id="silent"),
    ],
)
async def test_what_passes_is_waited_for(monkeypatch, first):
    """One answer that helps nobody, and the request is made again."""
    monkeypatch.setattr(patience, "ANSWER", 0.5)
    async with api(first, (200, {})) as (pods, asked):
        assert (await pods.list_namespaced_pod("seats")).items == []

    assert len(asked) >= 2


async def test_what_is_refused_is_asked_once():
    """Waiting would not help."""
    async with api((403, {})) as (pods, asked):
        with pytest.raises(ApiException):
            await pods.list_namespaced_pod("seats")

    assert len(asked) == 1


async def test_what_does_not_pass_is_told(monkeypatch):
    """In the end the last answer counts, raw or not."""
    monkeypatch.setattr(patience, "PATIENCE", 0.6)
    async with api((429, {})) as (pods, asked):
        with pytest.raises(ApiException, match="429"):
            await pods.list_namespaced_pod("seats")
        raw = await pods.list_namespaced_pod("seats", _preload_content=False)

    assert raw.status == 429
    assert len(asked) >= 4


def test_the_cluster_says_when():
    """Its word counts within bounds."""
    assert pause({"Retry-After": "1"}) == 1
    assert pause({"Retry-After": "600"}) == patience.LONGEST_PAUSE
    assert pause({}) == pause({"Retry-After": "Wed, 25 Nov 2026 13:00:00 GMT"}) == patience.PAUSE
