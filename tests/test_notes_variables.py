"""Where the values of %name% come from, and which never get into a page."""

from pathlib import Path

import pytest

from dashboard.notes import Variable
from dashboard.notes.variables import LONGEST, Variables, resolve
from tests.notes_fixtures import dom, homeroom, native

ROWS = {
    "default": (Variable("a", "1"), {}, "1"),
    "session": (Variable("a", "1"), {"a": "2"}, "2"),
    "empty-session": (Variable("a", "1"), {"a": ""}, ""),
    "alias": (Variable("a", "1", aliases=("B", "C")), {"C": "3"}, "3"),
    "alias-first": (Variable("a", "1", aliases=("B",)), {"a": "2", "B": "3"}, "3"),
    "own-name-after-alias": (Variable("a", "1", aliases=("B",)), {"a": "2"}, "2"),
    "built-in": (Variable("username", "1", aliases=("B",)), {"username": "ada", "B": "3"}, "ada"),
    "built-in-absent": (Variable("username", "1"), {}, "1"),
    "declared-secret": (Variable("a_token", "1"), {"a_token": "2"}, "2"),
    "hubs-secret": (Variable("JUPYTERHUB_API_TOKEN", "1"), {"JUPYTERHUB_API_TOKEN": "2"}, "1"),
    "aliased-secret": (Variable("a", "1", aliases=("JPY_API_TOKEN",)), {"JPY_API_TOKEN": "2"}, "1"),
}


@pytest.mark.parametrize(("declared", "session", "value"), ROWS.values(), ids=ROWS.keys())
def test_precedence(declared: Variable, session: dict[str, str], value: str) -> None:
    """A declared variable has the session's value by alias or name, otherwise its default."""
    assert value == resolve([declared], session)[declared.name]


@pytest.mark.parametrize(
    "name", ["token", "API_TOKEN", "user_token", "password", "PASSWD", "client_secret", "api_key"]
)
def test_secrets_stay_out(tmp_path: Path, name: str) -> None:
    """A secret of the session that no workshop declares is never shown (security row 69)."""
    html = native(tmp_path, f"%{name}%", session={name: "hunter2"}).chapters[0].html

    assert html == f"<p>%{name}%</p>"


def test_values_in_values() -> None:
    """A value may name other variables; a circle ends, and nothing grows without bounds."""
    session = {"a": "1 %b%", "b": "2 %c%", "c": "3", "x": "%y%", "y": "%x%", "z": "%z%%z%"}
    values = resolve([], session)

    assert (values["a"], values["b"]) == ("1 2 3", "2 3")
    assert values["x"] in ("%x%", "%y%")
    assert all(len(value) <= LONGEST for value in values.values())


def test_growth_is_bounded() -> None:
    """Variables that multiply each other stop growing."""
    session = {f"v{n}": f"%v{n + 1}%" * 100 for n in range(9)} | {"v9": "x" * 100}

    assert all(len(value) <= LONGEST for value in resolve([], session).values())


def test_exact_names() -> None:
    """Names are taken as they are written; what is not known stays."""
    variables = Variables({"name": "1", "a.b": "2", "": "3"})

    assert variables.replace("%name% %Name% %% %a.b% %axb% 50%name%%") == (
        "1 %Name% %% 2 %axb% 501%"
    )


PLACES = {
    "text": ("is %v%.", "is a&b."),
    "middle-of-word": ("x%v%y_%v%_z", "xa&by_a&b_z"),
    "emphasis": ("**%v%**", "a&b"),
    "code": ("`%v%`", "a&b"),
    "listing": ("```\n%v%\n```", "a&b\n"),
    "coloured": ("```python\n%v%\n```", "a&b\n"),
    "html": ("<b>%v%</b>", "a&b"),
    "html-block": ("<div>%v%</div>", "a&b"),
    "escaped": ("&percnt;v&percnt; <code>&percnt;v%</code>", "%v% %v%"),
}


@pytest.mark.parametrize(("text", "shown"), PLACES.values(), ids=PLACES.keys())
def test_places(tmp_path: Path, text: str, shown: str) -> None:
    """A variable is replaced wherever it stands."""
    assert shown == dom(homeroom(tmp_path, text, {"v": "a&b"})).text


ADDRESSES = {
    "whole": ("[x](%url%)", "https://h.example/p?q=1&r=2"),
    "start": ("[x](%url%#end)", "https://h.example/p?q=1&r=2#end"),
    "host": ("[x](http://a-%host%.%host%/)", "http://a-h.example.h.example/"),
    "port": ("[x](http://localhost:%port%/)", "http://localhost:8080/"),
    "path": ("[x](%path%/ns/%host%)", "/user/ada/console/ns/h.example"),
    "bare": ("see %url%", "https://h.example/p?q=1&r=2"),
    "bare-host": ("see https://a-%host%/x", "https://a-h.example/x"),
    "forged-token": ("https://99.variable.invalid", "https://99.variable.invalid"),
    "angles": ("<%url%>", "https://h.example/p?q=1&r=2"),
    "html": ('<a href="http://localhost:%port%">x</a>', "http://localhost:8080"),
    "html-bare": ("<a href=http://%host%:%port%/>x</a>", "http://h.example:8080/"),
    "reference": ("[x]\n\n[x]: %url%", "https://h.example/p?q=1&r=2"),
}
URLS = {
    "url": "https://h.example/p?q=1&r=2",
    "host": "h.example",
    "port": "8080",
    "path": "/user/ada/console",
}


@pytest.mark.parametrize(("text", "address"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_addresses(tmp_path: Path, text: str, address: str) -> None:
    """A variable may be any part of an address."""
    assert address == dom(homeroom(tmp_path, text, URLS)).find("a")["href"]


def test_pictures(tmp_path: Path) -> None:
    """A variable may be part of a picture's path."""
    files = {"chapters/blue.png": "png"}
    workshop = native(tmp_path, "![%c%](%c%.png)", "variables: {c: blue}\n", files=files)

    assert dom(workshop).find("img").attrs == {
        "alt": "blue",
        "src": "/user/ada/assets/chapters/blue.png",
    }
