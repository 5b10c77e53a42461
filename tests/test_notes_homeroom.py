"""Homeroom's format: as Homeroom reads it, but telling the author what Homeroom hides."""

import re
from pathlib import Path

import pytest

from dashboard.notes import Workshop
from tests.notes_fixtures import SESSION, dom, load_here, mistakes, shared, warnings, write

MODULES = """\
config:
  vars:
  - name: LANGUAGE
    value: undefined
    desc: ignored
    aliases: WORKSHOP_LANG
  - name: COLOUR
    value: red
modules:
  index: {name: Overview, exit_sign: Begin}
  exercises/01-first:
    name: First *thing*
    exit_link: https://example.org
  nothing:
  unused: {name: Unused}
"""
WORKSHOP = """\
name: Sample %COLOUR%
vars: {COLOUR: blue, ADDED: yes}
modules:
  activate:
  - index
  - exercises/01-first
  - nothing
  - undeclared-page
  - index
  - missing
"""
CONTENT = {
    "content/index.md": "---\nTitle: Ignored\n---\n%LANGUAGE% %COLOUR% %ADDED% [%slides_url%]",
    "content/exercises/01-first.md": "![x](x.png) [back](../index) [y](../nothing#part)",
    "content/exercises/x.png": "png",
    "content/nothing.md": "## Part",
    "content/undeclared-page.md": "u",
}


@pytest.mark.parametrize("below", ["", "workshop/"])
def test_whole_workshop(tmp_path: Path, below: str) -> None:
    """Chapters come in the order they are activated in, with the declared titles and signs."""
    files = {"workshop.yaml": WORKSHOP, "modules.yaml": MODULES, **CONTENT}
    write(tmp_path, {below + name: text for name, text in files.items()})
    workshop = load_here(tmp_path, {**SESSION, "WORKSHOP_LANG": "Go"})

    assert workshop.title == "Sample blue"
    assert [(chapter.slug, chapter.title) for chapter in workshop.chapters] == [
        ("index", "Overview"),
        ("exercises/01-first", "First *thing*"),
        ("nothing", "Nothing"),
        ("undeclared-page", "Undeclared page"),
    ]
    assert workshop.chapters[0].html == "<p>Go blue yes []</p>"
    assert (workshop.chapters[0].exit_sign, workshop.chapters[1].exit_link) == (
        "Begin",
        "https://example.org",
    )
    page = dom(workshop, 1)
    assert page.find("img")["src"] == "/user/ada/assets/exercises/x.png"
    assert [link["href"] for link in page.find_all("a")] == [
        "/user/ada/chapters/index",
        "/user/ada/chapters/nothing#user-content-part",
    ]
    assert workshop.root == (tmp_path / below / "content").resolve()
    assert warnings(workshop) == [
        "modules.yaml:14: warning: “nothing” has no `name:`",
        "workshop.yaml:8: warning: “undeclared-page” is not declared in modules.yaml",
        "workshop.yaml:9: warning: “index” is activated twice",
        "workshop.yaml:10: warning: there is no content/missing.md; left out",
        "workshop.yaml:10: warning: “missing” is not declared in modules.yaml",
    ]


def test_asciidoc(tmp_path: Path) -> None:
    """A chapter in AsciiDoc is a mistake that names its file, until it can be read."""
    files = {"workshop.yaml": "modules: {activate: [a, b]}\n", "content/a.md": "a"}

    assert "content/b.adoc:1: AsciiDoc chapters cannot be read yet; use Markdown" in mistakes(
        write(tmp_path, {**files, "content/b.adoc": "b"})
    )


def test_nothing_active(tmp_path: Path) -> None:
    """A workshop without a chapter is a mistake."""
    files = {"workshop.yaml": "name: T\n", "content/a.md": "a"}

    assert mistakes(write(tmp_path, files)) == [
        "workshop.yaml:1: no chapter is activated, or none can be read"
    ]


def test_pictures_from_elsewhere(tmp_path: Path) -> None:
    """With `images_url` relative pictures come from there, and its host is allowed."""
    files = {
        "workshop.yaml": "modules: {activate: [a/b]}\n",
        "modules.yaml": "config: {images_url: 'https://img.example/x/'}\n",
        "content/a/b.md": "![y](y.png)",
    }
    workshop = load_here(write(tmp_path, files))

    assert dom(workshop).find("img")["src"] == "https://img.example/x/a/y.png"
    assert workshop.image_hosts == ("img.example",)


CHAIN = {
    "content/index.md": "---\nTitle: One\nNextPage: more/two\nExitSign: Begin\n---\nfirst",
    "content/more/two.md": "---\nPrevPage: ../index\nNextPage: ../last_page\n---\nsecond",
    "content/last_page.md": "---\nExitLink: https://example.org\nSort: 3\n---\nthird",
}


def test_chain(tmp_path: Path) -> None:
    """Without workshop.yaml each page names the next one in its front matter."""
    workshop = load_here(write(tmp_path, CHAIN))

    assert [(chapter.slug, chapter.title) for chapter in workshop.chapters] == [
        ("index", "One"),
        ("more/two", "Two"),
        ("last_page", "Last page"),
    ]
    assert workshop.chapters[0].exit_sign == "Begin"
    assert workshop.chapters[2].exit_link == "https://example.org"
    assert workshop.warnings == ()


ENDS = {
    "circle": (
        "---\nNextPage: index\n---\n",
        "content/more/two.md:2: warning: NextPage leads back",
    ),
    "missing": (
        "---\nNextPage: none\n---\n",
        "content/more/two.md:2: warning: there is no content",
    ),
    "outside": (
        "---\nNextPage: ../../x\n---\n",
        "content/more/two.md:2: warning: there is no cont",
    ),
}


@pytest.mark.parametrize(("front", "warning"), ENDS.values(), ids=ENDS.keys())
def test_chain_ends(tmp_path: Path, front: str, warning: str) -> None:
    """A chain that comes back to itself, or leads nowhere, ends there, and says so."""
    front = front.replace("index", "../index")
    workshop = load_here(write(tmp_path, {**CHAIN, "content/more/two.md": front}))

    assert [chapter.slug for chapter in workshop.chapters] == ["index", "more/two"]
    assert [text.startswith(warning) for text in warnings(workshop)] == [True]


REAL = {
    "openshift-homeroom--lab-markdown-sample": ("Markdown Sample", 4, 8),
    "openshift-homeroom--lab-workshop-content": ("Workshop Content", 23, 36),
    "openshift-labs--lab-k8s-fundamentals": ("Kubernetes Fundamentals", 20, 69),
    "openshift-labs--lab-postgres-operator": ("Workshop", 7, 33),
}
CLICKABLE = re.compile(r"^(?:```|~~~)(?:execute(?:-[123])?|copy|copypaste|copy-and-edit)\s*$", re.M)


@pytest.fixture(name="real", scope="module", params=REAL.keys())
def _real(request: pytest.FixtureRequest) -> tuple[str, Workshop, Path]:
    folder = shared(request.param)
    return request.param, load_here(folder), folder / "workshop" / "content"


def test_real_workshops(real: tuple[str, Workshop, Path]) -> None:
    """Real workshops load unchanged: all chapters, and every clickable block of their sources."""
    name, workshop, content = real
    sources = [(content / f"{chapter.slug}.md").read_text() for chapter in workshop.chapters]
    counts = [len(CLICKABLE.findall(source)) for source in sources]

    assert (workshop.title, len(workshop.chapters), sum(counts)) == REAL[name]
    assert counts == [len(chapter.actions) for chapter in workshop.chapters]
    assert [bool(source.strip()) for source in sources] == [
        bool(chapter.html) for chapter in workshop.chapters
    ]


def test_real_titles(real: tuple[str, Workshop, Path]) -> None:
    """Their titles are those that modules.yaml or the front matter names."""
    _, workshop, content = real
    modules = content.parent / "modules.yaml"
    said = (
        modules.read_text()
        if modules.exists()
        else "".join(page.read_text() for page in content.rglob("*.md"))
    )
    titles = re.findall(r"^\s*(?:name|Title): (.*?)\s*$", said, re.M)
    undeclared = {"Application health"}

    assert {chapter.title for chapter in workshop.chapters} <= {*titles, *undeclared}


def test_real_pictures(real: tuple[str, Workshop, Path]) -> None:
    """Their pictures are all found, and lie below the folder that assets are served from."""
    name, workshop, _ = real
    pages = [dom(workshop, number) for number in range(len(workshop.chapters))]
    images = [image["src"] for page in pages for image in page.find_all("img")]

    for source in images:
        assert (workshop.root / source.removeprefix("/user/ada/assets/")).is_file()
    assert len(images) == {"openshift-labs--lab-k8s-fundamentals": 1}.get(
        name, 2 if "postgres" in name else 0
    )


def test_real_warnings(real: tuple[str, Workshop, Path]) -> None:
    """Nothing is wrong with them but the one chapter that Homeroom drops without a word."""
    name, workshop, _ = real
    expected = {
        "openshift-labs--lab-k8s-fundamentals": [
            "workshop.yaml:23: warning: “exercises/18-application-health” is not declared "
            "in modules.yaml"
        ]
    }

    assert warnings(workshop) == expected.get(name, [])
