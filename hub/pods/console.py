"""The web console in a session's pod: a container on loopback that acts as the session's account.

It has a token of that account in a volume of its own, and nothing of the hub's. Whoever reaches its
port acts as the account, which is what the attendee's shells do anyway; nobody else reaches it but
through the dashboard.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.pods.account import FOLDER, account_volume, kubeconfig
from hub.pods.manifest import plain, resources, restricted
from hub.pods.project import filled, session_variables
from hub.pods.seat import Object, Seat
from hub.pods.settings import Console, PodSettings

NAME = "console"
KUBECONFIG = "workshop/console-kubeconfig"
#: Starts a program that reads its token once, and starts it anew with each new token. The token is
#: in the program's environment, where its own container alone can see it, and in no command line.
FOLLOW = f"""\
name=$0 file={FOLDER}/token child=
trap 'kill $child; wait; exit 0' TERM INT
while token=$(cat $file) && export "$name=$token"; do
    "$@" &
    child=$!
    while [ "$(cat $file)" = "$token" ]; do
        kill -0 $child 2>/dev/null || {{ wait $child; exit $?; }}
        sleep 5 & wait $!
    done
    kill $child
    wait $child
done"""
#: The OpenShift console; the rest of what it needs is the same for any image.
OPENSHIFT = {
    "BRIDGE_LISTEN": "http://127.0.0.1:%console_port%",
    "BRIDGE_BASE_ADDRESS": "%origin%",
    "BRIDGE_BASE_PATH": "%base_path%",
    "BRIDGE_PUBLIC_DIR": "/opt/bridge/static",
    "BRIDGE_K8S_MODE": "in-cluster",
    "BRIDGE_USER_AUTH": "disabled",
    "BRIDGE_USER_SETTINGS_LOCATION": "localstorage",
}
BRIDGE, BRIDGE_TOKEN = "/opt/bridge/bin/bridge", "BRIDGE_K8S_AUTH_BEARER_TOKEN"
BRIDGE_PAGE, BRIDGE_HEALTH = "k8s/ns/%project_namespace%/pods", "health"


def settled(c: Console) -> Console:
    """The console with all that its kind brings along; what an operator says goes before it."""
    if c.kind != "openshift":
        return c
    return c.model_copy(
        update={
            "command": c.command or (BRIDGE,),
            "token_variable": BRIDGE_TOKEN,
            "environment": OPENSHIFT | c.environment,
            "page": c.page or BRIDGE_PAGE,
            "health": c.health or BRIDGE_HEALTH,
        }
    )


def told(s: PodSettings, seat: Seat) -> str:
    """What the dashboard has to know, as JSON; empty without a console."""
    c = settled(s.console)
    if c.kind == "none":
        return ""
    values = _values(c, seat) | session_variables(s, seat)
    page = _filled(c.page, values)
    if c.kind == "link":
        return json.dumps({"url": f"{c.url.rstrip('/')}/", "page": page})
    return json.dumps(
        {
            "port": c.port,
            "page": page,
            "health": c.health,
            "strip": c.strip_path,
            "local": c.as_localhost,
            "openshift": c.kind == "openshift",
        }
    )


def containers(s: PodSettings, seat: Seat) -> list[Object]:
    """The console's container, if there is one."""
    if not s.console.runs:
        return []
    c = settled(s.console)
    values = _values(c, seat) | session_variables(s, seat)
    environment = {"HOME": "/tmp", "KUBECONFIG": f"{FOLDER}/kubeconfig"} | c.environment
    follow = ["sh", "-c", plain(FOLLOW), c.token_variable] if c.token_variable else []
    command = [*follow, *(plain(_filled(one, values)) for one in c.command)]
    made = {
        "name": NAME,
        "image": c.image,
        "imagePullPolicy": s.pull_policy,
        "args": [plain(_filled(one, values)) for one in c.args],
        "env": [
            {"name": name, "value": plain(_filled(value, values))}
            for name, value in environment.items()
        ],
        "resources": resources(c.resources),
        "securityContext": restricted(),
        "volumeMounts": [
            {"name": "console-account", "mountPath": FOLDER, "readOnly": True},
            {"name": "console-tmp", "mountPath": "/tmp"},
        ],
        # Its port is on loopback, where the kubelet does not come: the dashboard looks for it.
        "livenessProbe": {
            "httpGet": {"path": f"{seat.prefix}health/console", "port": 8888},
            "initialDelaySeconds": 30,
            "periodSeconds": 15,
            "timeoutSeconds": 5,
            "failureThreshold": 8,
        },
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
    return [made | ({"command": command} if command else {})]


def volumes(s: PodSettings, seat: Seat) -> list[Object]:
    """Its token, and a place for its own files."""
    if not s.console.runs:
        return []
    account = account_volume(replace(seat, own_token=False), "console-account", KUBECONFIG)
    room = s.console.resources.limits.get("ephemeral-storage", "64Mi")
    return [account, {"name": "console-tmp", "emptyDir": {"sizeLimit": room}}]


def annotations(s: PodSettings, seat: Seat) -> dict[str, str]:
    """Who it is to the cluster: always the session's account, whoever the shells are."""
    return {KUBECONFIG: kubeconfig(replace(seat, own_token=False))} if s.console.runs else {}


def state(pod: Mapping[str, Any] | None) -> str:
    """Why it may not be there yet: starting, memory, image, or ended; or running."""
    if pod is None:
        return "starting"
    statuses = pod["status"].get("containerStatuses") or []
    found: dict[str, Any] = next((one for one in statuses if one["name"] == NAME), {})
    now, last = found.get("state") or {}, found.get("lastState") or {}
    waiting = (now.get("waiting") or {}).get("reason", "")
    ended = now.get("terminated") or last.get("terminated") or {}
    if "Image" in waiting:
        return "image"
    if ended.get("reason") == "OOMKilled":
        return "memory"
    if waiting in {"CrashLoopBackOff", "CreateContainerError", "RunContainerError"}:
        return "ended"
    return "running" if "running" in now else "starting"


def _values(c: Console, seat: Seat) -> dict[str, str]:
    path = "/" if seat.own_hosts else f"{seat.prefix}console/"
    return {
        "base_path": path,
        "console_url": path.rstrip("/"),
        "origin": _origin(seat),
        "console_port": str(c.port),
    }


def _origin(seat: Seat) -> str:
    scheme, _, host = seat.origin.partition("://")
    return f"{scheme}://console--{host}" if seat.own_hosts else seat.origin


def _filled(text: str, values: Mapping[str, str]) -> str:
    return str(json.loads(filled(json.dumps(text), values)))
