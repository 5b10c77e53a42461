"""`python -m dashboard.check`: an author's mistakes on the terminal, all at once."""

import subprocess
import sys

import pytest

from tests.product import ROOT


def check(folder, *more):
    """How the check ended, and its lines."""
    done = subprocess.run(
        [sys.executable, "-m", "dashboard.check", str(folder), *more],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stderr.splitlines()


@pytest.fixture
def workshop(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "workshop.yaml").write_text("title: One\n")
    (tmp_path / "chapters" / "01-start.md").write_text("# Start\n\n%username% of %city%\n")
    return tmp_path


def test_nothing_is_said_about_a_workshop_without_mistakes():
    """The sample has none: no word and status 0."""
    assert check(ROOT / "content" / "guide") == (0, [])


def test_all_mistakes_are_told_with_file_and_line(workshop):
    """Whatever file they are in, and warnings too; the status is 1."""
    (workshop / "workshop.yaml").write_text("titel: One\n")
    with (workshop / "chapters" / "01-start.md").open("a") as chapter:
        chapter.write("\n![x](none.png)\n")

    status, lines = check(workshop)

    assert status == 1
    assert lines[0] == f"The workshop in {workshop} cannot be shown until this is mended:"
    assert [line.split(": ")[0].strip() for line in lines[1:]] == [
        "chapters/01-start.md:3",
        "chapters/01-start.md:5",
        "workshop.yaml:1",
        "workshop.yaml:1",
    ]


def test_a_warning_does_not_fail(workshop):
    """An unknown variable is told; the workshop can be shown."""
    status, lines = check(workshop)

    assert (status, len(lines)) == (0, 2)
    assert "warning: %city%" in lines[1]


def test_further_variables_are_known(workshop):
    """What the operator sets as WORKSHOP_VARS is no unknown name."""
    assert check(workshop, '{"city": "Oslo"}') == (0, [])


def test_an_operator_s_tabs_are_looked_at(workshop):
    """What the operator sets as WORKSHOP_TABS is told beside the workshop's own mistakes."""
    status, lines = check(workshop, '{"city": "Oslo"}', '[{"off": "chat"}]')

    assert status == 1
    assert lines[1:] == ["  WORKSHOP_TABS:1: there is no tab “chat” to leave out"]
