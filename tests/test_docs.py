"""README and code say the same."""

import re
from pathlib import Path

import pytest

from hub.settings import SETTINGS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()


def test_every_setting_is_in_the_readme():
    """The README has each setting of the hub with its default and its help, and no other."""
    rows = re.findall(r"(?m)^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", README)

    expected = [
        (setting.name, f"`{setting.default}`" if setting.default else "", setting.help)
        for setting in SETTINGS
    ]
    assert rows == expected


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make (\w+)", README))))
def test_every_command_exists(target):
    """Each `make` command that the README names is a target of the Makefile."""
    assert re.search(rf"(?m)^{target}:", (ROOT / "Makefile").read_text())


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_leads_somewhere(name):
    """Files that the README links to or shows are there."""
    assert (ROOT / name).exists()


@pytest.mark.parametrize(
    "path",
    sorted(set(re.findall(r"`((?:dashboard|hub|terminal-image|deploy)/[\w/.-]*)`", CONTRIBUTING))),
)
def test_the_map_is_true(path):
    """Every file and folder that CONTRIBUTING names by its whole path is there."""
    assert (ROOT / path).exists()


def test_every_requirement_has_a_word():
    """Each dependency says in a word why it is there."""
    lines = [
        line
        for name in ("requirements.txt", "tests/requirements.txt")
        for line in (ROOT / name).read_text().splitlines()
        if line and not line.startswith("#")
    ]

    assert [line for line in lines if not re.search(r"\s#\s\w", line)] == []
