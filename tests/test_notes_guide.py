"""The workshop that ships with the product, and what loading it costs."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.notes import Workshop, load
from tests.notes_fixtures import GUIDE, dom, load_here


@pytest.fixture(name="guide", scope="module")
def _guide() -> Workshop:
    return load_here(GUIDE)


def test_guide_is_sound(guide: Workshop) -> None:
    """The guide has five chapters of a few minutes each, and not even a warning."""
    assert [chapter.slug for chapter in guide.chapters] == [
        "welcome",
        "run-commands",
        "the-terminal",
        "more-than-terminals",
        "make-it-yours",
    ]
    assert guide.warnings == ()
    assert all(chapter.minutes and chapter.minutes <= 5 for chapter in guide.chapters)


def test_guide_shows_everything(guide: Workshop) -> None:
    """The guide has every kind of action, three terminals, tabs, and pictures with words."""
    actions = [action for chapter in guide.chapters for action in chapter.actions]
    images = [image for number in range(5) for image in dom(guide, number).find_all("img")]

    assert {action.kind for action in actions} == {"execute", "copy", "copy-and-edit", "interrupt"}
    assert {tab.kind for tab in guide.tabs} == {"grid", "port", "slides"}
    assert {action.terminal for action in actions} == {"1", "2", "3"}
    assert images
    assert all(image["alt"] and "/assets/" in image["src"] for image in images)


def test_guide_without_session() -> None:
    """The guide reads well for an author too, when nobody is logged in."""
    workshop = load(GUIDE, {})

    assert "Hello, friend." in workshop.chapters[0].html
    assert workshop.warnings == ()


def test_guide_commands_run(guide: Workshop, tmp_path: Path) -> None:
    """Its commands work in bash on a bare machine, but the one that is meant to fail."""
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    failed = []
    for action in (action for chapter in guide.chapters for action in chapter.actions):
        if action.kind == "interrupt":
            continue
        # What takes its time for the reader to watch need not take ours.
        script = f"sleep() {{ return; }}\n{action.text}\n"
        command = ["bash", "--noprofile", "--norc", "-e", "-c", script]
        done = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, check=False)
        if done.returncode != 0:
            failed.append(action.text)

    assert failed == ["ls /no/such/place"]
    assert list(tmp_path.iterdir()) == []


def test_loading_is_quick(guide: Workshop) -> None:
    """The guide loads in less than 150 ms once the parsers are there."""
    begun = time.process_time()
    load_here(GUIDE)

    assert guide.chapters
    assert time.process_time() - begun < 0.15


def test_importing_is_light() -> None:
    """Importing the notes brings in no parser; they come with the first workshop."""
    heavy = ("markdown", "pymdownx", "pygments", "nh3", "yaml")
    script = (
        f"import sys, dashboard.notes\nprint([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )

    assert done.stdout.strip() == "[]"
