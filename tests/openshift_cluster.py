"""An OpenShift for tests: the stand-in's logins and kinds on top of a real Kubernetes."""

import base64
import contextlib
import json
import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.attendee import Attendee
from tests.cluster import LIGHT, Cluster, Release, image, program
from tests.openshift.caller import Caller
from tests.openshift.registered import Registered
from tests.openshift.routes import following_routes
from tests.openshift.server import OpenShift, running_openshift
from tests.openshift_fixtures import Class, log_in
from tests.product import ROOT
from tests.router import Certificate, running_router, when_routed

CHART = ROOT / "deploy" / "chart"
PEOPLE = {
    "alice": ["class"],
    "bob": ["class"],
    "grace": ["teachers"],
    "mallory": [],
    "installer": [],
}
#: An operator's own configuration of JupyterHub.
EXTRA = "c.JupyterHub.tornado_settings['headers']['X-Class'] = 'of may'\n"
KINDS = Path(__file__).parent / "openshift" / "kinds.yaml"
CRDS = ("routes.route.openshift.io", "oauthclients.oauth.openshift.io")
#: Where the cluster's API server asks whose a token is.
WEBHOOK = "WORKSHOP_TOKEN_WEBHOOK"
NO_WEBHOOK = (
    "the cluster asks nobody whose a token is: start its API server with"
    " --authentication-token-webhook-config-file, and set WORKSHOP_TOKEN_WEBHOOK to the address of"
    " loopback in that file, such as http://127.0.0.1:18443"
)
#: Namespaces of this label have pods checked as OpenShift's restricted-v2 does.
CHECKED = "workshop-test/openshift"
#: As OpenShift's own controller labels a project: it warns of pods, and refuses none by that.
SYNCED = (
    "pod-security.kubernetes.io/warn=restricted",
    "pod-security.kubernetes.io/audit=restricted",
)


@dataclass
class OpenShiftRelease(Release):
    """The chart as one of its profiles for OpenShift installs it."""

    def host(self, name: str) -> str:
        """The origin under which the session of `name` is served."""
        return f"https://{name}--{self.host_name}:{self.router.port}"


@contextlib.contextmanager
def openshift_on(cluster: Cluster, folder: Path) -> Iterator[OpenShift]:
    """The cluster as an OpenShift: its logins, tokens, Routes and restrictions of pods."""
    webhook = os.environ.get(WEBHOOK, "")
    if not webhook:
        pytest.skip(NO_WEBHOOK)
    here = address_here(cluster)
    with (
        running_openshift(folder / "openshift", here, Registered(cluster), webhook) as openshift,
        _kinds(cluster),
        _restricted(cluster, openshift, "projects", {CHECKED: "true"}),
    ):
        for name, groups in PEOPLE.items():
            openshift.people.add(name, f"{name}-password", groups)
        said = logged_in(cluster, openshift, folder, "alice").kubectl("auth", "whoami", check=False)
        assert "alice" in said, f"{NO_WEBHOOK} (it says: {said.strip()})"
        yield openshift


def address_here(cluster: Cluster) -> str:
    """This machine's address as the cluster's pods and its API server reach it."""
    (node, *_) = cluster.items("nodes")
    addresses = {one["type"]: one["address"] for one in node["status"]["addresses"]}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as towards:
        towards.connect((addresses["InternalIP"], 9))
        return str(towards.getsockname()[0])


def logged_in(cluster: Cluster, openshift: OpenShift, folder: Path, name: str) -> Cluster:
    """The cluster as somebody has it who did `oc login`."""
    person = openshift.people.get(name)
    assert person
    token = openshift.grants.give_token(name, person.uid, ("user:full",), 3600)
    config = json.loads(
        cluster.kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json")
    )
    config["users"][0]["user"] = {"token": token}
    file = folder / f"{name}.kubeconfig"
    file.write_text(json.dumps(config))
    return Cluster(str(file))


@contextlib.contextmanager
def _kinds(cluster: Cluster) -> Iterator[None]:
    try:
        cluster.kubectl("apply", "-f", str(KINDS))
        crds = [f"crd/{name}" for name in CRDS]
        cluster.kubectl("wait", "--for=condition=Established", "--timeout=60s", *crds)
        yield
    finally:
        cluster.kubectl("delete", "-f", str(KINDS), "--ignore-not-found")


@contextlib.contextmanager
def _restricted(
    cluster: Cluster, openshift: OpenShift, name: str, *labels: Mapping[str, str]
) -> Iterator[None]:
    """Pods of namespaces that have any of these labels are checked, and nobody else's: other
    classes of the tests are on a Kubernetes."""
    given = json.dumps(_restrictions(openshift, f"workshop-test-scc-{name}", labels))
    try:
        cluster.kubectl("apply", "-f", "-", given=given)
        yield
    finally:
        cluster.kubectl("delete", "-f", "-", "--ignore-not-found", given=given)


def _restrictions(
    openshift: OpenShift, name: str, labels: Sequence[Mapping[str, str]]
) -> dict[str, object]:
    authority = base64.b64encode(openshift.authority.ca.read_bytes()).decode()
    rule = {
        "operations": ["CREATE"],
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "resources": ["pods"],
    }
    checks = {
        "clientConfig": {"url": f"{openshift.api_url}/scc", "caBundle": authority},
        "rules": [rule],
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        # What an interrupted run leaves must be in nobody's way; that all were checked is asserted.
        "failurePolicy": "Ignore",
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [
            {
                "name": f"scc-{number}.workshop.test",
                "namespaceSelector": {"matchLabels": dict(one)},
                **checks,
            }
            for number, one in enumerate(labels)
        ],
    }


@contextlib.contextmanager
def installed_by(
    installer: Cluster,
    cluster: Cluster,
    folder: Path,
    openshift: OpenShift,
    profile: str,
    **more: object,
) -> Iterator[OpenShiftRelease]:
    """A profile of the chart, installed by somebody who may do what its first lines say.

    `cluster` is its administrator's: the namespaces are made with it, and looked into.
    """
    name = f"os-{secrets.token_hex(3)}"
    host = f"{name}.apps.localhost"
    certificate = Certificate.made(folder, "*.apps.localhost")  # as a cluster's router has it
    tls = openshift.authority.trusting()
    tls.load_verify_locations(certificate.certificate)
    with running_router(program("traefik"), folder, certificate) as router:
        release = OpenShiftRelease(cluster, name, name, router, host, folder / "state", tls)
        made = {"app.kubernetes.io/instance": name}, {"workshop/release": release.label}
        values = folder / "values.json"
        values.write_text(json.dumps(_values(release, openshift) | more))
        with (
            following_routes(cluster, router),
            _restricted(cluster, openshift, name, *made),
            _installed(installer, release, profile, values),
        ):
            yield release


@contextlib.contextmanager
def _installed(
    installer: Cluster, release: OpenShiftRelease, profile: str, values: Path
) -> Iterator[None]:
    cluster, name = release.cluster, release.name
    given = profile == "values-openshift.yaml"
    spaces = [release.namespace, release.sessions] if given else [release.namespace]
    for space in spaces:
        new_project(cluster, space)
    try:
        installer.helm(
            *("install", name, str(CHART), "-n", name, "-f", str(CHART / profile)),
            *("-f", str(values), "--wait", "--timeout", "3m"),
        )
        when_routed(release.router.port, release.host_name, "/hub/health")
        for pod in cluster.items("pods", "-n", release.namespace):
            assert is_checked(pod), pod["metadata"]["name"]
        yield
    finally:
        installer.helm("uninstall", name, "-n", name, "--ignore-not-found")
        for space in spaces:
            cluster.kubectl("delete", "namespace", space, "--wait=false")


def new_project(cluster: Cluster, name: str) -> None:
    """What `oc new-project` gives the installer, by the cluster's administrator."""
    cluster.kubectl("create", "namespace", name)
    cluster.kubectl("label", "namespace", name, f"{CHECKED}=true", *SYNCED)
    cluster.kubectl("annotate", "namespace", name, "openshift.io/requester=installer")
    grant = ["--clusterrole=admin", "--user=installer", "-n", name]
    cluster.kubectl("create", "rolebinding", "admin", *grant)
    given = [
        *({"kind": "ServiceAccount", "metadata": {"name": one}} for one in ("builder", "deployer")),
        {"kind": "ConfigMap", "metadata": {"name": "openshift-service-ca.crt"}},
    ]
    items = [{"apiVersion": "v1"} | one for one in given]
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    cluster.kubectl("create", "-n", name, "-f", "-", given=listed)


def _values(release: OpenShiftRelease, openshift: OpenShift) -> dict[str, object]:
    return LIGHT | {
        "host": release.host_name,
        "port": str(release.router.port),
        "images": {part: image(part) for part in ("hub", "dashboard", "terminal")},
        "authorities": openshift.authority.ca.read_text(),
        "login": {
            "settings": {
                "ALLOWED_GROUPS": "class,teachers",
                "ADMIN_GROUPS": "teachers",
                "LOGIN_RECHECK": "5",
            },
            "files": {"EXTRA_CONFIG": EXTRA},
            "openshift": {"url": openshift.api_url},
        },
    }


@dataclass(frozen=True)
class Comer:
    """Somebody who logged in and has no session: as much of an attendee as it takes to be told."""

    product: OpenShiftRelease
    name: str
    http: aiohttp.ClientSession


@contextlib.asynccontextmanager
async def seated(
    release: OpenShiftRelease, openshift: OpenShift, name: str
) -> AsyncIterator[Attendee]:
    """Somebody who logged in at the cluster, in their running session."""
    async with Caller(release.tls) as caller:
        await log_in(Class(release, openshift), caller, name)
        person = Attendee(release, name)
        person.http = caller.http
        await person.arrive(limit=120)
        assert is_checked(release.pod(name)), name
        yield person


def is_checked(pod: Mapping[str, Any]) -> bool:
    """Whether the restrictions were asked before the pod was made."""
    return "openshift.io/scc" in pod["metadata"].get("annotations", {})
