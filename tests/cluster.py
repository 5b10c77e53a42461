"""Any Kubernetes that a KUBECONFIG names, and the chart installed on it."""

import contextlib
import json
import os
import secrets
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.product import ADMIN_PASSWORD, PASSWORD, ROOT
from tests.router import Certificate, Router, running_router, when_routed
from tests.waiting import until

#: What every test on a cluster is.
MARKS = [pytest.mark.slow, pytest.mark.cluster]
#: `prefix:tag` of the images to install; they must be where the cluster can have them.
IMAGES = os.environ.get("WORKSHOP_IMAGES", "workshop-:dev")
#: Many classes at once on a small node ask for no more of its processors than there is: a pod that
#: waits for room is an install that comes too late. Much less, and a busy node starves them. What
#: would be fetched beforehand is there.
LIGHT = {
    "prePull": False,
    "hub": {"resources": {"requests": {"cpu": "50m"}}},
    "proxy": {"resources": {"requests": {"cpu": "20m"}}},
}


def program(name: str) -> str:
    """Where a program is; the test is skipped, with the way out, where it is nowhere."""
    places = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ["PATH"], str(Path.home() / "go/bin")]
    )
    found = shutil.which(name, path=places)
    if found is None:
        pytest.skip(f"there is no {name}: install it and have it on PATH")
    return found


@dataclass(frozen=True)
class Cluster:
    """A cluster, as its administrator has it."""

    kubeconfig: str

    @classmethod
    def of_environment(cls) -> "Cluster":
        """The cluster of KUBECONFIG; skipped where there is none."""
        kubeconfig = os.environ.get("KUBECONFIG", "")
        if not kubeconfig:
            pytest.skip("there is no cluster: set KUBECONFIG to one that tests may use")
        return cls(kubeconfig)

    def kubectl(self, *words: str, given: str = "", check: bool = True) -> str:
        """Run kubectl and return what it says."""
        done = subprocess.run(
            [program("kubectl"), *words],
            env=os.environ | {"KUBECONFIG": self.kubeconfig},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if check:
            assert done.returncode == 0, (words, done.stderr)
        return done.stdout if done.returncode == 0 else done.stderr

    def get(self, *words: str) -> dict[str, Any]:
        """What `kubectl get` finds, as objects; empty when there is nothing."""
        text = self.kubectl("get", *words, "-o", "json", check=False)
        return dict(json.loads(text)) if text.startswith("{") else {}

    def items(self, *words: str) -> list[dict[str, Any]]:
        """The objects of a kind."""
        return list(self.get(*words).get("items", []))

    def labelled(self, label: str) -> list[dict[str, Any]] | None:
        """Objects of every kind with a label; None when the cluster cannot tell, as while a kind
        of its own goes."""
        kinds = ",".join(self.kubectl("api-resources", "--verbs=list", "-o", "name").split())
        said = self.kubectl("get", kinds, "-A", "-l", label, "-o", "json", check=False)
        return list(json.loads(said)["items"]) if said.startswith("{") else None

    def may(self, account: str, *words: str) -> bool:
        """Whether `kubectl auth can-i` says yes of an account."""
        return self.kubectl("auth", "can-i", *words, f"--as={account}", check=False) == "yes\n"

    def helm(self, *words: str) -> str:
        """Run helm and return what it says."""
        done = subprocess.run(
            [program("helm"), *words],
            env=os.environ | {"KUBECONFIG": self.kubeconfig},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr


@dataclass
class Release:
    """An installed chart, reached through a router; to an attendee it is a product like any."""

    cluster: Cluster
    name: str
    namespace: str
    router: Router
    host_name: str
    state: Path
    tls: ssl.SSLContext
    environ: Mapping[str, str] = field(default_factory=lambda: {"PASSWORD": PASSWORD})
    #: Whether sessions are told apart by their paths, on one host.
    paths: bool = False
    #: What helm said at the uninstall.
    farewell: str = ""

    @property
    def url(self) -> str:
        """The address people type."""
        return f"https://{self.host_name}:{self.router.port}"

    @property
    def port(self) -> int:
        """The router's port."""
        return self.router.port

    @property
    def sessions(self) -> str:
        """The namespace of the sessions' pods."""
        return f"{self.namespace}-sessions"

    @property
    def label(self) -> str:
        """The value of `workshop/release` on all that is made for its sessions."""
        return f"{self.namespace}.{self.name}"

    def host(self, name: str) -> str:
        """The origin under which the session of `name` is served."""
        return self.url if self.paths else f"https://{name}.{self.host_name}:{self.router.port}"

    def home(self, name: str) -> str:
        """The address of the dashboard of `name`."""
        return f"{self.host(name)}/user/{name}/"

    def pod(self, name: str) -> dict[str, Any]:
        """The pod of a session; empty when there is none."""
        return self.cluster.get("pod", f"session-{name}", "-n", self.sessions)

    def kill(self, component: str) -> Callable[[], bool]:
        """Kill a part's pod at once; what is returned tells when another is ready."""
        where = ["-n", self.namespace, "-l", f"app.kubernetes.io/component={component}"]
        (old,) = self.cluster.items("pods", *where)
        self.cluster.kubectl("delete", "pod", *where, "--grace-period=0", "--force")

        def another() -> bool:
            pods = self.cluster.items("pods", *where)
            new = [pod for pod in pods if pod["metadata"]["uid"] != old["metadata"]["uid"]]
            return [_ready(pod) for pod in new] == [True]

        return another

    def hub_log(self) -> str:
        """What the present hub has logged."""
        where = ("-n", self.namespace, f"deployment/{self.name}-hub")
        return self.cluster.kubectl("logs", *where, "--tail=-1")

    def restarts(self) -> int:
        """How often the present hub's container was started again."""
        where = ("-n", self.namespace, "-l", "app.kubernetes.io/component=hub")
        (pod,) = self.cluster.items("pods", *where)
        return int(pod["status"]["containerStatuses"][0]["restartCount"])

    def run(self, name: str, container: str, *command: str, check: bool = True) -> str:
        """Run a command in a container of a session's pod."""
        pod = ["-n", self.sessions, f"session-{name}", "-c", container]
        return self.cluster.kubectl("exec", *pod, "--", *command, check=check)


def _ready(pod: Mapping[str, Any]) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def image(part: str) -> str:
    """The image of a part, by WORKSHOP_IMAGES."""
    prefix, _, tag = IMAGES.rpartition(":")
    return f"{prefix}{part}:{tag}"


@contextlib.contextmanager
def installed(cluster: Cluster, folder: Path, **values: Any) -> Iterator[Release]:
    """The chart in a namespace of its own, behind a router with TLS; all of it gone afterwards.

    As its profile for Kubernetes, whose projects are made only where a test asks for them.
    """
    name = f"class-{secrets.token_hex(3)}"
    host = f"{name}.localhost"
    certificate = Certificate.made(folder, host, f"*.{host}")
    with running_router(program("traefik"), folder, certificate) as router:
        settings = {
            "host": host,
            "port": str(router.port),
            "images": {part: image(part) for part in ("hub", "dashboard", "terminal")},
            "login": {"password": PASSWORD, "adminPassword": ADMIN_PASSWORD},
            "project": {"policy": "none"},
            **values,
        }
        file, light = folder / "values.json", folder / "light.json"
        file.write_text(json.dumps(settings))
        light.write_text(json.dumps(LIGHT))
        release = Release(
            cluster,
            name,
            name,
            router,
            host,
            folder / "state",
            ssl.create_default_context(cafile=str(certificate.certificate)),
            paths=values.get("addresses") == "paths",
        )
        try:
            cluster.helm(
                *("install", name, str(ROOT / "deploy/chart"), "-n", name, "--create-namespace"),
                *("-f", str(ROOT / "deploy/chart/values-kubernetes.yaml")),
                *("-f", str(light), "-f", str(file), "--wait", "--timeout", "3m"),
            )
            _serve_ingress(release)
            when_routed(router.port, host, "/hub/health")
            yield release
        finally:
            release.farewell = cluster.helm("uninstall", name, "-n", name, "--ignore-not-found")
            cluster.kubectl("delete", "namespace", name, "--ignore-not-found", "--wait=false")


def _serve_ingress(release: Release) -> None:
    """Have the router do what the chart's Ingress says, as an ingress controller does."""
    spec = release.cluster.get("ingress", release.name, "-n", release.namespace)["spec"]
    for number, rule in enumerate(spec["rules"]):
        (path,) = rule["http"]["paths"]
        assert (path["path"], path["pathType"]) == ("/", "Prefix")
        backend = reach(release.cluster, release.namespace, path["backend"]["service"]["name"])
        domain = rule["host"].removeprefix("*.")
        below = f"HostRegexp(`^[^.]+[.]{domain.replace('.', '[.]')}$`)"
        there = f"Host(`{domain}`)" if domain == rule["host"] else below
        release.router.serve(f"class-{number}", there, backend)


def reach(cluster: Cluster, namespace: str, service: str) -> str:
    """An address of the Service that is reached from here."""
    found = cluster.get("service", service, "-n", namespace)["spec"]
    return f"http://{found['clusterIP']}:{found['ports'][0]['port']}"


def gone(cluster: Cluster, *words: str, limit: float = 60) -> None:
    """Return once `kubectl get` finds nothing more."""
    until(lambda: not cluster.items(*words), what=f"no {words}", limit=limit, every=0.5)


def nothing_left(release: Release, name: str) -> None:
    """Return once nothing of a session is on the cluster, of whatever kind."""
    # Another class of the tests may have somebody of that name, too.
    mine = f"workshop/session=session-{name},workshop/release={release.label}"
    for words in (("pods", "-n", release.sessions), ("namespaces",)):
        gone(release.cluster, *words, "-l", mine)
    all_gone(release.cluster, mine)


def all_gone(cluster: Cluster, label: str) -> None:
    """Return once nothing on the cluster has the label."""
    until(lambda: cluster.labelled(label) == [], what=f"nothing of {label}", limit=120, every=1)


@contextlib.contextmanager
def served(cluster: Cluster, name: str, port: int, spec: dict[str, Any]) -> Iterator[str]:
    """A pod and its Service, both of that name, in a namespace of their own, which is yielded."""
    namespace = f"{name}-{secrets.token_hex(3)}"
    where, labels = {"name": name, "namespace": namespace}, {"app": name}
    service = {"selector": labels, "ports": [{"port": port}]}
    pod = spec | {"terminationGracePeriodSeconds": 0}
    objects = [
        {"kind": "Namespace", "metadata": {"name": namespace}},
        {"kind": "Pod", "metadata": where | {"labels": labels}, "spec": pod},
        {"kind": "Service", "metadata": where, "spec": service},
    ]
    items = [{"apiVersion": "v1"} | one for one in objects]
    try:
        given = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        cluster.kubectl("apply", "-f", "-", given=given)
        yield namespace
    finally:
        cluster.kubectl("delete", "namespace", namespace, "--wait=false")
