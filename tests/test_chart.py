"""The chart as helm renders it, without a cluster."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from hub.pods.settings import PodSettings
from hub.settings import HubSettings
from tests.product import ROOT

HELM = shutil.which("helm") or shutil.which("helm", path=str(Path.home() / "go/bin"))
CHART = ROOT / "deploy" / "chart"
PROFILES = ["values-kubernetes.yaml", "values-openshift.yaml", "values-openshift-admin.yaml"]

pytestmark = pytest.mark.skipif(HELM is None, reason="there is no helm: install it to run this")


def render(*words, check=True):
    command = [HELM, "template", "class", CHART, "-n", "class", "--kube-version", "1.34"]
    done = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
    if check:
        assert done.returncode == 0, done.stderr
        return [one for one in yaml.safe_load_all(done.stdout) if one]
    return done.stderr


def of_kind(objects, kind, name=""):
    return [
        one
        for one in objects
        if one["kind"] == kind and (not name or one["metadata"]["name"] == name)
    ]


@pytest.fixture(params=PROFILES, ids=[name.removeprefix("values-") for name in PROFILES])
def objects(request):
    return render("-f", CHART / request.param, "--set", "host=class.example.com")


def test_the_hub_understands_what_the_chart_tells_it(objects, tmp_path):
    """The environment and the file of the hub's container are settings without a mistake."""
    (config,) = of_kind(objects, "ConfigMap", "class-hub")
    (hub,) = of_kind(objects, "Deployment", "class-hub")
    (tmp_path / "pods.json").write_text(config["data"]["pods.json"])

    pods = PodSettings.from_file(tmp_path / "pods.json")
    environ = {
        entry["name"]: entry.get("value", "x" * 40)
        for entry in hub["spec"]["template"]["spec"]["containers"][0]["env"]
    }
    s = HubSettings.from_environ(environ)

    assert pods.namespace == "class-sessions"
    assert s.origin == "https://class.example.com"
    assert s.pods_file == "/etc/workshop/hub/pods.json"


def test_containers_are_restricted(objects):
    """Hub, proxy and the cleaning job are what `restricted` asks, on every platform."""
    for one in (
        of_kind(objects, "Deployment") + of_kind(objects, "Job") + of_kind(objects, "DaemonSet")
    ):
        spec = one["spec"]["template"]["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["enableServiceLinks"] is False
        for container in spec["containers"]:
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert set(container["resources"]) == {"requests", "limits"}


def test_openshift_gives_the_user_ids():
    """No id is asked for where the cluster gives one (row 119)."""
    found = render("-f", CHART / "values-openshift.yaml", "--set", "host=class.example.com")

    for one in of_kind(found, "Deployment"):
        assert "runAsUser" not in one["spec"]["template"]["spec"]["securityContext"]
    assert of_kind(found, "Route")
    assert not of_kind(found, "Ingress")


def test_without_projects_the_hub_has_no_right_beyond_its_namespace():
    """Least privilege: cluster-wide rights only where projects are made (row 129)."""
    found = render("--set", "host=class.example.com")

    assert not of_kind(found, "ClusterRole")
    (role,) = of_kind(found, "Role")
    assert role["metadata"]["namespace"] == "class-sessions"
    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch", "create", "delete"]}
    ]


def test_sessions_have_hosts_of_their_own_by_default():
    """The wildcard is part of the ingress, and the hub is told."""
    found = render("--set", "host=class.example.com")

    (ingress,) = of_kind(found, "Ingress")
    assert [rule["host"] for rule in ingress["spec"]["rules"]] == [
        "class.example.com",
        "*.class.example.com",
    ]


@pytest.mark.parametrize(
    ("value", "named"),
    [
        pytest.param("host=nope", "/host", id="host"),
        pytest.param("seats=many", "/seats", id="seats"),
        pytest.param("project.policy=some", "/project/policy", id="policy"),
        pytest.param("login.password=short", "/login/password", id="password"),
        pytest.param("unknown=1", "unknown", id="unknown"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(value, named):
    """The operator is told which value is wrong, before anything is installed."""
    good = [] if value.startswith("host=") else ["--set", "host=class.example.com"]

    assert named in render(*good, "--set", value, check=False)
