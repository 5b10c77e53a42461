"""A session that outlives its token: the kubelet renews it, and nobody has to do anything.

The kubelet renews a token at four fifths of its life, and the shortest life is ten minutes, so that
this takes nine.
"""

import base64
import json
import re
from collections.abc import Callable

from playwright.sync_api import Error, FrameLocator, Locator, Page, expect

from tests.browser import sit_down
from tests.cluster import MARKS, Release
from tests.product import ADMIN_PASSWORD, PASSWORD
from tests.test_cluster_console import a_class
from tests.test_e2e_journey import terminal, wait_for_text
from tests.waiting import until

pytestmark = MARKS

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
#: The shortest life that the cluster gives.
SHORT = "from hub.pods import account\n\naccount.TOKEN_SECONDS = 600\n"
LOGIN = {
    "password": PASSWORD,
    "adminPassword": ADMIN_PASSWORD,
    "files": {"EXTRA_CONFIG": SHORT},
}
#: Other classes of the console run meanwhile.
APART = {"policy": "create", "prefix": "renew"}
#: Four fifths of that, and what the kubelet takes to look at a pod again.
RENEWED = 660
#: What the console's program was given, which is known to its own container alone.
GIVEN = "tr '\\0' '\\n' < /proc/$(pidof -s python)/environ | sed -n s/^CONSOLE_TOKEN=//p"
WHOAMI = "kubectl auth whoami -o yaml | grep JTI"


def there(release: Release, container: str) -> str:
    """The token that the kubelet has put in a container's volume last."""
    return release.run("ada", container, "cat", f"{ACCOUNT}/token")


def name_of(token: str) -> str:
    """The name under which the cluster knows a token, which tells nothing of it."""
    body = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["jti"])


def given(release: Release) -> str:
    """The token that the console runs with; empty while it is started again."""
    found = release.run("ada", "console", "sh", "-c", GIVEN, check=False)
    return found.strip() if found.startswith("ey") else ""


def restarts(release: Release) -> dict[str, int]:
    """How often each container of the pod was started again."""
    statuses = release.pod("ada")["status"]["containerStatuses"]
    return {one["name"]: one["restartCount"] for one in statuses}


def typed(page: Page, command: str, shown: str) -> None:
    """Type a command in the terminal, and wait for what it shows."""
    frame = terminal(page)
    frame.locator(".xterm-helper-textarea").focus()
    page.keyboard.type(f"{command}\n")
    wait_for_text(frame, shown)


def look(page: Page) -> FrameLocator:
    """Have the notes' link open the console, and go on to the deployment in it."""
    for at in range(2):
        page.get_by_role("button", name="Run").nth(at).click()
        expect(page.locator(".action-state").nth(at)).to_contain_text("done", timeout=90_000)
    inside = page.frame_locator("iframe[title=Console]").frame_locator("iframe")
    page.get_by_role("link", name="your deployments").click()
    go(page, lambda: None, inside.get_by_role("link", name="shown").first)
    one = inside.get_by_role("link", name="shown").first
    go(page, one.click, inside.get_by_role("heading", name="shown").first)
    return inside


def go(page: Page, step: Callable[[], None], shown: Locator, limit: float = 90) -> None:
    """Take a step in the console; once more by the notes' link where Chromium dropped it."""
    try:
        step()
        expect(shown).to_be_visible(timeout=limit * 1000)
    except (AssertionError, Error):
        if not any(frame.url.startswith("chrome-error:") for frame in page.frames):
            raise
        page.get_by_role("link", name="your deployments").click()
        step()
        expect(shown).to_be_visible(timeout=limit * 1000)


def test_a_session_goes_on_with_the_next_token(tmp_path, browser):
    """The console is started anew and no container is; page and shells are where they were."""
    with a_class(tmp_path, login=LOGIN, project=APART) as release:
        wide = {"width": 1440, "height": 900}
        context = browser.new_context(ignore_https_errors=True, viewport=wide)
        page = context.new_page()
        sit_down(page, release, "ada")
        typed(page, f"kept=so; {WHOAMI}", f"JTI={name_of(there(release, 'terminal'))}")
        inside = look(page)
        inside.locator("body").evaluate("body => { body.dataset.kept = 'so'; }")
        first = {one: there(release, one) for one in ("console", "terminal")}
        assert given(release) == first["console"]

        for one, token in first.items():
            until(
                lambda one=one, token=token: there(release, one) != token,
                what=f"another token of {one}",
                limit=RENEWED,
                every=5,
            )
        second = {one: there(release, one) for one in first}
        until(lambda: given(release) == second["console"], what="the console with it", limit=60)

        expect(inside.locator("body[data-kept=so]")).to_be_visible()
        inside.get_by_role("link", name=re.compile("^YAML")).first.click()
        expect(inside.locator("body")).to_contain_text("kind: Deployment", timeout=30_000)
        assert set(restarts(release).values()) == {0}
        page.get_by_role("tab", name="Terminal").first.click()
        typed(page, "clear; echo still $kept", "still so")
        typed(page, WHOAMI, f"JTI={name_of(second['terminal'])}")
        assert name_of(first["terminal"]) != name_of(second["terminal"])
        context.close()
