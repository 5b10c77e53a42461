"""People whose names come from elsewhere, as they are: pods and projects on a cluster."""

import re
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from hub.login.hosts import host_of
from tests.browser import sit_down
from tests.cluster import MARKS, Cluster, Release, image, installed
from tests.product import PASSWORD
from tests.test_e2e_journey import terminal, wait_for_text
from tests.waiting import until

pytestmark = MARKS

#: Whatever it is, somebody with it gets in by the class password.
ANYBODY = f"""
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.DummyAuthenticator.password = "{PASSWORD}"
"""
#: The answer tells nothing: Chromium drops it when its machine loses the pod's network.
STOP = """([url, token]) =>
  fetch(url, {method: "DELETE", headers: {"X-XSRFToken": token}}).then(() => {}, () => {})"""


@dataclass
class Anybody(Release):
    """A class whose people are called as they please."""

    def host(self, name: str) -> str:
        """The origin under which the session of `name` is served."""
        return f"https://{host_of(name, self.host_name, 'user')}:{self.router.port}"

    def home(self, name: str) -> str:
        """The address of the dashboard of `name`."""
        return f"{self.host(name)}/user/{quote(name, safe='@')}/"


@pytest.fixture(scope="module")
def anybody(tmp_path_factory):
    """A class with projects."""
    values = {
        "project": {
            "policy": "create",
            "prefix": "any",
            "extraNamespaces": ["db"],
            "podSecurity": "baseline",
        },
        "login": {"way": "custom", "files": {"EXTRA_CONFIG": ANYBODY}},
    }
    folder = tmp_path_factory.mktemp("anybody")
    with installed(Cluster.of_environment(), folder, **values) as release:
        yield Anybody(**vars(release))


def made_for(release, name):
    """The pod, the account and the project of somebody, in this order."""
    inside = ("-n", release.sessions)
    return [
        one
        for words in (("pods", *inside), ("serviceaccounts", *inside), ("namespaces",))
        for one in release.cluster.items(*words)
        if one["metadata"].get("annotations", {}).get("workshop/user") == name
    ]


def stop(page, release, name):
    """Stop the session as an attendee may, by the hub's API."""
    home = f"{release.url}/hub/home"
    page.goto(home)
    cookies = page.context.cookies(home)
    (token,) = [one["value"] for one in cookies if one["name"].endswith("_xsrf")]
    url = f"{release.url}/hub/api/users/{quote(name, safe='@')}/server"
    page.evaluate(STOP, [url, token])


@pytest.mark.parametrize(
    "name",
    ["kube:admin", "zoë.müller@example.com", "ученик один", "y" * 46, "x" * 200],
    ids=["colon", "mail", "unicode", "46-letters", "200-letters"],
)
def test_a_name_is_safe(anybody, browser, name):
    """Pod, account and projects have valid names of their own, and all go with the session."""
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    sit_down(page, anybody, name)
    pod, account, *projects = made_for(anybody, name)
    assert pod["spec"]["serviceAccountName"] == account["metadata"]["name"]
    space, further = sorted((one["metadata"]["name"] for one in projects), key=len)
    assert further == f"{space}--db"
    assert re.fullmatch(r"any-[a-z0-9-]{1,58}[a-z0-9]", space)

    frame = terminal(page)
    frame.locator(".xterm-helper-textarea").focus()
    page.keyboard.type("kubectl create configmap mine && kubectl config view --minify | tail -99\n")
    wait_for_text(frame, "configmap/mine created")
    wait_for_text(frame, f"namespace: {space}")
    page.keyboard.type(f"kubectl create configmap other -n {further}\n")
    wait_for_text(frame, "configmap/other created")
    # An image that says nothing of its rights, as a project of `baseline` takes it.
    page.keyboard.type(
        f"kubectl create deployment web --image={image('terminal')} -- tini sleep 600\n"
    )
    page.keyboard.type("kubectl wait --for=condition=Available deployment/web --timeout=90s\n")
    wait_for_text(frame, "deployment.apps/web condition met")
    stop(page, anybody, name)
    context.close()

    until(lambda: not made_for(anybody, name), what="nothing left", limit=90, every=0.5)
