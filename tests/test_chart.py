"""The chart as helm renders it, without a cluster."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from traitlets.config import Config

from hub.configure import configure
from hub.pods.project import PRIVATE
from hub.pods.settings import PodSettings
from hub.settings import HubSettings
from hub.settings.login import WAYS
from tests.product import ROOT

HELM = shutil.which("helm") or shutil.which("helm", path=str(Path.home() / "go/bin"))
CHART = ROOT / "deploy" / "chart"
CLASS = ("--set", "host=class.example.com", "--set", "login.settings.ALLOWED_GROUPS=may")
PROFILES = ["values-kubernetes.yaml", "values-openshift.yaml", "values-openshift-admin.yaml"]

pytestmark = pytest.mark.skipif(HELM is None, reason="there is no helm: install it to run this")


def render(*words, check=True, name="class", namespace="class"):
    command = [HELM, "template", name, CHART, "-n", namespace, "--kube-version", "1.34"]
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


def environ_of(hub, folder):
    """The environment of the hub's container, its secret files in a folder of ours."""
    (folder / "token").write_text("secret")
    environ = {
        entry["name"]: entry.get("value", "x" * 40).replace("/etc/workshop/client", str(folder))
        for entry in hub["spec"]["template"]["spec"]["containers"][0]["env"]
    }
    if environ["LOGIN"] == "password":
        del environ["ALLOWED_GROUPS"]  # which goes with the other profiles
    return environ


def test_the_hub_understands_what_the_chart_tells_it(objects, tmp_path):
    """The environment and the file of the hub's container are settings without a mistake."""
    (config,) = of_kind(objects, "ConfigMap", "class-hub")
    (hub,) = of_kind(objects, "Deployment", "class-hub")
    (tmp_path / "pods.json").write_text(config["data"]["pods.json"])

    pods = PodSettings.from_file(tmp_path / "pods.json")
    s = HubSettings.from_environ(environ_of(hub, tmp_path))

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


def test_authorities_reach_hub_and_sessions(tmp_path):
    """One value: the hub trusts them at a login, and both namespaces have them."""
    pem = "-----BEGIN CERTIFICATE-----\nx\n"
    (tmp_path / "values.yaml").write_text(yaml.safe_dump({"authorities": pem}))

    found = render("--set", "host=class.example.com", "-f", tmp_path / "values.yaml")

    (given,) = of_kind(found, "ConfigMap", "class-authorities")
    (config,) = of_kind(found, "ConfigMap", "class-hub")
    assert given["metadata"]["namespace"] == "class-sessions"
    assert given["data"]["authorities.crt"] == config["data"]["authorities.crt"] == pem
    assert '"authorities": "class-authorities"' in config["data"]["pods.json"]
    assert hub_of(found)[1]["OAUTH_CA"] == "/etc/workshop/hub/authorities.crt"


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


PLACED = """
labels: {team: blue}
annotations: {note: kept}
priorityClass: classes
nodeSelector: {disk: fast}
tolerations: [{key: gpu, operator: Exists}]
"""


@pytest.fixture
def placed(tmp_path):
    """The chart with everything an operator may say of where pods run and what they carry."""
    part = yaml.safe_load(PLACED)
    values = {
        "host": "class.example.com",
        "images": {"hub": "r.example.com/hub:1", "pullSecrets": ["mine"]},
        **dict.fromkeys(["hub", "proxy", "sessions"], part),
    }
    (tmp_path / "values.yaml").write_text(yaml.safe_dump(values))
    return render("-f", tmp_path / "values.yaml")


@pytest.mark.parametrize("name", ["class-hub", "class-proxy"])
def test_hub_and_proxy_are_where_they_are_put(placed, name):
    """Labels, annotations, priority, nodes, tolerations and pull secrets stand on the pod."""
    (found,) = of_kind(placed, "Deployment", name)
    pod, wanted = found["spec"]["template"], yaml.safe_load(PLACED)

    assert pod["metadata"]["labels"]["team"] == "blue"
    assert "team" not in found["spec"]["selector"]["matchLabels"]
    assert pod["metadata"]["annotations"]["note"] == "kept"
    assert pod["spec"]["priorityClassName"] == "classes"
    assert pod["spec"]["nodeSelector"] == wanted["nodeSelector"]
    assert pod["spec"]["tolerations"] == wanted["tolerations"]
    assert pod["spec"]["imagePullSecrets"] == [{"name": "mine"}]
    assert pod["spec"]["containers"][0]["image"] == "r.example.com/hub:1"


def test_sessions_are_where_they_are_put(placed, tmp_path):
    """The hub is told the same of sessions; images are fetched beforehand where sessions go."""
    pods, wanted = told(placed, tmp_path), yaml.safe_load(PLACED)

    assert (pods.labels, pods.annotations) == (wanted["labels"], wanted["annotations"])
    assert (pods.priority_class, pods.node_selector) == ("classes", wanted["nodeSelector"])
    assert (pods.tolerations, pods.pull_secrets) == (tuple(wanted["tolerations"]), ("mine",))
    (prepull,) = of_kind(placed, "DaemonSet")
    spec = prepull["spec"]["template"]["spec"]
    assert (spec["nodeSelector"], spec["tolerations"]) == (
        wanted["nodeSelector"],
        wanted["tolerations"],
    )
    assert spec["imagePullSecrets"] == [{"name": "mine"}]


def told(objects, folder):
    """What the hub is told of pods."""
    (config,) = of_kind(objects, "ConfigMap", "class-hub")
    (folder / "pods.json").write_text(config["data"]["pods.json"])
    return PodSettings.from_file(folder / "pods.json")


def environment(objects):
    """The environment of the hub's container, by name."""
    (hub,) = of_kind(objects, "Deployment", "class-hub")
    return {one["name"]: one for one in hub["spec"]["template"]["spec"]["containers"][0]["env"]}


def test_proxies_on_the_way_out(tmp_path):
    """Hub, shells and the fetching of notes get them in both spellings; what is inside is not."""
    found = render(
        *("--set", "host=class.example.com", "--set", "network.apiServer={192.0.2.1/32:6443}"),
        *("--set", "outgoing.httpsProxy=http://p:3128", "--set", "outgoing.noProxy=git.corp"),
    )

    hub, sessions = environment(found), told(found, tmp_path).environment
    for name in ("HTTPS_PROXY", "https_proxy"):
        assert hub[name]["value"] == sessions[name] == "http://p:3128"
    inside = sessions["no_proxy"].split(",")
    assert {".svc", "class-hub.class", "192.0.2.1", "git.corp", "localhost"} <= set(inside)
    assert hub["NO_PROXY"]["value"] == sessions["NO_PROXY"]
    assert "HTTP_PROXY" not in hub
    assert told(render("--set", "host=class.example.com"), tmp_path).environment == {}


@pytest.mark.parametrize(
    ("values", "secret"),
    [
        pytest.param(["url=postgresql://u:p@db/hub"], ("class-keys", "database-url"), id="url"),
        pytest.param(["existingSecret=db"], ("db", "url"), id="secret"),
        pytest.param(["existingSecret=db", "key=uri"], ("db", "uri"), id="key"),
    ],
)
def test_a_database_is_told_by_secret(values, secret):
    """The address with its password stands in a Secret, and nowhere else."""
    words = [word for value in values for word in ("--set", f"database.{value}")]
    found = render("--set", "host=class.example.com", *words)

    name, key = secret
    asked = environment(found)["DATABASE_URL"]["valueFrom"]["secretKeyRef"]
    assert asked == {"name": name, "key": key}
    places = [one["kind"] for one in found if "postgresql://u:p@db/hub" in yaml.safe_dump(one)]
    assert places == (["Secret"] if name == "class-keys" else [])


def test_further_containers(tmp_path):
    """What an operator adds to pods reaches the hub as it was written."""
    limits = {"cpu": "1", "memory": "64Mi", "ephemeral-storage": "64Mi"}
    extra = {"name": "db", "image": "db:1", "resources": {"limits": limits}}
    sessions = {"extraContainers": [extra], "extraVolumes": [{"name": "data", "emptyDir": {}}]}
    (tmp_path / "values.yaml").write_text(yaml.safe_dump({"sessions": sessions}))
    found = render("--set", "host=class.example.com", "-f", tmp_path / "values.yaml")

    pods = told(found, tmp_path)
    assert pods.extra_containers == (extra,)
    assert pods.extra_volumes == ({"name": "data", "emptyDir": {}},)


def test_routes_from_the_router_to_sessions(objects):
    """Behind the walls the way in stays open: router, proxy, session (rows 131 to 133)."""
    proxy, sessions = (
        of_kind(objects, "NetworkPolicy", f"class-{name}")[0]["spec"]
        for name in ("proxy", "sessions")
    )

    assert proxy["ingress"][0] == {"ports": [{"port": 8000}]}
    assert {port["port"] for rule in sessions["ingress"] for port in rule["ports"]} == {8888}
    for rule in sessions["ingress"][0]["from"]:
        assert rule["podSelector"]["matchLabels"]["app.kubernetes.io/component"] in {"hub", "proxy"}
    assert sessions["policyTypes"] == ["Ingress", "Egress"]
    (internet,) = (
        to["ipBlock"]
        for rule in sessions["egress"]
        for to in rule.get("to", [])
        if "except" in to.get("ipBlock", {})
    )
    assert tuple(internet["except"]) == PRIVATE
    assert "169.254.0.0/16" in PRIVATE  # metadata services


def test_pods_of_the_release_are_closed(objects):
    """Those too that no policy of their own opens: the jobs that clean up and that test."""
    (closed,) = of_kind(objects, "NetworkPolicy", "class")
    every = closed["spec"]["podSelector"]["matchLabels"].items()

    assert closed["spec"]["policyTypes"] == ["Ingress"]
    assert "ingress" not in closed["spec"]
    for one in of_kind(objects, "Job") + of_kind(objects, "Pod") + of_kind(objects, "Deployment"):
        assert every <= one["spec"].get("template", one)["metadata"]["labels"].items()


def test_the_hub_is_set_up_for_a_class(objects, tmp_path):
    """Row 135, of the configuration that the hub makes of what the chart tells it."""
    (hub,) = of_kind(objects, "Deployment", "class-hub")
    (keys,) = of_kind(objects, "Secret", "class-keys")
    told(objects, tmp_path)
    (tmp_path / "keys.json").write_text(keys["stringData"]["keys.json"])
    environ = environ_of(hub, tmp_path) | {
        "PODS_FILE": str(tmp_path / "pods.json"),
        "KEYS_FILE": str(tmp_path / "keys.json"),
        "STATE": str(tmp_path),
    }
    c = Config()
    configure(c, environ)

    by_password = environ["LOGIN"] == "password"
    assert c.JupyterHub.get("subdomain_host", c.JupyterHub.get("public_url")).startswith("https:")
    assert c.JupyterHub.cookie_host_prefix_enabled is (environ["SUBDOMAINS"] == "1")
    assert c.JupyterHub.oauth_require_pkce is True
    assert c.JupyterHub.authenticator_class.__name__ == (
        "ClassPasswordAuthenticator" if by_password else "OpenShiftLogin"
    )
    assert bool(c[c.JupyterHub.authenticator_class.__name__].get("allow_all")) is by_password
    assert len(c.CryptKeeper["keys"][0]) == 32
    assert 0 < c.JupyterHub.concurrent_spawn_limit <= 100
    assert any("--max-age=" in word for word in c.JupyterHub.services[0]["command"])
    (state,) = [
        volume for volume in hub["spec"]["template"]["spec"]["volumes"] if volume["name"] == "state"
    ]
    assert c.JupyterHub.db_url.startswith("sqlite:") == ("persistentVolumeClaim" in state)


def test_budgets_against_disruption(objects):
    """A drained node does not take the one hub or the one proxy unasked."""
    found = of_kind(objects, "PodDisruptionBudget")

    assert {one["metadata"]["name"] for one in found} == {"class-hub", "class-proxy"}
    assert all(one["spec"]["minAvailable"] == 1 for one in found)


def test_a_router_ends_no_terminal_that_says_nothing():
    """The profile asks the ingress controller for what Routes ask of OpenShift's router."""
    found = render("-f", CHART / "values-kubernetes.yaml", *CLASS)

    (ingress,) = of_kind(found, "Ingress")
    asked = {
        name.rpartition("/")[2]: int(value)
        for name, value in ingress["metadata"]["annotations"].items()
    }
    assert asked == {"proxy-read-timeout": 3600, "proxy-send-timeout": 3600}


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
        pytest.param("host=nope", 'host: "nope" is no host name', id="host"),
        pytest.param("host=https://class.example.com", "without https://", id="address"),
        pytest.param("project.policy=pool", "project.pool: name the", id="empty-pool"),
        pytest.param("login.way=passwort", "'custom'", id="way"),
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
        pytest.param(
            f"addresses=each,host={'h' * 17}.example.com", "at most 16 letters", id="long-host"
        ),
        pytest.param("database.url=mysql://db/hub", "/database/url", id="database"),
        pytest.param("outgoing.httpProxy=p:3128", "/outgoing/httpProxy", id="outgoing"),
        pytest.param("routers=-1", "/routers", id="routers"),
        pytest.param(
            "sessions.extraContainers[0].name=db", "/sessions/extraContainers/0", id="container"
        ),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(value, named):
    """The operator is told which value is wrong, before anything is installed."""
    good = [] if value.startswith("host=") else ["--set", "host=class.example.com"]

    assert named in render(*good, "--set", value, check=False)


def test_every_way_to_log_in_is_taken():
    """The chart refuses none that the hub knows."""
    schema = json.loads((CHART / "values.schema.json").read_text())

    assert schema["properties"]["login"]["properties"]["way"]["enum"] == list(WAYS)


def test_a_console_is_told_to_the_hub(tmp_path):
    """The hub understands every value of it, and nodes fetch the OpenShift console beforehand."""
    words = ("--set", "host=class.example.com", "--set", "console.kind=openshift")
    found = render(*words, "--set", "project.policy=create", "--set", "console.image=console:4")

    (config,) = of_kind(found, "ConfigMap", "class-hub")
    (tmp_path / "pods.json").write_text(config["data"]["pods.json"])
    console = PodSettings.from_file(tmp_path / "pods.json").console
    (fetching,) = of_kind(found, "DaemonSet")
    assert (console.kind, console.image, console.port) == ("openshift", "console:4", 9000)
    assert set(console.resources.limits) == {"cpu", "memory", "ephemeral-storage"}
    images = [one["image"] for one in fetching["spec"]["template"]["spec"]["initContainers"]]
    assert "console:4" in images
    default = render(*words, "--set", "project.policy=pool", "--set", "project.pool={one}")
    assert "quay.io/openshift/origin-console:latest" in str(of_kind(default, "ConfigMap"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("kind=openshift",), "project.policy"),
        (("kind=image",), "image"),
        (("kind=link",), "url"),
        (("kind=openshift", "page=/k8s"), "pattern"),
    ],
)
def test_a_console_that_cannot_be_is_refused(words, told):
    """What is missing is said at install."""
    given = [part for word in words for part in ("--set", f"console.{word}")]

    assert told in render("--set", "host=class.example.com", *given, check=False)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("role=admin", "set project.role to edit or view"),
        ("extraNamespaces={db}", "made beforehand"),
    ],
)
def test_a_pool_takes_nothing_that_would_do_nothing(word, told):
    """What a project made beforehand cannot have is said at install."""
    words = ("--set", "host=class.example.com", "--set", "project.policy=pool")
    pool = (*words, "--set", "project.pool={one}")

    assert told in render(*pool, "--set-string", f"project.{word}", check=False)
    assert told not in render(*pool, check=False)


def test_an_extra_namespace_leaves_room_for_any_name():
    """A prefix with which somebody's namespace would be too long is told at install."""
    words = ("--set", "host=class.example.com", "--set", "project.policy=create")
    long = (
        *words,
        "--set",
        "project.prefix=thirteen-word",
        "--set",
        "project.extraNamespaces={db}",
    )

    assert 'the extra namespace "db": expected at most 14 letters' in render(*long, check=False)
    assert render(*long, "--set", "project.prefix=twelve-words")


def test_an_install_is_tested_for_its_walls():
    """`helm test` asks a port that only the hub may reach, where there are to be walls at all."""
    words = ("--set", "host=class.example.com")
    (asked,) = of_kind(render(*words), "Pod", "class-answers")
    (bare,) = of_kind(render(*words, "--set", "network.policies=false"), "Pod", "class-answers")

    (walled, open_) = (one["spec"]["containers"][0]["command"][-1] for one in (asked, bare))
    assert "http://class-proxy-api:8001/" in walled
    assert "enforce NetworkPolicies" in walled
    assert "8001" not in open_
    assert "http://class-proxy/hub/health" in open_


def test_a_router_of_openshift_keeps_quiet_terminals():
    """HAProxy ends a quiet WebSocket after an hour unless the Route says otherwise (row 59)."""
    longer = {"haproxy.router.openshift.io/timeout-tunnel": "4h"}
    found = render("-f", CHART / "values-openshift.yaml", *CLASS)
    routes = [one["metadata"] for one in found if one["kind"] == "Route"]
    (config,) = of_kind(found, "ConfigMap", "class-hub")
    each = json.loads(config["data"]["pods.json"])["address"]

    assert routes
    for one in (*routes, each):
        assert longer.items() <= one["annotations"].items()


def test_no_other_class_has_its_label():
    """Also not one of its name elsewhere, nor where both names are long (64 letters and more)."""
    long = "of-a-long-name-" * 3 + "class"
    words = ("--set", "host=class.example.com", "-f", CHART / "values-kubernetes.yaml")

    def label(name, namespace):
        found = render(*words, name=name, namespace=namespace)
        (config,) = of_kind(found, "ConfigMap", f"{name}-hub")
        given = json.loads(config["data"]["pods.json"])["release"]
        (policy,) = of_kind(found, "NetworkPolicy", f"{name}-sessions")
        assert f"'workshop/release': '{given}'" in str(policy)
        return PodSettings(
            namespace="a", dashboard_image="b", terminal_image="c", release=given
        ).release

    found = [
        label(name, namespace)
        for name in ("may", long)
        for namespace in ("one", "other", f"{long}-1", f"{long}-2")
    ]
    assert found[0] == "one.may"
    assert len(set(found)) == len(found)
    assert max(map(len, found)) <= 63


@pytest.mark.parametrize(("budget", "rules"), [("small", 1), ("", 0)])
def test_a_pool_s_budget_is_a_right_of_its_own(budget, rules):
    """Who installs without a budget needs no right that an admin of the projects lacks."""
    words = ("--set", "host=class.example.com", "--set", "project.policy=pool")
    found = render(*words, "--set", "project.pool={one}", "--set", f"project.budget={budget}")

    roles = of_kind(found, "Role", "class.class-hub-budget")
    assert [role["metadata"]["namespace"] for role in roles] == ["one"] * rules
    for role in roles:
        assert role["rules"] == [
            {
                "apiGroups": [""],
                "resources": ["resourcequotas", "limitranges"],
                "verbs": ["create", "patch", "delete"],
            }
        ]
    assert not of_kind(found, "ClusterRole")


def test_classes_of_one_name_share_a_pool():
    """What each has in the projects is called by its namespace, too: helm shares no object."""
    words = ("--set", "host=class.example.com", "--set", "project.policy=pool")

    def inside(namespace):
        found = render(*words, "--set", "project.pool={one}", namespace=namespace)
        names = [(one["kind"], one["metadata"]) for one in found]
        return {(kind, one["name"]) for kind, one in names if one.get("namespace") == "one"}

    assert len(inside("may")) == len(inside("june")) == 3
    assert not inside("may") & inside("june")


def test_shells_reach_the_projects_of_a_pool():
    """They have no label of ours, so that it is by their names."""
    words = ("--set", "host=class.example.com", "--set", "project.policy=pool")
    found = render(*words, "--set", "project.pool={one,two}")

    (policy,) = of_kind(found, "NetworkPolicy", "class-sessions")
    named = [
        peer["namespaceSelector"]["matchExpressions"]
        for rule in policy["spec"]["egress"]
        for peer in rule.get("to", [])
        if "matchExpressions" in peer.get("namespaceSelector", {})
    ]
    assert named == [
        [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["one", "two"]}]
    ]


def test_openshift_s_user_has_a_pool(tmp_path):
    """Beside the profile a pool and the API's addresses are all it needs, and no more rights."""
    words = ("--set", "project.policy=pool", "--set", "project.pool={class-1}")
    api = ("--set", "network.apiServer={192.0.2.10/32:6443}")
    found = render("-f", CHART / "values-openshift.yaml", *CLASS, *words, *api)

    (config,) = of_kind(found, "ConfigMap", "class-hub")
    (tmp_path / "pods.json").write_text(config["data"]["pods.json"])
    pods = PodSettings.from_file(tmp_path / "pods.json")
    (policy,) = of_kind(found, "NetworkPolicy", "class-sessions")
    bound = of_kind(found, "RoleBinding")
    assert (pods.project.pool, pods.api_server) == (("class-1",), ("192.0.2.10/32:6443",))
    assert "192.0.2.10/32" in str(policy["spec"]["egress"])
    assert not of_kind(found, "ClusterRole") + of_kind(found, "ClusterRoleBinding")
    inside = [one for one in bound if one["metadata"].get("namespace") == "class-1"]
    assert [one["roleRef"]["name"] for one in inside] == ["admin"]
