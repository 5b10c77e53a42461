"""Notes from an image and a ConfigMap, kept homes, and the Kubernetes workshop by click."""

import asyncio
import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.attendee import NAVIGATION, Attendee
from tests.browser import arrive, page_of_its_own, sit_down
from tests.cluster import MARKS, Cluster, gone, image, installed
from tests.product import ROOT
from tests.test_e2e_journey import terminal, turn, wait_for_text

WORKSHOP = ROOT / "content" / "kubernetes"
CHAPTERS = 6

pytestmark = MARKS


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """A class whose notes are in an image, and whose people keep their homes."""
    values = {
        "workshop": {"image": image("dashboard"), "path": "/opt/workshop/app/content/kubernetes"},
        "sessions": {"home": {"persistent": True, "size": "100Mi"}},
    }
    with installed(Cluster.of_environment(), tmp_path_factory.mktemp("kept"), **values) as found:
        yield found


async def test_notes_in_an_image(lasting):
    """An image brings the notes: the first container copies them, and the dashboard shows them."""
    async with Attendee(lasting, "ada") as ada:
        page = await ada.sit_down(limit=120)
    assert lasting.pod("ada")["spec"]["initContainers"][0]["image"] == image("dashboard")
    title = re.search(r"(?m)^title: (.+)$", (WORKSHOP / "workshop.yaml").read_text())
    assert title[1] in page


def type_in(page, command):
    """Type a command into the terminal; its frame."""
    frame = terminal(page)
    frame.locator(".xterm-helper-textarea").focus()
    page.keyboard.type(f"{command}\n")
    return frame


def test_a_pod_is_deleted_under_a_page(lasting):
    """The page says so, and its way on leads to a session whose home has what was saved."""
    with page_of_its_own() as page:
        sit_down(page, lasting, "bea")
        wait_for_text(type_in(page, "echo kept-$((1+1)) > file; sync; cat file"), "kept-2")
        where = ("-n", lasting.sessions, "--grace-period=0", "--force")
        lasting.cluster.kubectl("delete", "pod", "session-bea", *where)

        said = page.locator("#banners")
        expect(said).to_contain_text("Your session has stopped.", timeout=60_000)
        said.get_by_role("link", name="Start it again").click()
        page.wait_for_url(f"{lasting.url}/hub/**")
        arrive(page, lasting.home("bea"))
        wait_for_text(type_in(page, "cat file"), "kept-2")


async def test_a_kept_home_outlives_its_session(lasting, cluster):
    """What was saved is there in the next session; an uninstall names the home it keeps."""
    mark = secrets.token_hex(4)
    async with Attendee(lasting, "ada") as ada:
        await ada.sit_down(limit=120)
        keeping = await ada.terminal("keep")
        await keeping.open()
        await keeping.type(f"echo {mark} > kept && sync && echo saved-$((1+1))\r")
        await keeping.read_until("saved-2")
        cluster.kubectl("delete", "pod", "session-ada", "-n", lasting.sessions)
        await ada.arrive(limit=120)
        again = await ada.terminal("again")
        await again.open()
        await again.type("cat kept\r")
        await again.read_until(mark)
    said = await asyncio.to_thread(cluster.helm, "uninstall", lasting.name, "-n", lasting.name)
    assert f"kept: home home-ada in {lasting.sessions}" in said
    kept = cluster.items("persistentvolumeclaims", "-n", lasting.sessions)
    assert "home-ada" in {one["metadata"]["name"] for one in kept}
    cluster.kubectl("delete", "namespace", lasting.sessions, "--wait=false")


async def test_a_home_that_goes_with_its_session(tmp_path):
    """Its volume is the storage class's, and is gone with the pod; the next session has another."""
    cluster = Cluster.of_environment()
    home = {"home": {"persistent": True, "size": "100Mi", "withSession": True}}
    with installed(cluster, tmp_path, sessions=home) as release:
        async with Attendee(release, "ada") as ada:
            await ada.sit_down(limit=120)
            assert "saved-2" in await ada.said("touch kept && echo saved-$((1+1))")
            claims = cluster.items("persistentvolumeclaims", "-n", release.sessions)
            assert [one["metadata"]["name"] for one in claims] == ["session-ada-home"]
            question = f"{release.url}/hub/session/restart"
            async with ada.http.get(question, headers=NAVIGATION) as asked:
                assert "Your files go, too" in await asked.text()
            release.cluster.kubectl("delete", "pod", "session-ada", "-n", release.sessions)
            await ada.arrive(limit=120)
            assert "gone-2" in await ada.said("test -e kept || echo gone-$((1+1))")
    assert "kept: home" not in release.farewell
    gone(cluster, "namespaces", "--field-selector", f"metadata.name={release.sessions}")


def run(block):
    """Click a block as a reader does; what runs in the second terminal goes on until Ctrl-C."""
    goes_on = block.get_attribute("data-terminal") == "2"
    interrupts = block.get_attribute("data-action") == "interrupt"
    block.get_by_role("button", name=re.compile("^(Run|Interrupt)")).click()
    words = "interrupted" if interrupts else "running" if goes_on else "done"
    expect(block.locator(".action-state")).to_contain_text(words, timeout=90_000)


def ended(page):
    """Whether this is the chapter that cleans up."""
    return "clean-up" in page.url


@pytest.fixture
def kubernetes(tmp_path):
    """The Kubernetes workshop, with a project for each session."""
    cluster = Cluster.of_environment()
    values = {
        "project": {"policy": "create", "prefix": "learn"},
        "workshop": {"configMap": "notes", "variables": {"sample_image": image("terminal")}},
    }
    with installed(cluster, tmp_path, **values) as release:
        files = [WORKSHOP / "workshop.yaml", *sorted((WORKSHOP / "chapters").glob("*.md"))]
        given = [f"--from-file={path}" for path in files]
        cluster.kubectl("create", "configmap", "notes", "-n", release.sessions, *given)
        yield release


def test_the_kubernetes_workshop_by_click(kubernetes, browser):
    """A first-timer deploys, exposes, scales, breaks, mends and cleans up, every step by click."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    sit_down(page, kubernetes, "ada")
    terminal(page)
    for number in range(2, CHAPTERS + 1):
        turn(page)
        expect(page.locator("article")).to_have_attribute("data-number", str(number))
        for block in page.locator(".action[data-action]").all():
            run(block)
        assert bool(kubernetes.cluster.items("pods", "-n", "learn-ada")) != ended(page)
    context.close()
