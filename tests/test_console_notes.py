"""The console's tab as workshops list it, and where its links and addresses lead."""

import json

import pytest

from dashboard.pages import create_app
from tests.notes_fixtures import load_here, write
from tests.pages_fixtures import PREFIX, pages_config
from tests.test_tabs_notes import mistakes

CHAPTER = "a\n\n[pods](%console_url%/k8s/ns/x/pods?a=b) and [home](%console_url%)"
HERE = {"console_root": f"{PREFIX}console/", "console_page": "k8s/ns/class-ada/pods"}
THERE = {"console_root": "https://console.example/", "console_page": "k8s/ns/class-ada/pods"}


def workshop(folder, more="", chapter=CHAPTER):
    return write(
        folder / "w", {"workshop.yaml": f"title: T\n{more}", "chapters/01-page.md": chapter}
    )


def shown(folder, more="", **config):
    """The tabs that the page is told of, by id."""
    app = create_app(pages_config(workshop(folder, more), **config, variables=VARIABLES))
    text = app.test_client().get(PREFIX).text
    tabs = text.partition("data-tabs='")[2].partition("'")[0]
    return {tab["id"]: tab for tab in json.loads(tabs)}


VARIABLES = {"console_url": f"{PREFIX}console", "base_url": PREFIX.rstrip("/")}


def test_links_lead_to_the_tab(tmp_path):
    """`%console_url%` and pages below it open in the tab, whatever it is called."""
    html = load_here(workshop(tmp_path)).chapters[0].html
    assert 'href="/user/ada/tabs/console/k8s/ns/x/pods?a=b"' in html
    assert 'href="/user/ada/tabs/console"' in html
    named = workshop(tmp_path / "n", "tabs: [{name: OpenShift, console: topology/ns/x}]")
    assert 'href="/user/ada/tabs/openshift/k8s' in load_here(named).chapters[0].html


def test_it_is_there_unless_it_is_off(tmp_path):
    """Where there is a console it is the last tab; listed it stands in its place; or not at all."""
    assert list(shown(tmp_path / "a", **HERE)) == ["terminal", "console"]
    assert list(shown(tmp_path / "b", "tabs: [console, terminal]", **HERE)) == [
        "console",
        "terminal",
    ]
    assert list(shown(tmp_path / "c", "console: no", **HERE)) == ["terminal"]
    assert shown(tmp_path / "d", **HERE)["console"]["address"] == (
        f"{PREFIX}console/k8s/ns/class-ada/pods"
    )


def test_without_one_it_shows_up_only_for_a_link(tmp_path):
    """Where there is no console no chapter has its tab; a link opens it all the same."""
    assert shown(tmp_path)["console"] == {
        "id": "console",
        "title": "Console",
        "kind": "console",
        "chapters": [],
    }


@pytest.mark.parametrize(
    ("tab", "told"),
    [
        ("{name: A, console: /k8s}", "no page of the console"),
        ("{name: A, console: ../x}", "no page of the console"),
        ("{name: A, console: k8s, command: ls}", "`command` is not known"),
    ],
)
def test_mistakes(tmp_path, tab, told):
    """What is no page of it is said with its line."""
    found = mistakes(workshop(tmp_path, f"tabs:\n- {tab}"))
    assert any(told in one for one in found), found


@pytest.mark.parametrize(
    ("config", "path", "leads"),
    [
        (HERE, "console", f"{PREFIX}console/k8s/ns/class-ada/pods"),
        (HERE, "tabs/console", f"{PREFIX}console/k8s/ns/class-ada/pods"),
        (HERE, "tabs/console/k8s/ns/x/pods?a=b", f"{PREFIX}console/k8s/ns/x/pods?a=b"),
        (HERE, "tabs/console/..%2f..%2fhub", None),
        (THERE, "console", "https://console.example/k8s/ns/class-ada/pods"),
        (THERE, "tabs/console/topology", "https://console.example/topology"),
        (THERE, "tabs/console/https:%2f%2fevil.example", None),
        ({}, "console", None),
        ({}, "console/k8s", None),
    ],
)
def test_where_its_addresses_lead(tmp_path, config, path, leads):
    """By themselves they lead to the console here or there, and never away from it."""
    client = create_app(
        pages_config(workshop(tmp_path), variables=VARIABLES, **config)
    ).test_client()
    answer = client.get(PREFIX + path)

    assert (answer.status_code, answer.headers.get("Location")) == (302 if leads else 404, leads)
