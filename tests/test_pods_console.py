"""The web console in a session's pod: its container, its token, and how it follows that."""

import json
import os
import signal
import subprocess
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from hub.pods import console
from hub.pods.account import FOLDER
from hub.pods.failures import hopeless
from hub.pods.manifest import restricted
from hub.pods.pod import serves
from hub.pods.project import binding
from hub.pods.seat import Seat
from hub.pods.settings import PodSettings
from tests.waiting import until

LIMITS = {"cpu": "1", "memory": "256Mi", "ephemeral-storage": "64Mi"}
SEAT = Seat(
    prefix="/user/ada/",
    user="ada",
    account="session-ada",
    project="class-ada",
    origin="https://ada.class.example",
)


def settings(project=None, **given):
    usual = {"namespace": "seats", "dashboard_image": "d:1", "terminal_image": "t:1"}
    asked = {"kind": "openshift", "image": "console:1", "resources": {"limits": LIMITS}} | given
    project = project or {"policy": "create"}
    return PodSettings.model_validate({**usual, "project": project, "console": asked})


def container(s, seat=SEAT):
    (found,) = console.containers(s, seat)
    return found


def environment(found):
    return {entry["name"]: entry["value"] for entry in found["env"]}


def test_the_openshift_console():
    """It listens on loopback, at the path that browsers have, and asks nobody for a login."""
    found = container(settings())

    assert environment(found) == {
        "HOME": "/tmp",
        "KUBECONFIG": f"{FOLDER}/kubeconfig",
        "BRIDGE_LISTEN": "http://127.0.0.1:9000",
        "BRIDGE_BASE_ADDRESS": "https://ada.class.example",
        "BRIDGE_BASE_PATH": "/user/ada/console/",
        "BRIDGE_PUBLIC_DIR": "/opt/bridge/static",
        "BRIDGE_K8S_MODE": "in-cluster",
        "BRIDGE_USER_AUTH": "disabled",
        "BRIDGE_USER_SETTINGS_LOCATION": "localstorage",
    }
    assert found["command"][-1] == "/opt/bridge/bin/bridge"
    assert json.loads(console.told(settings(), SEAT)) == {
        "port": 9000,
        "page": "k8s/ns/class-ada/pods",
        "health": "health",
        "strip": False,
        "local": False,
        "openshift": True,
    }


def test_any_image_and_what_is_filled_in():
    """Another console has its own command, path and page; an operator's $ stays one."""
    found = container(
        settings(
            kind="image",
            args=["-base-url=%console_url%", "-port=%console_port%"],
            environment={"WHO": "%username%", "COST": "5$(HOME)"},
            page="c/main/%project_namespace%",
            port=4466,
        )
    )

    assert "command" not in found
    assert found["args"] == ["-base-url=/user/ada/console", "-port=4466"]
    assert environment(found)["WHO"] == "ada"
    assert environment(found)["COST"] == "5$$(HOME)"


def test_at_a_host_of_its_own():
    """It is told that its path is / and its address that of the host; its probe stays ours."""
    seat = Seat(**{**vars(SEAT), "own_hosts": True})
    (found,) = console.containers(settings(args=["-base-url=%console_url%"]), seat)

    assert environment(found)["BRIDGE_BASE_PATH"] == "/"
    assert environment(found)["BRIDGE_BASE_ADDRESS"] == "https://console--ada.class.example"
    assert found["args"] == ["-base-url="]
    assert found["livenessProbe"]["httpGet"]["path"] == "/user/ada/health/console"


@pytest.mark.parametrize("kind", ["openshift", "image"])
def test_it_is_restricted_bounded_and_holds_nothing_of_the_hub_s(kind):
    """Neither socket, home, port nor hub's token: a token of the account, and room for itself."""
    s = settings(kind=kind)
    found = container(s)

    assert found["securityContext"] == restricted()
    assert set(found["resources"]["limits"]) == set(LIMITS)
    assert "ports" not in found
    assert {one["name"] for one in found["volumeMounts"]} == {"console-account", "console-tmp"}
    assert "JUPYTERHUB" not in json.dumps(found)
    probe = found["livenessProbe"]["httpGet"]
    assert probe == {"path": "/user/ada/health/console", "port": 8888}


@pytest.mark.parametrize(
    ("limits", "room"), [({}, "64Mi"), ({"ephemeral-storage": "256Mi"}, "256Mi")]
)
def test_its_room_for_files_is_what_an_operator_gives(limits, room):
    """A console that fills its /tmp within its limit does not cost the session its pod."""
    _, tmp = console.volumes(settings(resources={"limits": limits}), SEAT)

    assert tmp == {"name": "console-tmp", "emptyDir": {"sizeLimit": room}}


def test_its_token_is_its_own_and_the_session_s():
    """The token is of a volume of its own, and the account's even where shells are the user's."""
    seat = Seat(**{**vars(SEAT), "own_token": True})
    account, _ = console.volumes(settings(), seat)
    sources = account["projected"]["sources"]

    assert account["name"] == "console-account"
    assert sources[0] == {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}}
    (user,) = json.loads(console.annotations(settings(), seat)[console.KUBECONFIG])["users"]
    assert user["user"] == {"tokenFile": f"{FOLDER}/token"}


def test_its_account_has_the_role_beside_the_user():
    """Where the person has the role in the project, so has the console that stands for them."""
    project = {"policy": "create", "subject": "user"}

    kinds = [one["kind"] for one in binding(settings(project), SEAT, "class-ada")["subjects"]]
    assert kinds == ["User", "ServiceAccount"]
    kinds = [one["kind"] for one in binding(settings(), SEAT, "class-ada")["subjects"]]
    assert kinds == ["ServiceAccount"]


def test_a_link_is_no_container():
    """The cluster's own console is an address, with the project's page."""
    s = settings(kind="link", url="https://console.example/", page="k8s/ns/%project_namespace%/x")

    assert console.containers(s, SEAT) == []
    assert console.volumes(s, SEAT) == []
    assert json.loads(console.told(s, SEAT)) == {
        "url": "https://console.example/",
        "page": "k8s/ns/class-ada/x",
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"image": ""}, "expected an image"),
        ({"kind": "link"}, "expected a url"),
        ({"kind": "image", "token_variable": "TOKEN"}, "needs the command"),
        ({"project": {"policy": "none"}}, "expected project.policy pool or create"),
        ({"page": "/k8s"}, "pattern"),
        ({"port": 80}, "greater than or equal to 1024"),
    ],
)
def test_mistakes_are_told(given, expected):
    """What cannot work is said when the hub starts."""
    with pytest.raises(ValidationError, match=expected):
        settings(**given)


def pod(**status):
    names = ("dashboard", "terminal")
    there = [{"name": name, "ready": True, "state": {"running": {}}} for name in names]
    console_status = {"name": "console", "ready": False, "image": "console:1", **status}
    return {
        "metadata": {},
        "status": {
            "phase": "Pending",
            "podIP": "10.0.0.1",
            "containerStatuses": [*there, console_status],
        },
    }


OOM = {"terminated": {"reason": "OOMKilled", "exitCode": 137}}
FULL = {"waiting": {"reason": "CrashLoopBackOff"}}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({"state": {"waiting": {"reason": "ContainerCreating"}}}, "starting"),
        ({"state": {"waiting": {"reason": "ImagePullBackOff"}}}, "image"),
        ({"state": {"waiting": {"reason": "ErrImageNeverPull"}}}, "image"),
        ({"state": FULL, "lastState": OOM}, "memory"),
        ({"state": OOM}, "memory"),
        ({"state": {"running": {}}, "lastState": OOM}, "memory"),
        ({"state": FULL, "lastState": {"terminated": {"exitCode": 2}}}, "ended"),
        ({"state": {"running": {}}}, "running"),
    ],
)
def test_what_it_lacks_is_told_and_keeps_no_session_waiting(status, state):
    """The rest of the session is used without it, whatever is wrong with it."""
    assert console.state(pod(**status)) == state
    assert hopeless(pod(**status)) == ""
    assert serves(pod(**status))


def test_a_session_still_waits_for_dashboard_and_terminal():
    """A pod without its address, one that goes, and one with a part missing are not ready."""
    assert not serves(None)
    assert not serves({"metadata": {}, "status": {"phase": "Pending"}})
    assert not serves({**pod(), "metadata": {"deletionTimestamp": "now"}})
    unready = pod()
    unready["status"]["containerStatuses"][1]["ready"] = False
    assert not serves(unready)
    assert console.state(None) == "starting"


#: A program that reads its token once, as the OpenShift console does.
ONCE = 'echo "$GIVEN" >> "$1"; [ "$GIVEN" != bad ] || exit 3; while :; do sleep 0.05; done'


@pytest.fixture
def following(tmp_path):
    """The script as the container has it, on a token that is replaced as the kubelet does."""
    link, log = tmp_path / "token", tmp_path / "log"

    def put(token):
        new = tmp_path / f"..{token}"
        new.write_text(token)
        (tmp_path / "new").symlink_to(new)
        (tmp_path / "new").replace(link)

    put("first")
    script = console.FOLLOW.replace(f"{FOLDER}/token", str(link)).replace("sleep 5", "sleep 0.1")
    words = ["sh", "-c", script, "GIVEN", "sh", "-c", ONCE, "once", str(log)]
    process = subprocess.Popen(words, start_new_session=True)
    yield SimpleNamespace(process=process, put=put, log=log)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def said(following):
    return following.log.read_text().split() if following.log.exists() else []


def test_a_new_token_starts_it_anew(following):
    """The program gets the new token; it is in no command line; the end of one is waited for."""
    until(lambda: said(following) == ["first"], what="the first start")
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    following.put("second")
    until(lambda: said(following) == ["first", "second"], what="the second start")

    assert "GIVEN=first" not in lines.stdout
    following.process.send_signal(signal.SIGTERM)
    assert following.process.wait(10) == 0


def test_its_end_is_the_container_s(following):
    """When the program ends by itself the container ends with its status."""
    until(lambda: said(following) == ["first"], what="the first start")
    following.put("bad")

    assert following.process.wait(10) == 3
