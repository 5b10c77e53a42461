"""The console's tab in a real Chromium, in real sessions, with a strict stand-in behind it."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.console_standin.bridge import Console, console_thread
from tests.console_standin.kube import Kube
from tests.ports import free_port
from tests.product import Product, running_product
from tests.test_e2e_axe import violations
from tests.test_e2e_journey import log_in

pytestmark = pytest.mark.slow

NAMES = ("ada", "bob")
#: As a hub on a cluster tells sessions of their consoles; cat has none that ever answers.
EXTRA = """\
import json
ports = {ports}
def told(spawner):
    name = spawner.user.name
    page = f"k8s/ns/class-{{name}}/pods"
    if name == "dan":
        return json.dumps({{"url": "https://console.example/", "page": page}})
    if name not in ports:
        return ""
    found = {{"port": ports[name], "page": page, "health": "health", "local": name == "bob"}}
    return json.dumps({{**found, "openshift": True}})
c.SessionSpawner.environment["WORKSHOP_CONSOLE"] = told
"""
CHAPTER = """# One

[Other](%console_url%/k8s/ns/class-%username%/deployments), [home](%console_url%),
[next](%console_url%/k8s/ns/class-ada/pods)
"""


@dataclass
class Class:
    """A class with a console for each of its people."""

    product: Product
    consoles: dict[str, Console]
    #: What each person's browser keeps: the same person comes back by the same one.
    kept: dict[str, Any] = field(default_factory=dict)

    @contextlib.contextmanager
    def browsing(self, browser: Browser, name: str, **look: Any) -> Iterator[Page]:
        """The dashboard of a person, in their own browser."""
        size = {"width": 1440, "height": 900}
        options = {"viewport": size, "storage_state": self.kept.get(name), **look}
        context = browser.new_context(**options)
        context.set_default_timeout(20_000)
        try:
            if name in self.kept:
                page = context.new_page()
                page.goto(self.product.home(name))
            else:
                page = log_in(context, self.product, name)
                self.kept[name] = context.storage_state()
            yield page
        finally:
            context.close()


@pytest.fixture(scope="module", params=["1", "0"], ids=["subdomains", "paths"])
def lesson(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("console")
    workshop = folder / "workshop"
    (workshop / "chapters").mkdir(parents=True)
    (workshop / "workshop.yaml").write_text("title: Consoles\n")
    (workshop / "chapters" / "01-one.md").write_text(CHAPTER)
    bases = {name: "/" if request.param == "1" else f"/user/{name}/console/" for name in NAMES}
    consoles = {name: Console(bases[name], Kube(f"class-{name}")) for name in NAMES}
    ports = {name: free_port() for name in (*NAMES, "cat")}
    consoles["bob"].only_localhost = True
    for name, console in consoles.items():
        console.port = ports[name]
    (folder / "extra.py").write_text(EXTRA.format(ports=json.dumps(ports)))
    settings = {"SUBDOMAINS": request.param, "WORKSHOP": str(workshop)}
    with (
        console_thread(consoles["ada"]),
        console_thread(consoles["bob"]),
        running_product(EXTRA_CONFIG=str(folder / "extra.py"), **settings) as product,
    ):
        yield Class(product, consoles)


@pytest.fixture
def page(browser: Browser, lesson: Class) -> Iterator[Page]:
    for console in lesson.consoles.values():
        console.seen.clear()
        console.kube.pods[:] = ["web"]
    with lesson.browsing(browser, "ada") as page:
        yield page


def tab(page: Page, name: str = "Console"):
    return page.get_by_role("tab", name=name, exact=True)


def inside(page: Page) -> FrameLocator:
    tab = page.frame_locator("iframe[title=Console]")
    return tab.frame_locator("iframe") if ".localhost:" in page.url else tab


def shows(page: Page, words: str) -> None:
    """Wait until the console's page is there, with this heading."""
    expect(inside(page).get_by_role("heading")).to_have_text(words, timeout=20_000)


def test_it_opens_on_the_session_s_project(page: Page, lesson: Class) -> None:
    """Nothing is loaded before its tab is shown; then the project is there, and live."""
    expect(page.get_by_role("tab")).to_have_text(["Terminal", "Console"])
    assert [path for path in lesson.consoles["ada"].paths if "health" not in path] == []

    tab(page).click()

    shows(page, "pods in class-ada")
    expect(inside(page).get_by_text("Live", exact=True)).to_be_visible()
    inside(page).get_by_role("button", name="Create pod").click()
    expect(inside(page).get_by_role("listitem")).to_have_count(2)
    inside(page).get_by_role("button", name="Terminal").click()
    expect(inside(page).locator("#screen")).to_contain_text("id")
    assert lesson.consoles["bob"].seen == []


def test_nothing_is_asked_for_at_the_root(page: Page, lesson: Class) -> None:
    """Its page's addresses without a base path stay below ours, reads and changes alike; at a host
    of its own they are right as they are."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    tab(page).click()
    shows(page, "pods in class-ada")

    if ".localhost:" in page.url:
        assert [url for url in asked if "/api/api-discovery" in url and "//console--ada." in url]
        return
    home = lesson.product.home("ada")
    assert f"{home}console/api/api-discovery" in asked
    assert f"{home}console/api/console/user-settings" in asked
    assert [url for url in asked if not url.startswith(home)] == []
    kept = page.evaluate("Object.keys(localStorage).filter((name) => /bridge|console/.test(name))")
    assert sorted(kept) == [
        "/user/ada/console/bridge/theme",
        "/user/ada/console/console-user-settings",
    ]


def test_links_of_the_notes_open_its_pages(page: Page) -> None:
    """A link to a page of it opens the tab there; the plain address opens where it begins."""
    page.get_by_role("link", name="Other").click()
    expect(tab(page)).to_have_attribute("aria-selected", "true")
    shows(page, "deployments in class-ada")

    page.get_by_role("link", name="next").click()

    shows(page, "pods in class-ada")


def test_reload_and_window_keep_to_the_page(page: Page) -> None:
    """Whoever has gone on in the console reloads that page, and takes it to a window."""
    tab(page).click()
    shows(page, "pods in class-ada")
    inside(page).get_by_role("link", name="Another project").click()
    shows(page, "pods in elsewhere")
    expect(inside(page).locator("#state")).to_contain_text("Restricted access")

    page.get_by_role("button", name="Reload Console").click()
    shows(page, "pods in elsewhere")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Open in a window: Console").click()

    expect(popup.value.get_by_role("heading")).to_have_text("pods in elsewhere")
    host = "//console--ada." if ".localhost:" in page.url else "/user/ada/console/"
    assert host in popup.value.url
    assert popup.value.url.endswith("/k8s/ns/elsewhere/pods")


def test_workers_of_others_stay(page: Page, lesson: Class) -> None:
    """The console takes no service worker away that is not its own."""
    worker = {"body": "onfetch = () => {};", "content_type": "text/javascript"}
    page.context.route("**/worker.js", lambda route: route.fulfill(**worker))
    page.evaluate("navigator.serviceWorker.register('worker.js')")
    tab(page).click()
    shows(page, "pods in class-ada")

    count = page.evaluate("navigator.serviceWorker.getRegistrations().then(({length}) => length)")
    assert count == 1


def test_another_s_console_stays_shut(page: Page, lesson: Class) -> None:
    """Whoever goes to the address of somebody else's console is turned away before it."""
    answer = page.goto(f"{lesson.product.home('bob')}console/k8s/ns/class-bob/pods")

    assert answer is not None
    assert answer.status >= 400
    assert lesson.consoles["bob"].seen == []


def test_two_attendees_in_one_browser(lesson: Class, page: Page) -> None:
    """On one origin or two, each has their own console, project and CSRF cookie.

    Bob's answers to no name but localhost, which no page notices.
    """
    tab(page).click()
    shows(page, "pods in class-ada")
    page.context.clear_cookies(name="jupyterhub-hub-login")
    bobs = log_in(page.context, lesson.product, "bob")
    tab(bobs).click()
    shows(bobs, "pods in class-bob")
    expect(inside(bobs).get_by_text("Live", exact=True)).to_be_visible()
    inside(bobs).get_by_role("button", name="Create pod").click()
    expect(inside(bobs).get_by_role("listitem")).to_have_count(2)

    assert len(lesson.consoles["bob"].kube.pods) == 2
    assert lesson.consoles["ada"].kube.pods == ["web"]


def test_keys_lead_out(page: Page) -> None:
    """Shift+F6 leads into the console, and out of it."""
    tab(page).click()
    shows(page, "pods in class-ada")
    page.locator("#notes").focus()
    page.keyboard.press("Shift+F6")
    inside(page).get_by_role("button", name="Create pod").focus()
    page.keyboard.press("Shift+F6")

    expect(page.locator("#notes")).to_be_focused()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("starting", "The console is starting"),
        ("memory", "ran out of memory"),
        ("image", "image cannot be fetched"),
        ("ended", "ends whenever it is started"),
    ],
)
def test_what_it_lacks_is_said(page: Page, state: str, words: str) -> None:
    """What the hub says of its container is said in its tab, until it is there."""
    page.route("**/api/console", lambda route: route.fulfill(json={"state": state}))
    tab(page).click()
    expect(page.locator(".pane:not([hidden]) [role=status]")).to_contain_text(words, timeout=20_000)

    page.unroute("**/api/console")

    shows(page, "pods in class-ada")


def test_one_that_does_not_answer(browser: Browser, lesson: Class) -> None:
    """A console that is not up is waited for; the rest of the session is there."""
    with lesson.browsing(browser, "cat") as page:
        tab(page).click()

        expect(page.locator(".pane:not([hidden])")).to_contain_text("The console is starting")


def test_where_there_is_none(browser: Browser, lesson: Class) -> None:
    """Without a console there is no tab, until a link asks for it: then it says so."""
    with lesson.browsing(browser, "eve") as page:
        expect(page.get_by_role("tab")).to_have_text(["Terminal"])

        page.get_by_role("link", name="Other").click()

        expect(page.locator(".pane:not([hidden])")).to_contain_text("There is no web console")


def test_the_cluster_s_own_in_a_window(browser: Browser, lesson: Class) -> None:
    """By setting the tab offers the cluster's own console, at the page of the link."""
    with lesson.browsing(browser, "dan") as page:
        page.context.route("https://console.example/**", lambda route: route.fulfill(body="own"))
        page.get_by_role("link", name="Other").click()
        pane = page.locator(".pane:not([hidden])")
        expect(pane).to_contain_text("in a window of its own")
        with page.expect_popup() as popup:
            pane.get_by_role("link").click()

        assert popup.value.url == "https://console.example/k8s/ns/class-dan/deployments"
        assert popup.value.evaluate("opener") is None


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_no_barriers(
    browser: Browser, lesson: Class, scheme: str, width: int, tmp_path: Path
) -> None:
    """The tab with a console, and without one, has nothing that axe objects to."""
    found = []
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 844}}
    for name in ("ada", "eve"):
        with lesson.browsing(browser, name, bypass_csp=True, **look) as page:
            page.get_by_role("link", name="Other").click()
            if name == "ada":
                shows(page, "deployments in class-ada")
            else:
                expect(page.locator(".pane:not([hidden])")).to_contain_text("There is no web")
            page.screenshot(path=tmp_path / f"{name}-{scheme}.png")
            found += violations(page)

    assert found == []
