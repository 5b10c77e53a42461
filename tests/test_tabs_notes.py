"""Tabs as workshop.yaml lists them: what each kind may say, and every mistake with its line."""

from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.notes import Tab
from tests.notes_fixtures import dom, load_here, mistakes, native, write

TERMINAL = Tab("terminal", "Terminal", "grid")
EVERY_KIND = """\
tabs:
- name: Shop for %username%
  port: 8080
  page: /cart?of=%username%
  command: python3 -m http.server 8080
  directory: shop
- terminal
- name: The logs
  terminal: logs
  command: tail -f shop.log
- name: Docs
  url: https://docs.example.org/%username%/
  chapters: [page]
"""


def test_every_kind(tmp_path: Path) -> None:
    """Tabs stand in the order they are listed in, with the values of their variables."""
    workshop = native(tmp_path, "text", EVERY_KIND)
    shop, grid, logs, docs = (replace(tab, file="", line=1) for tab in workshop.tabs)

    assert shop == Tab(
        "shop-for-username",
        "Shop for ada",
        "port",
        "8080",
        "/cart?of=ada",
        "python3 -m http.server 8080",
        "shop",
    )
    assert grid == TERMINAL
    assert logs == Tab("the-logs", "The logs", "terminal", "logs", "", "tail -f shop.log")
    assert docs == Tab("docs", "Docs", "url", "https://docs.example.org/ada/", chapters=("page",))
    assert workshop.frames == ("https://docs.example.org",)


def test_terminals_come_first_unless_listed(tmp_path: Path) -> None:
    """A workshop without tabs has its terminals, and one with tabs has them before the others."""
    plain = native(tmp_path / "plain", "text")
    more = native(tmp_path / "more", "text", "tabs:\n- {name: A, url: 'https://a.example'}\n")

    assert [tab.id for tab in plain.tabs] == ["terminal"]
    assert [tab.id for tab in more.tabs] == ["terminal", "a"]


def test_terminals_can_be_off(tmp_path: Path) -> None:
    """With `terminals: 0` only the listed tabs are there."""
    more = "terminals: 0\ntabs:\n- {name: A, url: 'https://a.example'}\n"

    assert [tab.id for tab in native(tmp_path, "text", more).tabs] == ["a"]


def test_a_port_that_speaks_tls(tmp_path: Path) -> None:
    """A program that speaks TLS itself is spoken to so."""
    workshop = native(tmp_path, "text", "tabs:\n- {name: A, port: 8443, https: yes}\n")

    assert workshop.tabs[1].at == "https-8443"


def test_chapters_by_either_name(tmp_path: Path) -> None:
    """A tab names its chapters as addresses have them or as their files are called."""
    tabs = "tabs:\n- {name: A, port: 80, chapters: [one, 02-two.md, 03-three]}\n"
    names = ("01-one", "02-two", "03-three")
    files = {f"chapters/{name}.md": "text" for name in names}
    workshop = load_here(write(tmp_path, {"workshop.yaml": f"title: T\n{tabs}", **files}))

    assert workshop.tabs[1].chapters == ("one", "two", "three")


@pytest.mark.parametrize(
    ("tabs", "mistake"),
    [
        pytest.param(
            "- Shop", "3: a tab is `terminal`, `console`, or has `name:` and one of", id="word"
        ),
        pytest.param(
            "- name: A", "3: a tab is `terminal`, `console`, or has `name:` and one of", id="none"
        ),
        pytest.param(
            "- {name: A, port: 1, url: 'https://a'}",
            "3: a tab is `terminal`, `console`, or",
            id="two-kinds",
        ),
        pytest.param("- port: 80", "3: `name` is missing", id="nameless"),
        pytest.param("- {name: A, port: 0}", "3: `port` must be a number from 1", id="port"),
        pytest.param("- {name: A, port: }", "3: `port` is missing", id="no-port"),
        pytest.param("- {name: A, port: 8, https: 2}", "3: `https` must be yes or no", id="flag"),
        pytest.param("- {name: A, port: 80, page: x}", "3: `page` is “x”; it begins", id="page"),
        pytest.param("- {name: A, url: 'ftp://x'}", "3: “ftp://x” is no address", id="scheme"),
        pytest.param("- {name: A, url: '/x'}", "3: “/x” is no address", id="no-host"),
        pytest.param(
            "- {name: A, url: 'https://a;b'}", "3: “https://a;b” is no address", id="policy"
        ),
        pytest.param(
            "- {name: A, url: 'https://u@a'}", "3: “https://u@a” is no address", id="user"
        ),
        pytest.param("- {name: A, url: 'https://a', page: /x}", "3: `page` is not", id="not-its"),
        pytest.param("- {name: A, terminal: a b}", "3: “a b” cannot name a terminal", id="name"),
        pytest.param("- {name: A, terminal: 2}", "3: “2” cannot name a terminal", id="grid"),
        pytest.param(
            "- {name: A, port: 80}\n- {name: a, port: 81}", "4: two tabs are called “a”", id="twice"
        ),
        pytest.param(
            "- {name: A, port: 80, chapters: [none]}", "3: there is no chapter “none”", id="chapter"
        ),
    ],
)
def test_mistakes(tmp_path: Path, tabs: str, mistake: str) -> None:
    """What a tab cannot be is told with its line and what was expected."""
    files = {"workshop.yaml": f"title: T\ntabs:\n{tabs}\n", "chapters/01-page.md": "text"}

    found = mistakes(write(tmp_path, files))

    assert [line for line in found if line.startswith(f"workshop.yaml:{mistake}")], found


@pytest.mark.parametrize(
    ("more", "mistake"),
    [
        pytest.param(
            "terminals: 0\ntabs:\n- terminal\n",
            "workshop.yaml:4: there is no tab of terminals when `terminals` is 0",
            id="off-and-listed",
        ),
        pytest.param(
            "terminals: 0\ntabs:\n- {name: A, port: 80, chapters: []}\n",
            "workshop.yaml:1: the chapter “page” has no tab; list one that is always there",
            id="nothing-left",
        ),
    ],
)
def test_no_tab_left(tmp_path: Path, more: str, mistake: str) -> None:
    """Whoever takes the terminals away leaves something in their place."""
    files = {"workshop.yaml": f"title: T\n{more}", "chapters/01-page.md": "text"}

    assert mistakes(write(tmp_path, files)) == [mistake]


LINKED = "tabs:\n- {name: My shop, port: 80}\n- {name: Docs, url: 'https://docs.example/en/'}\n"


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        pytest.param("open:my-shop", "tabs/my-shop", id="open"),
        pytest.param("open:My%20shop/cart?of=%username%", "tabs/my-shop/cart?of=ada", id="page"),
        pytest.param("OPEN:docs/install.html#two", "tabs/docs/install.html#two", id="fragment"),
        pytest.param("reload:docs", "tabs/docs?do=reload", id="reload"),
        pytest.param("close:docs", "tabs/docs?do=close", id="close"),
        pytest.param("%terminal_url%", "tabs/terminal", id="homeroom"),
    ],
)
def test_links_to_tabs(tmp_path: Path, link: str, leads: str) -> None:
    """A link opens a tab, at a page or not, loads it again or closes it; its address is ours."""
    page = dom(native(tmp_path, f"[x]({link})", LINKED))
    found = page.find("a")

    assert found is not None
    assert found["href"] == f"/user/ada/{leads}"
    assert not found.has_attr("target")


def test_links_to_no_tab(tmp_path: Path) -> None:
    """A link to a tab that is not there is a mistake with its line, and says which are."""
    files = {"workshop.yaml": f"title: T\n{LINKED}", "chapters/01-page.md": "a\n\n[x](open:shop)"}

    assert mistakes(write(tmp_path, files)) == [
        "chapters/01-page.md:3: there is no tab “shop”; known are: terminal, my-shop, docs, console"
    ]
