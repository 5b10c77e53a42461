"""Our own format: what a workshop says about itself, and every mistake with its line."""

from pathlib import Path

import pytest

from dashboard.notes import Mistake, WorkshopError, load
from tests.notes_fixtures import load_here, mistakes, native, warnings, write

WHOLE = """\
# a comment
title: Bread for %username%
description: Dough, oven, %flour%.
terminals: 2
images: [img.example.org, "cdn.example:8443"]
variables:
- name: flour
  value: rye
  description: what to bake with
  aliases: [FLOUR, GRAIN]
- name: salt
  default: 10
"""
CHAPTERS = {
    "chapters/10-oven.md": "---\ntitle: The oven\nminutes: 4\nexit_sign: Done, %username%\n"
    "exit_link: https://example.org/%flour%\n---\n\ntext",
    "chapters/2-dough.md": "# Dough of %flour%\n\n%salt% g",
    "chapters/notes.txt": "not a chapter",
    "chapters/.03-hidden.md": "nor this",
}


def test_whole_workshop(tmp_path: Path) -> None:
    """A workshop has its title, chapters in the order of their numbers, and all they say."""
    workshop = load_here(write(tmp_path, {"workshop.yaml": WHOLE, **CHAPTERS}))
    dough, oven = workshop.chapters

    assert (workshop.title, workshop.description) == ("Bread for ada", "Dough, oven, rye.")
    assert (workshop.terminals, workshop.warnings) == (2, ())
    assert workshop.image_hosts == ("img.example.org", "cdn.example:8443")
    assert workshop.root == tmp_path.resolve()
    assert (dough.slug, dough.title, dough.html) == ("dough", "Dough of rye", "<p>10 g</p>")
    assert (oven.slug, oven.title, oven.minutes) == ("oven", "The oven", 4)
    assert (oven.exit_sign, oven.exit_link) == ("Done, ada", "https://example.org/rye")


def test_variables_as_mapping(tmp_path: Path) -> None:
    """Variables may be a mapping of names to values, or to all that a list has."""
    more = "variables:\n  a: 1\n  b: {value: two, description: d}\n  c:\n  d: yes\n"
    workshop = native(tmp_path, "%a% %b% [%c%] %d%", more)

    assert workshop.chapters[0].html == "<p>1 two [] yes</p>"


def test_checkout(tmp_path: Path) -> None:
    """A repository's checkout may hold the workshop in its folder `workshop`."""
    files = {"workshop/workshop.yaml": "title: T\n", "workshop/chapters/01-a.md": "a", "README": ""}

    assert load_here(write(tmp_path, files)).root == (tmp_path / "workshop").resolve()


def test_line_ends(tmp_path: Path) -> None:
    """Files written on Windows are read alike."""
    text = "\ufeff---\r\ntitle: T\r\n---\r\n```execute\r\na\r\nb\r\n```\r\n"
    chapter = native(tmp_path, text).chapters[0]

    assert (chapter.title, chapter.actions[0].text) == ("T", "a\nb")


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    """Every mistake of a workshop is told at once, in order, with file and line."""
    files = {
        "workshop.yaml": "title: [a]\nterminals: 4\nterminal: 2\nimages: ['https://x.example/']\n"
        "variables:\n- name: a\n  value: 1\n- name: a\n- value: 2\n- b\n- name: a b\n  valeu: 1\n",
        "chapters/01-a.md": "---\ntitel: x\nminutes: soon\n---\n\n[x](03-none.md)\n![y](y.png)\n",
        "chapters/01-b.md": "```execute-9\nls\n```\n\n[x](ftp://x)\n\n%undeclared% 100%\n",
        "chapters/02-a.md": "---\ntitle: x\n",
        "chapters/03-c.adoc": "= C",
        "chapters/four.md": "four",
        "chapters/05-latin.md": b"ok\nna\xefve\n",
    }

    assert mistakes(write(tmp_path, files)) == [
        "chapters/01-a.md:2: `titel` is not known here; known are: "
        "exit_link, exit_sign, minutes, title",
        "chapters/01-a.md:3: `minutes` must be a number from 1 to 999, found text",
        "chapters/01-a.md:6: there is no chapter or picture “03-none.md”",
        "chapters/01-a.md:7: there is no picture “y.png” in the workshop's folder",
        "chapters/01-b.md:1: `execute-9` is not known; expected execute, execute-1, execute-2, "
        "execute-3, copy or copy-and-edit",
        "chapters/01-b.md:1: has the same number as chapters/01-a.md",
        "chapters/01-b.md:5: “ftp:” cannot be opened from notes; use http, https, mailto",
        "chapters/01-b.md:7: warning: %undeclared% is no variable of this workshop; "
        "it stays as it is",
        "chapters/02-a.md:1: has the same name as chapters/01-a.md",
        "chapters/02-a.md:1: the front matter that begins here is not closed with `---`",
        "chapters/03-c.adoc:1: AsciiDoc chapters cannot be read yet; use Markdown",
        "chapters/05-latin.md:2: not UTF-8 text; save the file as UTF-8",
        "chapters/four.md:1: a chapter's name is a number, a dash and a word, like 01-welcome.md",
        "workshop.yaml:1: `title` must be text, found a list",
        "workshop.yaml:2: `terminals` must be a number from 0 to 3, found “4”",
        "workshop.yaml:3: `terminal` is not known here; known are: "
        "console, description, images, tabs, terminals, title, variables",
        "workshop.yaml:4: “https://x.example/” is no host name; expected one like img.example.org",
        "workshop.yaml:8: the variable “a” is declared twice",
        "workshop.yaml:9: `name` is missing",
        "workshop.yaml:10: a variable needs `name:` and `value:`, found text",
        "workshop.yaml:11: “a b” cannot name a variable; use letters, digits and underscores",
        "workshop.yaml:12: `valeu` is not known here; known are: "
        "aliases, default, desc, description, name, value",
    ]


DESCRIPTIONS = {
    "no-title": ("terminals: 1\n", "workshop.yaml:1: `title` is missing"),
    "empty-title": ("\n\ntitle:\n", "workshop.yaml:3: `title` is missing"),
    "not-yaml": ("title: T\nx: [1\ny: 2\n", "workshop.yaml:3: not valid YAML: "),
    "a-list": ("- title\n", "workshop.yaml:1: expected `name: value` lines, found a list"),
    "twice": ("title: T\ntitle: T\n", "workshop.yaml:2: “title” is given twice"),
    "two-documents": ("title: T\n---\ntitle: T\n", "workshop.yaml:2: not valid YAML: "),
    "truth": ("title: T\nterminals: true\n", "workshop.yaml:2: `terminals` must be a number"),
    "variables": ("title: T\nvariables: 1\n", "workshop.yaml:2: variables must be a list"),
    "hosts": ("title: T\nimages: {a: b}\n", "workshop.yaml:2: `images` must be a list"),
    "policy": ("title: T\nimages: ['*', \"a; script-src *\"]\n", "workshop.yaml:2: “*” is no host"),
    "large": ("x" * 300_000, "workshop.yaml:1: larger than 256 KiB"),
}


@pytest.mark.parametrize(("text", "expected"), DESCRIPTIONS.values(), ids=DESCRIPTIONS.keys())
def test_mistaken_descriptions(tmp_path: Path, text: str, expected: str) -> None:
    """What is wrong with workshop.yaml is told with its line."""
    found = mistakes(write(tmp_path, {"workshop.yaml": text, "chapters/01-a.md": "a"}))

    assert found[0].startswith(expected)


FOLDERS: dict[str, tuple[dict[str, str], str]] = {
    "empty": ({"README": ""}, "w:1: no workshop here: expected workshop.yaml and chapters/"),
    "no-chapters": (
        {"workshop.yaml": "title: T\n"},
        "chapters:1: there is no chapter; the first is chapters/01-NAME.md",
    ),
    "no-description": (
        {"chapters/01-a.md": "a"},
        "workshop.yaml:1: this file is missing; it needs at least `title:`",
    ),
    "workshopper": (
        {"_modules.yml": ""},
        "_modules.yml:1: workshopper's format cannot be read yet",
    ),
}


@pytest.mark.parametrize(("files", "expected"), FOLDERS.values(), ids=FOLDERS.keys())
def test_mistaken_folders(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    """A folder that is no workshop says what would make it one."""
    assert mistakes(write(tmp_path / "w", files)) == [expected]


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there is a mistake, not a traceback."""
    assert mistakes(tmp_path / "none") == ["none:1: there is no such folder"]


def test_warnings_do_not_stop(tmp_path: Path) -> None:
    """A workshop with warnings only is shown, and says them."""
    workshop = native(tmp_path, "---\nminutes: 1\n---\n\nan %unknown% name, date +%Y%m%d, 5%of%it")

    assert warnings(workshop) == [
        "chapters/01-page.md:5: warning: %unknown% is no variable of this workshop; "
        "it stays as it is"
    ]
    assert "%unknown%" in workshop.chapters[0].html


def test_error_prints_mistakes(tmp_path: Path) -> None:
    """The error's own text is the list of mistakes, one a line."""
    with pytest.raises(WorkshopError, match=r"^none:1: there is no such folder$") as caught:
        load(tmp_path / "none", {})

    assert caught.value.mistakes == (Mistake("none", 1, "there is no such folder"),)


def test_links_to_headings(tmp_path: Path) -> None:
    """A link to a heading that is not there is told with its line; others are found."""
    first = "## Here *it* is\n\n[a](#here-it-is)\n[b](#none)\n[c](02-b.md#There)\n[d](b#gone)\n"
    second = '<a name="there"></a>\n[a](01-page.md#here-it-is)'
    workshop = native(tmp_path, first, files={"chapters/02-b.md": second})

    assert warnings(workshop) == [
        "chapters/01-page.md:4: warning: there is no heading “#none” there",
        "chapters/01-page.md:6: warning: there is no heading “#gone” there",
    ]
