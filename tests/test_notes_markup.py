"""Markdown becomes the HTML that GitHub's readers expect, whatever the list it stands in."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.notes_fixtures import dom, homeroom, native, warnings

CASES = {
    "list-after-paragraph": ("para\n* a\n* b", "<p>para</p><ul><li>a</li><li>b</li></ul>"),
    "numbers-after-paragraph": ("para\n1. a\n2. b", "<p>para</p><ol><li>a</li><li>b</li></ol>"),
    "number-in-sentence": ("born in\n1815. She", "<p>born in 1815. She</p>"),
    "two-space-nesting": (
        "- a\n  - b\n    - c\n- d",
        "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>",
    ),
    "tab-nesting": ("* a\n\t* b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "bullets-under-number": (
        "1. a\n   - x\n2. b",
        "<ol><li>a<ul><li>x</li></ul></li><li>b</li></ol>",
    ),
    "list-starts-at-ten": ("10. a\n11. b", '<ol start="10"><li>a</li><li>b</li></ol>'),
    "brackets-for-dots": ("1) a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
    "other-list-follows": ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
    "fence-in-list": (
        "1. a\n\n   ```\n   x\n\n   - y\n   ```\n2. b",
        '<ol><li><p>a</p><div class="highlight"><pre><code>x\n\n- y\n</code></pre></div></li>'
        "<li><p>b</p></li></ol>",
    ),
    "fence-after-paragraph": (
        "a\n```\nb\n```\nc",
        '<p>a</p><div class="highlight"><pre><code>b\n</code></pre></div><p>c</p>',
    ),
    # pymdownx.superfences takes neither of the two for a fence.
    "colon-in-first-word": (
        "```terminal:input\na\n```\nb\n\n```terminal:input\nc\n```",
        '<div class="highlight"><pre><code>a\n</code></pre></div><p>b</p>'
        '<div class="highlight"><pre><code>c\n</code></pre></div>',
    ),
    "item-after-text-after-fence": (
        "- a\n  ```\n  b\n  ```\n  c\n- d",
        '<ul><li><p>a</p><div class="highlight"><pre><code>b\n</code></pre></div><p>c</p></li>'
        "<li><p>d</p></li></ul>",
    ),
    "tildes": (
        "~~~\n```\n# a\n~~~",
        '<div class="highlight"><pre><code>```\n# a\n</code></pre></div>',
    ),
    "indented-code": (
        "    a\n\n      b",
        '<div class="highlight"><pre><code>a\n\n  b\n</code></pre></div>',
    ),
    "colours": (
        "```python\nx = 1\n```",
        '<div class="highlight"><pre><code class="language-python"><span class="n">x</span> '
        '<span class="o">=</span> <span class="mi">1</span>\n</code></pre></div>',
    ),
    "quote-goes-on": ("> a\nb\n\nc", "<blockquote><p>a b</p></blockquote><p>c</p>"),
    "quote-in-quote": (
        "> a\n> > b",
        "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>",
    ),
    "table-after-paragraph": (
        "a\n| b | c |\n|---|:-:|\n| 1 | `2|3` |",
        '<p>a</p><table><thead><tr><th>b</th><th align="center">c</th></tr></thead>'
        '<tbody><tr><td>1</td><td align="center"><code>2|3</code></td></tr></tbody></table>',
    ),
    "tasks": (
        "- [ ] a\n- [x] b",
        '<ul class="task-list"><li class="task-list-item">'
        '<input aria-label="to do" disabled="" type="checkbox"> a</li>'
        '<li class="task-list-item">'
        '<input aria-label="done" checked="" disabled="" type="checkbox"> b</li></ul>',
    ),
    "no-line-breaks": ("a\nb", "<p>a b</p>"),
    "asked-line-breaks": ("a  \nb\\\nc", "<p>a<br> b<br> c</p>"),
    "struck": ("~~a~~ H~2~O", "<p><del>a</del> H~2~O</p>"),
    "words-with-lines": (
        "snake_case_word *a* __b__",
        "<p>snake_case_word <em>a</em> <strong>b</strong></p>",
    ),
    "escapes": ("\\# a \\*b\\* 5 < 6 &amp; 7", "<p># a *b* 5 &lt; 6 &amp; 7</p>"),
    "no-heading": ("#hash\n\n7\\. x", "<p>#hash</p><p>7. x</p>"),
    "headings": (
        "## A `b`\n## A b\ntext\n---",
        '<h2 id="user-content-a-b">A <code>b</code></h2><h2 id="user-content-a-b-1">A b</h2>'
        '<h2 id="user-content-text">text</h2>',
    ),
    "rules": ("a\n***\nb", "<p>a</p><hr><p>b</p>"),
    "admonition": (
        '!!! tip "T"\n    a\n\n    - b\nc',
        '<div class="admonition tip"><p class="admonition-title">T</p><p>a</p>'
        "<ul><li>b</li></ul></div><p>c</p>",
    ),
    "folded": (
        '??? note "T"\n    a',
        '<details class="note"><summary>T</summary><p>a</p></details>',
    ),
    "block": (
        "/// warning | T\n*a*\n///\nb",
        '<div class="admonition warning"><p class="admonition-title">T</p><p><em>a</em></p></div>'
        "<p>b</p>",
    ),
    "open-details-block": (
        "/// details | T\n    open: True\n\na\n///",
        '<details open="open"><summary>T</summary><p>a</p></details>',
    ),
    "html-with-markdown": (
        "<details>\n<summary>S</summary>\n\n**a**\n\n</details>",
        "<details><summary>S</summary><p><strong>a</strong></p></details>",
    ),
    "html-asks-for-markdown": (
        '<div markdown="1">\n**a**\n</div>',
        "<div><p><strong>a</strong></p></div>",
    ),
    "html-in-text": (
        'a <span class="fas fa-play-circle mine"></span><br/><b>c</b>',
        '<p>a <span class="fas fa-play-circle"></span><br><b>c</b></p>',
    ),
    "preformatted": (
        "<pre><code>```execute\n&lt;ctrl+c&gt;\n\n*x*\n```</code></pre>",
        "<pre><code>```execute\n&lt;ctrl+c&gt;\n\n*x*\n```</code></pre>",
    ),
    "comment": ("<!-- a\n\nb -->\nc", "<p>c</p>"),
    "go-template": ("`{{range .items}}` {{ x }}", "<p><code>{{range .items}}</code> {{ x }}</p>"),
}


def outline(html: str) -> str:
    """Return HTML with sorted attributes, and without spaces that no reader sees."""
    soup = BeautifulSoup(html, "html.parser")
    for text in soup.find_all(string=True):
        if text.find_parent("pre") is None:
            text.replace_with(" ".join(text.split()))
    for element in soup.find_all(True):
        element.attrs = dict(sorted(element.attrs.items()))
    return str(soup)


@pytest.mark.parametrize(("markdown", "expected"), CASES.values(), ids=CASES.keys())
def test_markdown(tmp_path: Path, markdown: str, expected: str) -> None:
    """Markdown gives the same structure as on GitHub, and what our format adds to it."""
    assert outline(expected) == outline(homeroom(tmp_path, markdown).chapters[0].html)


def test_title_is_not_repeated(tmp_path: Path) -> None:
    """A chapter's own title is taken from its first heading, which the page shows by itself."""
    workshop = native(tmp_path, "# First *steps*\n\n## Part\n\ntext")

    assert workshop.chapters[0].title == "First steps"
    assert "First" not in workshop.chapters[0].html
    assert '<h2 id="user-content-part">Part</h2>' in workshop.chapters[0].html


def test_title_from_file_name(tmp_path: Path) -> None:
    """A chapter that names itself nowhere is called like its file."""
    workshop = native(tmp_path, "text", files={"chapters/02-more-to_do.md": "text"})

    assert [chapter.title for chapter in workshop.chapters] == ["Page", "More to do"]


LINKS = {
    "other-chapter": ("02-other.md", "/user/ada/chapters/other"),
    "without-ending": ("02-other", "/user/ada/chapters/other"),
    "without-number": ("other", "/user/ada/chapters/other"),
    "heading-there": ("02-other.md#A-part", "/user/ada/chapters/other#user-content-a-part"),
    "heading-here": ("#part-one", "#user-content-part-one"),
    "roundabout": ("../chapters/./02-other.md", "/user/ada/chapters/other"),
    "picture": ("a%20b.png", "/user/ada/assets/chapters/a%20b.png"),
    "own-origin": ("/user/ada/files", "/user/ada/files"),
    "outside": ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
    "no-scheme": ("//example.org", "https://example.org"),
    "mail": ("mailto:a@example.org", "mailto:a@example.org"),
}
OTHER = {"chapters/02-other.md": "## A part", "chapters/a b.png": b"png"}


@pytest.mark.parametrize(("written", "leads"), LINKS.values(), ids=LINKS.keys())
def test_links(tmp_path: Path, written: str, leads: str) -> None:
    """A link leads to a chapter, a heading, a picture or the web, below the dashboard's prefix."""
    link = dom(native(tmp_path, f"[x]({written})", files=OTHER)).find("a")

    assert link["href"] == leads
    assert ("data-chapter" in link.attrs) == leads.startswith("/user/ada/chapters/")


def test_homeroom_links(tmp_path: Path) -> None:
    """Homeroom's own addresses of pages lead to chapters."""
    links = "[a](page) [b](/workshop/page) [c](%base_url%/workshop/page.html) [d](page.md#x)"
    found = dom(homeroom(tmp_path, links)).find_all("a")

    assert [link["href"] for link in found] == [
        *["/user/ada/chapters/page"] * 3,
        "/user/ada/chapters/page#user-content-x",
    ]


def test_pictures(tmp_path: Path) -> None:
    """A picture beside its chapter is served from the assets, whichever way it is written."""
    text = '![One](a%20b.png "T")\n\n<img src="../chapters/a b.png" alt="Two" width="20">'
    one, two = dom(native(tmp_path, text, files=OTHER)).find_all("img")

    assert one.attrs == {"src": "/user/ada/assets/chapters/a%20b.png", "alt": "One", "title": "T"}
    assert two.attrs == {"src": "/user/ada/assets/chapters/a%20b.png", "alt": "Two", "width": "20"}


def test_remote_pictures(tmp_path: Path) -> None:
    """Pictures come from hosts that the workshop names; others become links (security row 65)."""
    text = (
        "![Yes](https://img.example/a.png) ![No](https://evil.example/b.png)"
        " ![Plain](http://img.example/c.png)\n\n[![Badge](//evil.example/d.png)](https://ci.example)"
    )
    workshop = native(tmp_path, text, "images: [IMG.example]\n")
    page = dom(workshop)

    assert [image["src"] for image in page.find_all("img")] == ["https://img.example/a.png"]
    assert [(link["href"], link.text) for link in page.find_all("a")] == [
        ("https://evil.example/b.png", "No"),
        ("http://img.example/c.png", "Plain"),
        ("https://ci.example", "Badge"),
    ]
    assert workshop.image_hosts == ("img.example",)
    assert len(warnings(workshop)) == 3
    assert warnings(workshop)[2] == (
        "chapters/01-page.md:3: warning: the picture “//evil.example/d.png” is shown as a link: "
        "its host is not in `images`"
    )


TAKEN = """# T

<script>
one()
</script>

Words <span onclick="x()" style="color: red">and</span> <form
action="/x"><b>more</b></form>, `<video>`, \\<audio>, <https://example.org/> and a < b > c.

<!-- <canvas> -->

```html
<object></object>
```

<iframe src="https://example.org/film"></iframe>

<script>two()</script>
"""


def test_html_that_is_taken_out_is_told(tmp_path):
    """Each element and attribute that a page may not hold is told once, with its line."""
    told = "is taken out: a page of notes may not hold it"

    assert warnings(native(tmp_path, TAKEN)) == [
        f"chapters/01-page.md:3: warning: `<script>` {told}",
        f"chapters/01-page.md:7: warning: `<form>` {told}",
        f"chapters/01-page.md:7: warning: `onclick=` {told}",
        f"chapters/01-page.md:7: warning: `style=` {told}",
        f"chapters/01-page.md:16: warning: `<iframe>` {told}",
    ]
