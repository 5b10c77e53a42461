"""A real web console beside the terminals of real sessions on a cluster."""

import asyncio
import contextlib
import functools
import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.attendee import Attendee
from tests.browser import sit_down
from tests.cluster import MARKS, Cluster, Release, image, installed
from tests.product import ROOT
from tests.waiting import until

pytestmark = [*MARKS, pytest.mark.xdist_group("console")]

#: kube-web-view, built from tests/consoles; see CONTRIBUTING.md.
IMAGE = os.environ.get("WORKSHOP_CONSOLE_IMAGE", "")
CONSOLE = {
    "kind": "image",
    "image": IMAGE,
    "command": ["/opt/console/venv/bin/python", "/opt/console/kube_web_view.py"],
    "environment": {"BASE_PATH": "%base_path%", "CONSOLE_PORT": "%console_port%"},
    "tokenVariable": "CONSOLE_TOKEN",
    "stripPath": True,
    "page": "clusters/workshop/namespaces/%project_namespace%/deployments",
    "health": "health",
}
WHERE = "%console_url%/clusters/workshop/namespaces"
REFUSED = "https://kubernetes.default.svc/apis/apps/v1/namespaces/look-bob/deployments"
FORBIDDEN = f"403 Client Error: Forbidden for url: {REFUSED}"
CHAPTER = f"""# Deploy

```execute
kubectl create deployment shown --image=%sample_image%
```

```execute
kubectl create ingress shown --rule=shown.example.com/*=shown:80
```

Look at [your deployments]({WHERE}/%project_namespace%/deployments), not at
[hers]({WHERE}/look-bob/deployments).
"""


@contextlib.contextmanager
def a_class(folder: Path, console=CONSOLE, **values):
    """A release whose only chapter links to pages of the console."""
    if not IMAGE:
        pytest.skip("there is no console: build tests/consoles, name it WORKSHOP_CONSOLE_IMAGE")
    cluster = Cluster.of_environment()
    workshop = {
        "configMap": "notes",
        "variables": {"sample_image": image("terminal")},
        "tabs": [{"name": "Spare", "terminal": "spare"}],
    }
    project = {"policy": "create", "prefix": "look"}
    more = {"project": project, "workshop": workshop, "console": console, **values}
    with installed(cluster, folder, **more) as release:
        (folder / "workshop.yaml").write_text("title: Console\n")
        (folder / "01-deploy.md").write_text(CHAPTER)
        files = [f"--from-file={folder / name}" for name in ("workshop.yaml", "01-deploy.md")]
        cluster.kubectl("create", "configmap", "notes", "-n", release.sessions, *files)
        yield release


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """A class with a console."""
    with a_class(tmp_path_factory.mktemp("console")) as found:
        yield found


def status(release: Release, name: str) -> dict:
    """The status of the console's container."""
    found = release.pod(name)["status"].get("containerStatuses", [])
    return next((one for one in found if one["name"] == "console"), {})


async def state(person: Attendee, release: Release) -> str:
    """How the dashboard says the console is."""
    async with person.http.get(f"{release.home(person.name)}api/console") as answer:
        return str((await answer.json()).get("state", answer.status))


async def is_there(person: Attendee, release: Release, wanted: str = "ready") -> None:
    """Return once the console is as wanted."""
    found = ""
    async with asyncio.timeout(90):
        while found != wanted:
            found = await state(person, release)
            await asyncio.sleep(0.5)


async def test_who_it_is_and_who_reaches_it(release):
    """It acts as the session's account; its port is nobody's; its token is in no command line."""
    async with Attendee(release, "ada") as ada, Attendee(release, "bob") as bob:
        await ada.sit_down(limit=120)
        await bob.sit_down(limit=120)
        await is_there(ada, release)
        await is_there(bob, release)
        ip = release.pod("ada")["status"]["podIP"]
        refused = await bob.said(f"curl -m 5 -s http://{ip}:9000/")
        look = "curl -m 5 -s -o /dev/null -w '%{http_code}' "
        own = await ada.said(f"{look} localhost:9000/health")
        probed = await ada.said(f"{look} localhost:8888/user/ada/health/console")
        async with bob.http.get(f"{release.home('ada')}console/clusters") as foreign:
            answer = foreign.status
    lines = release.run("ada", "console", "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    token = release.run("ada", "console", "cat", f"{ACCOUNT}/token")
    logs = release.cluster.kubectl("logs", "-n", release.sessions, "session-ada", "-c", "console")
    account = f"system:serviceaccount:{release.sessions}:session-ada"
    whose = release.cluster.kubectl(
        *("create", "-f", "-", "-o", "json"), given=json.dumps(review(token))
    )
    can = [
        release.cluster.kubectl(
            *("auth", "can-i", "list", "deployments", "-n", namespace, f"--as={account}"),
            check=False,
        )
        for namespace in ("look-ada", "look-bob", release.sessions)
    ]

    assert "ended 0" not in refused
    assert "200" in own
    assert "200" in probed  # by which the kubelet knows that it lives
    assert answer in {401, 403}
    assert token not in lines
    assert token not in logs
    assert json.loads(whose)["status"]["user"]["username"] == account
    assert [one.strip().startswith("yes") for one in can] == [True, False, False]


ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def review(token):
    """Whom the cluster takes the bearer of a token for."""
    return {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenReview",
        "spec": {"token": token},
    }


async def test_killed_it_comes_back(release):
    """Killed it is started again by itself, and answers again."""
    async with Attendee(release, "ada") as ada:
        await ada.sit_down(limit=120)
        await is_there(ada, release)
        before = status(release, "ada")["restartCount"]
        release.run("ada", "console", "sh", "-c", "kill -9 $(pidof -s python) || true")
        again = functools.partial(_started_again, release, before + 1)
        await asyncio.to_thread(until, again, what="a restart", limit=60)
        await is_there(ada, release)


def _started_again(release, times):
    return status(release, "ada")["restartCount"] == times


def test_from_a_link_to_the_own_deployment(release, browser):
    """A click makes a deployment, a link shows it in the tab; another's project is refused."""
    wide = {"width": 1440, "height": 900}
    context = browser.new_context(ignore_https_errors=True, viewport=wide)
    page = context.new_page()
    sit_down(page, release, "cora")
    expect(page.get_by_role("tab", name="Spare")).to_be_visible()
    for at in range(2):
        page.get_by_role("button", name="Run").nth(at).click()
        expect(page.locator(".action-state").nth(at)).to_contain_text("done", timeout=90_000)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("menuitem", name="Addresses of your project").click()
    found = page.get_by_role("link", name="http://shown.example.com/")
    expect(found).to_be_visible(timeout=30_000)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="your deployments").click()
    # Its page is at an origin of its own, in one of the dashboard's.
    inside = page.frame_locator("iframe[title=Console]").frame_locator("iframe")
    expect(inside.get_by_role("link", name="shown").first).to_be_visible(timeout=90_000)
    page.screenshot(path=ROOT / "build/console.png")  # README's, once it is copied to deploy/

    inside.get_by_role("link", name="shown").first.click()
    expect(inside.get_by_role("heading", name="shown").first).to_be_visible()
    page.get_by_role("link", name="hers").click()
    expect(inside.locator("body")).to_contain_text(FORBIDDEN, timeout=30_000)
    context.close()


def test_the_image_is_the_one_that_the_cluster_runs(cluster):
    """Without one given, the chart takes that of the cluster's own console, which it looks up."""
    own = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "openshift-console"}}
    labels = {"app": "console"}
    container = {"name": "console", "image": "registry.example.com/console@sha256:4711"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    named = {"name": "console", "namespace": "openshift-console"}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": named, "spec": spec}
    words = ("install", "class", str(ROOT / "deploy/chart"), "--dry-run=server")
    words += ("--set", "host=class.example.com,project.policy=create,console.kind=openshift")
    assert container["image"] not in cluster.helm(*words)

    items = {"apiVersion": "v1", "kind": "List", "items": [own, deployment]}
    cluster.kubectl("apply", "-f", "-", given=json.dumps(items))
    try:
        assert container["image"] in cluster.helm(*words)
    finally:
        cluster.kubectl("delete", "namespace", "openshift-console", "--wait=false")
