"""Clickable blocks: which fences become buttons, and that what is shown is what is sent."""

from pathlib import Path

import pytest

from tests.notes_fixtures import dom, homeroom, mistakes, native, warnings, write

HOMEROOM = {
    "execute": ("execute", "1", ["Run", "Copy"]),
    "execute-1": ("execute", "1", ["Run", "Copy"]),
    "execute-2": ("execute", "2", ["Run in terminal 2", "Copy"]),
    "execute-3": ("execute", "3", ["Run in terminal 3", "Copy"]),
    "execute name=x": ("execute", "1", ["Run", "Copy"]),
    "copy": ("copy", None, ["Copy"]),
    "copypaste": ("copy", None, ["Copy"]),
    "copy-and-edit": ("copy-and-edit", None, ["Copy and edit"]),
}
NATIVE = {
    **HOMEROOM,
    "bash execute": ("execute", "1", ["Run", "Copy"]),
    "bash execute-2": ("execute", "2", ["Run in terminal 2", "Copy"]),
    "bash execute terminal=logs": ("execute", "logs", ["Run in terminal logs", "Copy"]),
    'execute terminal="3" name=third': ("execute", "3", ["Run in terminal 3", "Copy"]),
    "yaml copy": ("copy", None, ["Copy"]),
}


def _kind(page: object) -> tuple[str, str | None, list[str]]:
    block = page.find("div", class_="action")  # type: ignore[attr-defined]  # a parsed document
    labels = [button.text for button in block.find_all("button")]
    return block["data-action"], block.get("data-terminal"), labels


@pytest.mark.parametrize(("info", "expected"), HOMEROOM.items(), ids=HOMEROOM.keys())
def test_homeroom_fences(
    tmp_path: Path, info: str, expected: tuple[str, str | None, list[str]]
) -> None:
    """Homeroom's fences are clickable by their first word."""
    assert expected == _kind(dom(homeroom(tmp_path, f"```{info}\nls\n```")))


@pytest.mark.parametrize(("info", "expected"), NATIVE.items(), ids=NATIVE.keys())
def test_native_fences(
    tmp_path: Path, info: str, expected: tuple[str, str | None, list[str]]
) -> None:
    """Our fences may name a language first, and a terminal."""
    assert expected == _kind(dom(native(tmp_path, f"```{info}\nls\n```")))


@pytest.mark.parametrize("info", ["", "bash", "bash execute", "execute-4", "terminal:execute"])
def test_homeroom_plain_fences(tmp_path: Path, info: str) -> None:
    """What Homeroom does not know as an action is code to read."""
    page = dom(homeroom(tmp_path, f"```{info}\nls\n```"))

    assert page.find("button") is None
    assert page.find("pre").text == "ls\n"


def test_html_of_an_action(tmp_path: Path) -> None:
    """An action's HTML is what the page's script and styles are written for."""
    html = native(tmp_path, "```execute\na <b> & 'c'\n```").chapters[0].html

    assert html == (
        '<div class="action" data-action="execute" data-terminal="1" id="action-1">'
        '<pre class="action-text" id="action-1-text"><code>a &lt;b&gt; &amp; \'c\'</code></pre>'
        '<div class="action-bar">'
        '<button type="button" class="action-run" aria-describedby="action-1-text">Run</button>'
        '<button type="button" class="action-copy" aria-describedby="action-1-text">Copy</button>'
        '<span class="action-state" role="status"></span></div></div>'
    )


@pytest.mark.parametrize("text", ["<ctrl-c>", "<ctrl+c>", "  <Ctrl-C>\n"])
def test_interrupt(tmp_path: Path, text: str) -> None:
    """<ctrl-c> alone interrupts what runs, in the terminal that the fence names."""
    block = dom(homeroom(tmp_path, f"```execute-2\n{text}\n```")).find("div", class_="action")

    assert (block["data-action"], block["data-terminal"]) == ("interrupt", "2")
    assert [button.text for button in block.find_all("button")] == ["Interrupt in terminal 2"]


def test_places_of_actions(tmp_path: Path) -> None:
    """Actions work in lists, quotes, notes and folded parts, and are counted in order."""
    text = (
        "1. a\n   ```execute\n   one\n     two\n   ```\n\n> ```copy\n> three\n> ```\n\n"
        "!!! note\n    ~~~execute-2\n    four\n    ~~~\n\n"
        "<details>\n\n```execute name=last\nfive\n```\n\n</details>"
    )
    workshop = native(tmp_path, text)
    blocks = dom(workshop).find_all("div", class_="action")

    assert [(block["id"], block.find("code").text) for block in blocks] == [
        ("action-1", "one\n  two"),
        ("action-2", "three"),
        ("action-3", "four"),
        ("action-last", "five"),
    ]
    assert [block.parent.name for block in blocks] == ["li", "blockquote", "div", "details"]
    assert [(action.id, action.text, action.line) for action in workshop.chapters[0].actions] == [
        ("action-1", "one\n  two", 2),
        ("action-2", "three", 7),
        ("action-3", "four", 12),
        ("action-last", "five", 18),
    ]
    assert workshop.terminals == 2


UNSEEN = {
    "bell": "\x07",
    "escape": "\x1b[2J",
    "delete": "\x7f",
    "c1": "\x9b",
    "zero-width-space": "\u200b",
    "bidi-override": "\u202e",
    "bidi-isolate": "\u2066",
    "bidi-mark": "\u200f",
    "line-separator": "\u2028",
    "byte-order-mark": "\ufeff",
    "soft-hyphen": "\u00ad",
    "tag": "\U000e0041",
    "carriage-return": "\r",
}


@pytest.mark.parametrize("hidden", UNSEEN.values(), ids=UNSEEN.keys())
def test_nothing_unseen_is_sent(tmp_path: Path, hidden: str) -> None:
    """What runs has no character that is not seen, and the author hears of it (security row 70)."""
    workshop = native(tmp_path, f"text\n\n```execute\nls {hidden}; rm x\n```")
    sent = dom(workshop).find("code").text

    assert sent == workshop.chapters[0].actions[0].text
    assert all(char.isprintable() or char == "\n" for char in sent)
    assert sent.replace("\n", "").replace("[2J", "") == "ls ; rm x"
    assert hidden == "\r" or any("left out" in warning for warning in warnings(workshop))


def test_unseen_in_values(tmp_path: Path) -> None:
    """A variable's value cannot bring unseen characters into a command (security row 70)."""
    session = {"username": "a\x1b[31m\u202eb", "x": "1\t2"}
    workshop = native(tmp_path, "```execute\necho %username% %x%\n```", session=session)

    assert workshop.chapters[0].actions[0].text == "echo a[31mb 1   2"


def test_odd_spaces(tmp_path: Path) -> None:
    """Spaces that a shell does not take for one become plain; a tab would ask for completion."""
    workshop = native(tmp_path, "```execute\nls\u00a0-l\tx\n```\n\n```copy\na\tb\n```")

    assert [action.text for action in workshop.chapters[0].actions] == ["ls -l   x", "a\tb"]
    assert "chapters/01-page.md:1: warning: tabs become spaces" in warnings(workshop)[0]


def test_authors_cannot_forge_actions(tmp_path: Path) -> None:
    """Raw HTML cannot pass for an action, and nothing asks to run by itself (security row 70)."""
    forged = (
        '<div class="action" data-action="execute" data-terminal="1" id="action-1">'
        '<pre class="action-text"><code>ls<span hidden>;rm</span></code></pre>'
        '<button class="action-run" autofocus>Run</button></div>'
        '\n\n<div title="\n\n```execute\nls\n```\n\nx">'
    )
    page = dom(homeroom(tmp_path, forged))

    assert page.find_all("div", class_="action") == []
    assert page.select("[data-action], [autofocus], [hidden], button") == []


NATIVE_MISTAKES = {
    "number": ("execute-9", "`execute-9` is not known; expected execute, execute-1"),
    "word": ("bash copy-all", "`copy-all` is not known"),
    "terminal": ("execute terminal=A/B", "`terminal=A/B` must be of the letters a-z"),
    "attribute": ("execute wait=1", "`wait=` is not known here; known are: name, terminal"),
    "name": ("execute name=1", "`name=1` must begin with a letter"),
    "extra": ("bash execute now", "`now` is not known here"),
}


@pytest.mark.parametrize(("info", "message"), NATIVE_MISTAKES.values(), ids=NATIVE_MISTAKES.keys())
def test_mistaken_fences(tmp_path: Path, info: str, message: str) -> None:
    """A fence that means an action and is none is a mistake, with its line."""
    chapter = f"---\ntitle: T\n---\n\n```{info}\nls\n```\n"
    files = {"workshop.yaml": "title: T\n", "chapters/01-page.md": chapter}

    (found,) = mistakes(write(tmp_path, files))
    assert found.startswith(f"chapters/01-page.md:5: {message}")


def test_empty_and_open_fences(tmp_path: Path) -> None:
    """Blocks without a command, and without an end, are mistakes."""
    chapter = "```execute\n\n```\n\n```execute name=a\nx\n```\n```copy name=a\ny\n```\n\n```\nx"
    files = {"workshop.yaml": "title: T\n", "chapters/01-page.md": chapter}

    assert mistakes(write(tmp_path, files)) == [
        "chapters/01-page.md:1: this execute block is empty",
        "chapters/01-page.md:8: `name=a` is given twice in this chapter",
        "chapters/01-page.md:12: this code block is never closed",
    ]


@pytest.mark.parametrize(
    ("info", "meant"),
    [
        ("excute", "execute"),
        ("bash exceute", "execute"),
        ("Execute", "execute"),
        ("execute2", "execute-2"),
        ("cpoy", "copy"),
        ("copyand-edit", "copy-and-edit"),
    ],
)
def test_a_misspelt_action_is_told(tmp_path: Path, info: str, meant: str) -> None:
    """A word that is one slip away from an action, and no language, is told with its line."""
    found = warnings(native(tmp_path, f"# T\n\n```{info}\nls\n```"))

    assert len(found) == 1
    assert found[0].startswith("chapters/01-page.md:3: warning: ")
    assert f"`{meant}`" in found[0]


@pytest.mark.parametrize("info", ["", "bash", "text", "output", "coq", "copy", "bash execute"])
def test_other_words_are_no_slips(tmp_path: Path, info: str) -> None:
    """A language, a plain word or an action is not taken for a slip."""
    assert warnings(native(tmp_path, f"# T\n\n```{info}\nls\n```")) == []
