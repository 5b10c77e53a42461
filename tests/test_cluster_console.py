"""A real web console beside the terminals of real sessions on a cluster."""

import contextlib
import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import sit_down
from tests.cluster import MARKS, Cluster, image, installed
from tests.product import ROOT

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


def test_from_a_link_to_the_own_deployment(tmp_path, browser):
    """A click makes a deployment, a link shows it in the tab; another's project is refused."""
    with a_class(tmp_path) as release:
        wide = {"width": 1440, "height": 900}
        context = browser.new_context(ignore_https_errors=True, viewport=wide)
        page = context.new_page()
        sit_down(page, release, "ada")
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
