"""The objects of a session's pod, as rules without a cluster (security.md rows 119–125)."""

import json

import pytest
from pydantic import ValidationError

from hub.pods.account import annotations, kubeconfig
from hub.pods.manifest import (
    dashboard_mounts,
    dashboard_probe,
    notes_container,
    pod_security,
    restricted,
    sidecars,
    terminal_container,
)
from hub.pods.seat import Seat
from hub.pods.settings import PodSettings
from hub.pods.volumes import volumes

USUAL = {"namespace": "seats", "dashboard_image": "d:1", "terminal_image": "t:1"}
ACTING = Seat(prefix="/user/ada/", account="session-ada", project="class-ada")


def settings(**given):
    return PodSettings.model_validate(USUAL | given)


def by_name(things):
    return {thing["name"]: thing for thing in things}


def test_containers_are_restricted():
    """No container may gain anything, and none may write its own image (row 120)."""
    s = settings(workshop={"git": "https://example.org/w.git"})

    for container in (terminal_container(s, ACTING), notes_container(s)):
        assert container["securityContext"] == restricted()
    assert restricted() == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }


@pytest.mark.parametrize(
    ("user", "ids"),
    [
        pytest.param(1001, {"runAsUser": 1001, "runAsGroup": 0, "fsGroup": 1001}, id="kubernetes"),
        pytest.param(None, {}, id="openshift"),
    ],
)
def test_pods_are_nobody_special(user, ids):
    """Never root, default seccomp; where the cluster gives the user id, none is asked (row 119)."""
    assert pod_security(user) == {
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
        **ids,
    }


def test_the_terminal_has_no_port_and_nothing_of_the_hub():
    """The shells' container publishes nothing and is told nothing of the hub (row 125)."""
    container = terminal_container(settings(), ACTING)

    assert "ports" not in container
    assert [entry["name"] for entry in container["env"] if "JUPYTERHUB" in entry["name"]] == []


def test_only_the_terminal_has_the_account():
    """The token of the session's account is mounted where the shells are, and expires (row 121)."""
    s = settings()

    assert "account" in by_name(terminal_container(s, ACTING)["volumeMounts"])
    assert "account" not in by_name(dashboard_mounts(s, ACTING))
    sources = by_name(volumes(s, ACTING))["account"]["projected"]["sources"]
    assert sources[0] == {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}}


def test_without_an_account_there_is_no_token():
    """A session that has no project gets no token at all."""
    seat = Seat(prefix="/user/ada/")

    assert "account" not in by_name(volumes(settings(), seat))
    assert "account" not in by_name(terminal_container(settings(), seat)["volumeMounts"])
    assert annotations(seat) == {}


def test_kubeconfig_names_the_project_and_holds_no_token():
    """kubectl is in the session's namespace; the token is read from its file each time."""
    config = json.loads(kubeconfig(ACTING))

    assert config["contexts"][0]["context"]["namespace"] == "class-ada"
    assert list(config["users"][0]["user"]) == ["tokenFile"]


def test_the_operator_s_authorities_are_where_certificates_are_checked():
    """Shells and the fetching of notes have the file and are told of it; others are not."""
    s = settings(authorities="class-authorities", workshop={"git": "https://a/b"})
    for container in (terminal_container(s, ACTING), notes_container(s)):
        assert "authorities" in by_name(container["volumeMounts"])
        told = by_name(container["env"])["WORKSHOP_AUTHORITIES"]["value"]
        assert told == "/run/authorities/authorities.crt"

    assert by_name(volumes(s, ACTING))["authorities"]["configMap"] == {"name": "class-authorities"}
    assert "authorities" not in by_name(volumes(settings(), ACTING))


@pytest.mark.parametrize("account", ["session-ada", ""], ids=["project", "no-project"])
def test_an_owner_s_own_token_is_in_memory_that_only_the_shells_read(account):
    """The dashboard leaves it there, kubectl reads it anew each time, and uses no other."""
    seat = Seat(prefix="/user/ada/", account=account, own_token=True)
    found = by_name(volumes(settings(), seat))

    assert found["login"]["emptyDir"]["medium"] == "Memory"
    assert by_name(terminal_container(settings(), seat)["volumeMounts"])["login"]["readOnly"]
    assert "readOnly" not in by_name(dashboard_mounts(settings(), seat))["login"]
    assert json.loads(kubeconfig(seat))["users"][0]["user"] == {"tokenFile": "/run/login/token"}
    tokens = [s for s in found["account"]["projected"]["sources"] if "serviceAccountToken" in s]
    assert len(tokens) == bool(account)


def test_the_dashboard_only_reads_the_home():
    """What an attendee keeps is written by their own shells alone."""
    assert by_name(dashboard_mounts(settings(), ACTING))["home"]["readOnly"] is True


def test_a_kept_home_is_a_claim_and_another_one_is_bounded():
    """A home is the claim of the name, one that goes with the pod, or an empty volume."""
    kept = by_name(volumes(settings(), Seat(prefix="/", home_claim="home-ada")))["home"]
    passing = by_name(volumes(settings(home={"size": "2Gi"}), Seat(prefix="/")))["home"]

    home = {"size": "2Gi", "persistent": True, "storage_class": "fast"}
    going = by_name(volumes(settings(home=home), Seat(prefix="/")))["home"]

    assert kept == {"name": "home", "persistentVolumeClaim": {"claimName": "home-ada"}}
    assert going["ephemeral"]["volumeClaimTemplate"]["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "2Gi"}},
        "storageClassName": "fast",
    }
    assert passing == {"name": "home", "emptyDir": {"sizeLimit": "2Gi"}}


def test_resources_are_those_that_are_set():
    """Requests and limits stand on the container as they were given (row 124)."""
    asked = {"requests": {"cpu": "50m"}, "limits": {"memory": "512Mi", "ephemeral-storage": "1Gi"}}

    assert terminal_container(settings(terminal=asked), ACTING)["resources"] == asked


def test_the_probe_asks_the_session_s_own_path():
    """The dashboard is asked below its prefix, where it listens."""
    assert dashboard_probe(settings(), ACTING, 8888)["httpGet"] == {
        "path": "/user/ada/health/live",
        "port": 8888,
    }


@pytest.mark.parametrize(
    ("workshop", "image", "further"),
    [
        pytest.param({}, None, None, id="guide"),
        pytest.param({"config_map": "notes"}, "t:1", {"name": "map"}, id="map"),
        pytest.param({"git": "https://a/b"}, "t:1", None, id="git"),
        pytest.param(
            {"git": "https://a/b", "git_secret": "g"}, "t:1", {"name": "git"}, id="secret"
        ),
        pytest.param(
            {"artefact": "r/w:1", "git_secret": "g"}, "t:1", {"name": "git"}, id="artefact"
        ),
        pytest.param({"image": "w:1"}, "w:1", None, id="image"),
        pytest.param({"in_terminal_image": True}, "t:1", None, id="terminal"),
    ],
)
def test_where_the_notes_come_from(workshop, image, further):
    """Each source has its first container, if it needs one, and the volumes for it."""
    s = settings(workshop=workshop)
    first = notes_container(s)
    made = by_name(volumes(s, ACTING))

    assert (first and first["image"]) == image
    assert ("notes" in made) == (image is not None)
    if further:
        assert further["name"] in made
        assert further["name"] in by_name(first["volumeMounts"])
    if first:
        assert {mount["name"] for mount in first["volumeMounts"]} <= set(made)


def test_notes_are_fetched_through_the_operator_s_proxy():
    """What the operator sets of the environment reaches the container that fetches."""
    s = settings(workshop={"git": "https://a/b"}, environment={"HTTPS_PROXY": "http://p:3128"})

    assert notes_container(s)["env"] == [{"name": "HTTPS_PROXY", "value": "http://p:3128"}]


SIDECAR = {
    "name": "db",
    "image": "db:1",
    "securityContext": {"readOnlyRootFilesystem": False},
    "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    "resources": {"limits": {"cpu": "1", "memory": "64Mi", "ephemeral-storage": "64Mi"}},
}


def test_further_containers_are_as_restricted_as_ours():
    """Nothing is gained by being added; nothing of ours is mounted that was not asked for."""
    (made,) = sidecars(settings(extra_containers=[SIDECAR]))

    assert made["securityContext"] == restricted() | {"readOnlyRootFilesystem": False}
    assert made["imagePullPolicy"] == "IfNotPresent"
    assert by_name(made["volumeMounts"]).keys() == {"data"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"name": "terminal"}, "that none of ours has", id="our-name"),
        pytest.param({"name": "../x"}, "that none of ours has", id="no-name"),
        pytest.param({"image": ""}, "db has no image", id="image"),
        pytest.param({"resources": {}}, "no limit of cpu, ephemeral-storage, memory", id="limits"),
        pytest.param({"securityContext": {"privileged": True}}, "sets privileged", id="rights"),
        pytest.param(
            {"securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}}, "sets cap", id="more"
        ),
    ],
)
def test_a_further_container_that_is_refused(changes, words):
    """What would widen a pod, or leave it without bounds, is a mistake that is named (row 136)."""
    with pytest.raises(ValidationError, match=words):
        settings(extra_containers=[SIDECAR | changes])


def test_shells_go_out_as_the_operator_says():
    """HTTP proxies reach the shells as they were written."""
    container = terminal_container(settings(environment={"https_proxy": "http://p:1/$(X)"}), ACTING)

    assert container["args"] == ["--env=https_proxy=http://p:1/$$(X)"]
