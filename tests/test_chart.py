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
CLASS = ("--set", "host=class.example.com", "--set", "login.settings.ALLOWED_GROUPS=may")
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
    return render("-f", CHART / request.param, *CLASS)


def test_the_hub_understands_what_the_chart_tells_it(objects, tmp_path):
    """The environment and the file of the hub's container are settings without a mistake."""
    (config,) = of_kind(objects, "ConfigMap", "class-hub")
    (hub,) = of_kind(objects, "Deployment", "class-hub")
    (tmp_path / "pods.json").write_text(config["data"]["pods.json"])
    (tmp_path / "token").write_text("secret")

    pods = PodSettings.from_file(tmp_path / "pods.json")
    environ = {
        entry["name"]: entry.get("value", "x" * 40).replace("/etc/workshop/client", str(tmp_path))
        for entry in hub["spec"]["template"]["spec"]["containers"][0]["env"]
    }
    if environ["LOGIN"] == "password":
        del environ["ALLOWED_GROUPS"]  # which goes with the other profiles
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
    found = render("-f", CHART / "values-openshift.yaml", *CLASS)

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


def hub_of(objects):
    """The pod of the hub, and the environment of its container where that is plain text."""
    (hub,) = of_kind(objects, "Deployment", "class-hub")
    spec = hub["spec"]["template"]["spec"]
    env = spec["containers"][0]["env"]
    return spec, {entry["name"]: entry["value"] for entry in env if "value" in entry}


def test_a_service_account_to_log_in_with_has_no_right():
    """Without cluster-admin: its address is registered, its token is a file of the hub's alone."""
    found = render("-f", CHART / "values-openshift.yaml", *CLASS)

    (account,) = of_kind(found, "ServiceAccount", "class-login")
    spec, environ = hub_of(found)
    assert account["metadata"]["annotations"] == {
        "serviceaccounts.openshift.io/oauth-redirecturi.hub": (
            "https://class.example.com/hub/oauth_callback"
        )
    }
    assert environ["OAUTH_CLIENT_ID"] == "system:serviceaccount:class:class-login"
    assert "OAUTH_CLIENT_SECRET" not in environ
    bound = [
        subject["name"]
        for binding in of_kind(found, "RoleBinding") + of_kind(found, "ClusterRoleBinding")
        for subject in binding["subjects"]
    ]
    assert set(bound) == {"class-hub"}
    assert not of_kind(found, "ClusterRole")
    assert not of_kind(found, "OAuthClient")
    assert {"name": "client", "mountPath": "/etc/workshop/client", "readOnly": True} in spec[
        "containers"
    ][0]["volumeMounts"]


def test_an_oauthclient_asks_no_question():
    """By cluster-admin: the object and the hub have the same secret, and shells act as people."""
    found = render("-f", CHART / "values-openshift-admin.yaml", *CLASS)

    (client,) = of_kind(found, "OAuthClient")
    (secret,) = of_kind(found, "Secret", "class-client")
    _, environ = hub_of(found)
    assert client["grantMethod"] == "auto"
    assert client["redirectURIs"] == ["https://class.example.com/hub/oauth_callback"]
    assert client["secret"] == secret["stringData"]["token"]
    assert len(client["secret"]) >= 32
    assert environ["OAUTH_CLIENT_ID"] == client["metadata"]["name"]
    assert environ["ACT_AS_USER"] == "1"


def test_any_way_s_settings_reach_the_hub():
    """Settings as they are; secrets and files by way of a Secret, which no variable repeats."""
    found = render(
        *("--set", "host=class.example.com", "--set", "login.way=ldap"),
        *("--set", "login.settings.LDAP_URL=ldaps://ldap"),
        *("--set", "login.secrets.LDAP_SEARCH_PASSWORD=hunter2"),
        *("--set", "login.files.LDAP_CA=PEM", "--set", "login.secretName=mine"),
    )

    spec, environ = hub_of(found)
    (secret,) = of_kind(found, "Secret", "class-login")
    assert environ["LOGIN"] == "ldap"
    assert environ["LDAP_URL"] == "ldaps://ldap"
    assert environ["LDAP_SEARCH_PASSWORD_FILE"] == "/etc/workshop/login/LDAP_SEARCH_PASSWORD"
    assert environ["LDAP_CA"] == "/etc/workshop/login/LDAP_CA"
    assert secret["stringData"] == {"LDAP_SEARCH_PASSWORD": "hunter2", "LDAP_CA": "PEM"}
    assert "hunter2" not in str(spec)
    assert {"name": "given", "secret": {"secretName": "mine"}} in spec["volumes"]


@pytest.mark.parametrize(
    ("platform", "right"),
    [
        pytest.param(
            "openshift",
            {
                ("route.openshift.io", "routes", "get list create patch delete"),
                ("route.openshift.io", "routes/custom-host", "create"),
            },
            id="routes",
        ),
        pytest.param(
            "kubernetes",
            {("networking.k8s.io", "ingresses", "list create patch delete")},
            id="ingresses",
        ),
    ],
)
def test_the_hub_makes_addresses_only_where_it_is_asked_to(platform, right):
    """With `addresses: each` it has the rights for that, beside the proxy; otherwise none."""
    words = ("--set", "host=class.example.com", "--set", f"platform={platform}")

    each = render(*words, "--set", "addresses=each")

    (role,) = of_kind(each, "Role", "class-hub-addresses")
    assert role["metadata"].get("namespace", "class") == "class"
    rules = {(r["apiGroups"][0], r["resources"][0], " ".join(r["verbs"])) for r in role["rules"]}
    assert rules == right
    assert not of_kind(render(*words), "Role", "class-hub-addresses")
    assert hub_of(each)[1]["HOSTS_BESIDE"] == "1"
    assert "*" not in str(of_kind(each, "Ingress"))
    assert [route["spec"]["wildcardPolicy"] for route in of_kind(each, "Route")] in ([], ["None"])


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
        pytest.param("login.settings.lower=1", "/login/settings", id="setting"),
        pytest.param("login.way=openshift", "ALLOWED_GROUPS", id="no-rule"),
        pytest.param(
            "login.way=openshift,login.settings.ALLOWED_USERS=a,login.openshift.actAsUser=true",
            "login.openshift.actAsUser",
            id="account-acts",
        ),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(value, named):
    """The operator is told which value is wrong, before anything is installed."""
    good = [] if value.startswith("host=") else ["--set", "host=class.example.com"]

    assert named in render(*good, "--set", value, check=False)
