"""What sessions' containers are made of, as rules."""

from ipaddress import IPv4Network

import pytest
import yaml

from hub.bodies import BoundedServer
from hub.containers import manifest
from hub.containers.adoption import kept_token
from hub.containers.failures import hopeless
from hub.containers.seat import USER, Seat, free_network
from hub.settings import INTERNAL, ROOT, SETTINGS, HubSettings, SettingsError

TOKEN = {"JUPYTERHUB_API_TOKEN": "secret"}
NETWORK = IPv4Network("10.217.0.8/29")


def settings(**environ):
    return HubSettings.from_environ({"SESSIONS": "containers", **environ}).sessions


def containers(**environ):
    seat = Seat("workshop-1", "ada", NETWORK)
    return manifest.containers(settings(**environ), seat, "notes", TOKEN)


def mounts(container):
    return {
        each["Target"]: (each.get("Source"), each.get("ReadOnly"))
        for each in container["HostConfig"].get("Mounts", ())
    }


def test_only_the_dashboard_has_the_token():
    """No other container is told it."""
    told = {
        name: str(one).count("secret") for name, one in containers(SIDECARS='{"db":"x"}').items()
    }

    assert told == {"anchor": 0, "terminal": 0, "dashboard": 1, "db": 0}


@pytest.mark.parametrize("name", ["anchor", "terminal", "dashboard", "db"])
def test_every_container_is_bounded(name):
    """None has rights on the machine, and each has a limit of everything."""
    host = containers(SIDECARS='{"db":"x"}')[name]["HostConfig"]

    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["ReadonlyRootfs"] is (name != "db")
    assert 0 < host["Memory"] == host["MemorySwap"]
    assert host["NanoCpus"] > 0
    assert 0 < host["PidsLimit"] <= 512
    assert not host.keys() & {"Privileged", "PortBindings", "Binds", "PidMode", "CapAdd"}


def test_who_mounts_what():
    """They meet in the folder of sockets; only the terminal writes the home; no socket else."""
    made = containers(SIDECARS='{"db":"x"}')

    assert mounts(made["dashboard"]) == {
        "/run/workshop": ("workshop-1.ada.sockets", False),
        "/home/workshop": ("workshop-1.ada.home", True),
        "/workshop": ("notes", True),
    }
    assert mounts(made["terminal"]) == {
        "/run/workshop": ("workshop-1.ada.sockets", False),
        "/home/workshop": ("workshop-1.ada.home", False),
        "/workshop": ("notes", True),
        "/tmp": (None, None),
    }
    assert mounts(made["anchor"]) == mounts(made["db"]) == {}


def test_one_network_for_a_session():
    """The anchor has the address; the others are in its network, and in no other."""
    made = containers()
    anchor = made.pop("anchor")

    assert anchor["NetworkingConfig"]["EndpointsConfig"] == {
        "workshop-1.ada.network": {"IPAMConfig": {"IPv4Address": "10.217.0.10"}}
    }
    assert {one["HostConfig"]["NetworkMode"] for one in made.values()} == {
        "container:workshop-1.ada.anchor"
    }


def test_settings_reach_the_containers():
    """Image, memory and processors are what the operator says."""
    made = containers(TERMINAL_IMAGE="mine:2", SESSION_MEMORY="700", SESSION_CPUS="3")["terminal"]

    assert made["Image"] == "mine:2"
    assert made["HostConfig"]["Memory"] == 700 << 20
    assert made["HostConfig"]["NanoCpus"] == 3 * 10**9


@pytest.mark.parametrize(
    "name", ["kube:admin", "ada@example.com", "Ünïcode", "x" * 200, "root", "a.b"]
)
def test_names_are_safe_for_any_login(name):
    """What a container is called fits the engine's rule, and no two people share it."""
    called = Seat("workshop-1", name).called("terminal")

    assert all(letter.isalnum() or letter in "-." for letter in called)
    assert called.isascii()
    assert len(called) < 80
    assert called.count(".") == 2
    assert called != Seat("workshop-1", f"{name}x").called("terminal")


POOL = IPv4Network("10.217.0.0/28")


@pytest.mark.parametrize(
    ("taken", "found"),
    [
        pytest.param([], "10.217.0.0/29", id="first"),
        pytest.param(["10.217.0.0/29"], "10.217.0.8/29", id="next"),
        pytest.param(["10.0.0.0/8"], None, id="somebody-else-s"),
        pytest.param(["10.217.0.4/30", "10.217.0.8/29"], None, id="full"),
        pytest.param(["172.17.0.0/16"], "10.217.0.0/29", id="elsewhere"),
    ],
)
def test_networks_are_handed_out(taken, found):
    """The first that overlaps nothing the engine has; None when there is none left."""
    given = free_network(POOL, map(IPv4Network, taken))

    assert given == (IPv4Network(found) if found else None)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        pytest.param({"SESSIONS": "pods"}, "SESSIONS is 'pods': expected processes or", id="kind"),
        pytest.param({"DOCKER_HOST": "tcp://x:2375"}, "expected a unix:// address", id="engine"),
        pytest.param(
            {"NETWORKS": "8.8.8.0/24"}, "NETWORKS is '8.8.8.0/24': expected a priv", id="ours"
        ),
        pytest.param({"NETWORKS": "10.0.0.0/30"}, "NETWORKS is '10.0.0.0/30'", id="too-small"),
        pytest.param({"SIDECARS": "[]"}, "SIDECARS is '[]': expected a JSON object", id="sidecars"),
        pytest.param(
            {"SESSION_MEMORY": "1G"}, "SESSION_MEMORY is '1G': expected a number", id="memory"
        ),
        pytest.param({"SESSIONS": "users"}, "which only LOGIN=pam goes with", id="users"),
    ],
)
def test_mistakes_are_told(environ, words):
    """Each names the setting, its value, and what was expected."""
    with pytest.raises(SettingsError, match=r".") as told:
        HubSettings.from_environ(environ)
    assert any(words in mistake for mistake in told.value.mistakes)


def dashboard(**told):
    lines = [f"{name}={value}" for name, value in told.items()]
    return {"Config": {"Env": lines, "Labels": {USER: "ada"}}}


@pytest.mark.parametrize(
    ("user", "code", "token"),
    [
        pytest.param("ada", "abc", "t", id="own"),
        pytest.param("ada", "xyz", "", id="claimed-anew"),
        pytest.param("bob", "abc", "", id="somebody-else-s"),
    ],
)
def test_whose_session_is_gone_on_with(user, code, token):
    """A session that is there is gone on with by the same person only."""
    there = dashboard(JUPYTERHUB_API_TOKEN="t", WORKSHOP_PERSONAL_CODE="abc")

    assert kept_token(there, user, code) == token


@pytest.mark.parametrize(("restarts", "told"), [(0, False), (1, False), (2, True)])
def test_what_ends_again_and_again_is_told(restarts, told):
    """The sentence has the part and what it said last."""
    words = hopeless("db", {"RestartCount": restarts}, "starting\nno such file.\n")

    assert ("“db”" in words and "no such file." in words) is told


def test_the_hub_of_other_kinds_answers_everybody():
    """Only a class in containers bounds who may connect."""
    assert BoundedServer.peers == ()


def test_the_compose_file_sets_what_there_is():
    """Every variable that deploy/compose.yaml gives the hub is one of its settings."""
    hub = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]["hub"]

    assert hub["environment"].keys() <= {setting.name for setting in SETTINGS + INTERNAL}
