"""Writes down what the hub asks of the cluster's API, in the hub's own processes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.cluster import Release

FILE = "/tmp/requests"
#: Python runs this by itself in every process of the pod.
CODE = f"""
import json
from kubernetes_asyncio.client.rest import RESTClientObject as Client

asked = Client.request

async def request(self, method, url, query_params=None, headers=None, body=None, **more):
    kind = (headers or {{}}).get("Content-Type", "")
    watch = dict(query_params or []).get("watch") is not None
    with open("{FILE}", "a") as log:
        print(json.dumps([method, url, watch, kind]), file=log)
    return await asked(
        self, method, url, query_params=query_params, headers=headers, body=body, **more
    )

Client.request = request
"""


@dataclass(frozen=True, order=True)
class Right:
    """What a rule allows: a verb on a resource of an API group."""

    group: str
    resource: str
    verb: str


def start_recording(release: Release) -> None:
    """Start the hub anew, with everything it asks for written down."""
    equip(release, {"sitecustomize.py": CODE})


def equip(release: Release, files: Mapping[str, str], **environ: str) -> None:
    """Start the hub anew, with these files in a folder that its Pythons look into first."""
    equipment = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "equipment", "namespace": release.namespace},
        "data": files,
    }
    release.cluster.kubectl("apply", "-f", "-", given=json.dumps(equipment))
    mount = {"name": "equipment", "mountPath": "/equipment"}
    env = [{"name": name, "value": value} for name, value in environ.items()]
    env.append({"name": "PYTHONPATH", "value": "/equipment"})
    container = {"name": "hub", "env": env, "volumeMounts": [mount]}
    volume = {"name": "equipment", "configMap": {"name": "equipment"}}
    spec = {"containers": [container], "volumes": [volume]}
    hub = (f"deployment/{release.name}-hub", "-n", release.namespace)
    release.cluster.kubectl("patch", *hub, "-p", json.dumps({"spec": {"template": {"spec": spec}}}))
    release.cluster.kubectl("rollout", "status", *hub, "--timeout=120s")


def recorded(release: Release) -> set[Right]:
    """The rights that were used so far."""
    text = hub(release, "cat", FILE)
    return {right for line in text.splitlines() for right in used(*json.loads(line))}


def hub(release: Release, *command: str) -> str:
    """What a command says in the hub's container."""
    where = ("-n", release.namespace, f"deployment/{release.name}-hub")
    return release.cluster.kubectl("exec", *where, "--", *command)


def used(method: str, url: str, watch: bool, kind: str) -> set[Right]:
    """The rights that one request needs; to look which kinds there are needs none."""
    path = url.partition("://")[2].partition("?")[0].strip("/").split("/")[1:]
    if path[0] == "api":
        group, rest = "", path[2:]
    else:
        group, rest = (path[1], path[3:]) if len(path) > 2 else ("", [])
    if len(rest) > 2 and rest[0] == "namespaces":
        rest = rest[2:]
    if not rest:
        return set()
    resource, named = rest[0], len(rest) > 1
    if method == "GET":
        verbs = {"watch" if watch else "get" if named else "list"}
    elif method == "PATCH":  # applied: made where there is none
        verbs = {"patch", "create"} if "apply" in kind else {"patch"}
    else:
        verbs = {"POST": {"create"}, "DELETE": {"delete" if named else "deletecollection"}}[method]
    return {Right(group, resource, verb) for verb in verbs}
