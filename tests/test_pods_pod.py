"""A session's whole pod as the hub would ask for it, held against security.md rows 119 to 125."""

import json
import subprocess

import pytest
from jupyterhub.objects import Hub
from traitlets.config import Config

from hub.configure import configure
from hub.pods.spawner import PodSpawner
from tests.product import ROOT

LIMITS = {"cpu": "1", "memory": "64Mi", "ephemeral-storage": "64Mi"}
PODS = {
    "namespace": "seats",
    "dashboard_image": "d:1",
    "terminal_image": "t:1",
    "dashboard": {"limits": LIMITS},
    "terminal": {"limits": LIMITS},
    "workshop": {"config_map": "notes"},
    "project": {"policy": "create"},
    "extra_containers": [{"name": "db", "image": "db:1", "resources": {"limits": LIMITS}}],
    "annotations": {"note": "{kept}"},
}
KUBECONFIG = """\
{apiVersion: v1, kind: Config, current-context: c, users: [{name: u, user: {}}],
 clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}],
 contexts: [{name: c, context: {cluster: c, user: u}}]}"""


def configured(folder, **changes):
    """The hub's whole configuration for these settings."""
    (folder / "pods.json").write_text(json.dumps(PODS | changes))
    environ = {"STATE": str(folder), "PODS_FILE": str(folder / "pods.json")}
    environ |= {"PASSWORD": "class-password", "ADMIN_PASSWORD": "a" * 32}
    environ |= {"HUB_BIND": "0.0.0.0", "HUB_PORT": "8081"}
    environ |= {"KUBERNETES_SERVICE_HOST": "192.0.2.1", "KUBERNETES_SERVICE_PORT": "443"}
    c = Config()
    configure(c, environ)
    return c


@pytest.fixture
def rendered(tmp_path, monkeypatch):
    """Gives the pod's manifest, as it goes to the cluster, for these settings."""
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    monkeypatch.setattr(
        "kubernetes_asyncio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION",
        str(tmp_path / "kubeconfig"),
    )

    async def render(**changes):
        c = configured(tmp_path, **changes)
        spawner = PodSpawner(_mock=True, hub=Hub(base_url="/hub/"), config=c, api_token="f" * 32)
        client = spawner.api.api_client
        try:
            return client.sanitize_for_serialization(await spawner.get_pod_manifest())
        finally:
            await client.close()

    return render


async def test_the_pod_gives_nothing_away(rendered):
    """Whatever is in it, every container is restricted, bounded and without the hub's token."""
    pod = await rendered()
    spec = pod["spec"]
    containers = spec["initContainers"] + spec["containers"]

    assert [one["name"] for one in containers] == ["notes", "dashboard", "terminal", "db"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert not {"shareProcessNamespace", "hostNetwork", "hostPID", "hostIPC"} & set(spec)
    assert not any("hostPath" in volume for volume in spec["volumes"])
    for one in containers:
        assert one["securityContext"]["allowPrivilegeEscalation"] is False
        assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert "privileged" not in one["securityContext"]
        assert one["securityContext"]["readOnlyRootFilesystem"] is True
        assert set(one["resources"]["limits"]) == set(LIMITS)
    holders = [one["name"] for one in containers if "f" * 32 in json.dumps(one)]
    assert holders == ["dashboard"]
    assert json.dumps(pod).count("f" * 32) == 1
    assert pod["metadata"]["annotations"]["note"] == "{kept}"


async def test_openshift_gives_the_ids(rendered):
    """Where the cluster gives ids, none is asked for in pod or containers (row 119)."""
    text = json.dumps(await rendered(user=None))

    assert not any(name in text for name in ("runAsUser", "runAsGroup", "fsGroup"))


def test_a_slow_node_has_all_the_time_that_is_set(tmp_path):
    """A pod that runs is not given up for its first answer before the start's own limit."""
    spawner = configured(tmp_path, start_timeout=240).PodSpawner

    assert (spawner.start_timeout, spawner.http_timeout) == (240, 240)


def test_the_sweeper_gets_as_far_as_its_account(tmp_path):
    """With no more of the hub's environment than it is given it starts, and looks for its token."""
    service = next(
        one for one in configured(tmp_path).JupyterHub.services if one["name"] == "sweeper"
    )
    given = service["environment"] | {"JUPYTERHUB_API_TOKEN": "t", "PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        service["command"], env=given, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert service["environment"]["HUB_API_URL"] == "http://127.0.0.1:8081/hub/api"
    assert "Service token file does not exist" in done.stderr


async def test_what_starts_slowly_is_not_started_again(rendered):
    """Nobody looks whether a part hangs before the time that a start may take."""
    pod = await rendered(start_timeout=240)

    probes = [one["livenessProbe"] for one in pod["spec"]["containers"] if "livenessProbe" in one]
    assert [probe["initialDelaySeconds"] for probe in probes] == [240, 240]
