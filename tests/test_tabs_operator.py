"""Tabs that an operator sets: beside the workshop's own, in their place, or left out."""

import json
from pathlib import Path

import pytest

from dashboard.notes import Workshop, WorkshopError, load
from tests.notes_fixtures import write

WORKSHOP = """\
title: T
tabs:
- {name: Docs, url: https://docs.example.org/}
- {name: Shop, port: 8080}
"""


def _with(folder: Path, *tabs: object) -> Workshop:
    write(folder, {"workshop.yaml": WORKSHOP, "chapters/01-one.md": "[it](open:docs)"})
    return load(folder, {"username": "ada"}, operator_tabs=json.dumps(tabs))


def _mistakes(folder: Path, *tabs: object) -> list[str]:
    with pytest.raises(WorkshopError) as found:
        _with(folder, *tabs)
    return [str(mistake) for mistake in found.value.mistakes]


def test_a_tab_of_the_same_name_takes_the_place(tmp_path: Path) -> None:
    """The operator's stands where the workshop's stood; any other comes last."""
    mirror = {"name": "Docs", "url": "https://mirror.example.com/%username%"}
    workshop = _with(tmp_path, {"name": "Chat", "url": "https://chat.example.com"}, mirror)

    assert [tab.id for tab in workshop.tabs] == ["terminal", "docs", "shop", "chat"]
    assert workshop.tabs[1].at == "https://mirror.example.com/ada"
    assert workshop.frames == ("https://mirror.example.com", "https://chat.example.com")


def test_a_tab_is_left_out(tmp_path: Path) -> None:
    """By its name, and the console's too, whether the workshop lists it or not."""
    workshop = _with(tmp_path, {"off": "Shop"}, {"off": "console"})

    assert [tab.id for tab in workshop.tabs] == ["terminal", "docs"]
    assert not workshop.console


@pytest.mark.parametrize(
    ("tab", "mistake"),
    [
        ({"off": "chat"}, "there is no tab “chat” to leave out"),
        ({"off": "terminal"}, "there is no tab “terminal” to leave out"),
        ({"name": "A"}, "a tab is `terminal`, `console`, or has `name:` and one of"),
        ({"name": "A", "url": "x"}, "“x” is no address"),
        ({"name": "A", "port": 80, "chapters": ["two"]}, "there is no chapter “two”"),
    ],
)
def test_a_mistake_names_the_setting(tmp_path: Path, tab: object, mistake: str) -> None:
    """An operator is not sent to look for it in the workshop's files."""
    (found,) = _mistakes(tmp_path, tab)

    assert found.startswith(f"WORKSHOP_TABS:1: {mistake}")


def test_links_to_what_is_left_out_are_mistakes(tmp_path: Path) -> None:
    """A chapter that opens the tab says so before the class does."""
    (found,) = _mistakes(tmp_path, {"off": "docs"})

    assert found.startswith("chapters/01-one.md:1: ")
