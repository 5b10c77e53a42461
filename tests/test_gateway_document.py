"""Where a script is put into a page, in whatever blocks the page comes."""

import pytest
from tornado.httputil import HTTPHeaders

from dashboard.gateway.relay.document import Insertion, headers_of_longer, is_document

TAG = '<script src="/x.js" data-home="http://a"></script>'


def inserted(page: bytes, size: int) -> bytes:
    """What becomes of a page that comes in blocks of a size."""
    insertion = Insertion("/x.js", home="http://a")
    blocks = [page[at : at + size] for at in range(0, len(page), size)]
    return b"".join(map(insertion.take, blocks)) + insertion.rest()


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<!doctype html><html><head>|<title>x", id="usual"),
        pytest.param("<!DOCTYPE html>\n<HTML lang='a>b'>\n<HEAD x=1>|<base>", id="capitals"),
        pytest.param("<!doctype html>|<title>x", id="no-head"),
        pytest.param("|<h1>Hello", id="one-line"),
        pytest.param("|Hello", id="text"),
        pytest.param("\ufeff<!doctype html>|<p>", id="mark-of-order"),
        pytest.param(
            '<?xml version="1.0"?><!-- a > b --><!--><!doctype html>\n<!-- c -->|<body>', id="much"
        ),
        pytest.param("<!doctype html>\n<?a b?><!c>|<p>", id="said-after-the-doctype"),
        pytest.param("<?a?><!doctype html> <!>|<html-x>", id="said-around-the-doctype"),
        pytest.param('<html data-x="a>b"><!-- d -->\n<head>|', id="ends-with-it"),
        pytest.param("<!doctype html>|<header>", id="header"),
        pytest.param("<!doctype html><html>|</html>", id="empty"),
        pytest.param("<!doctype html>|<!-- " + "x" * 5000, id="long-comment"),
        pytest.param("|abc", id="nothing-much"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_page_loses_nothing(page: str, size: int) -> None:
    """The script stands where no doctype, html or head is behind it, and every other byte stays in
    its place."""
    expected = page.replace("|", TAG)
    assert inserted(page.replace("|", "").encode(), size).decode() == expected


def test_a_doctype_that_comes_late() -> None:
    """A page is not held until it is known whether it has one: it stays as it is."""
    page = ("<!-- " + "x" * 5000 + "--><!doctype html><p>").encode()
    assert inserted(page, 100) == page
    assert inserted(page, len(page)) == page.replace(b"<p>", TAG.encode() + b"<p>")


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-32"])
def test_wide_letters(coding: str) -> None:
    """A page whose letters are wider than ours stays as it is."""
    page = "<!doctype html><h1>Hello".encode(coding)
    assert inserted(page, 5) == page


def test_nothing_is_held_once_it_is_known() -> None:
    """What comes of a page goes on at once, in the block in which its first element is."""
    insertion = Insertion("/x.js", home="http://a")
    assert insertion.take(b"<!doctype html>") == b""
    assert insertion.take(b"<p>one") == f"<!doctype html>{TAG}<p>one".encode()
    assert insertion.take(b"<p>two") == b"<p>two"


@pytest.mark.parametrize(
    ("status", "headers", "is_one"),
    [
        (200, {"Content-Type": "text/html"}, True),
        (500, {"Content-Type": "Text/HTML; charset=utf-8"}, True),
        (200, {"Content-Type": "text/html", "Content-Encoding": "identity"}, True),
        (206, {"Content-Type": "text/html"}, False),
        (304, {"Content-Type": "text/html"}, False),
        (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, False),
        (200, {"Content-Type": "text/html; charset=UTF-16"}, False),
        (200, {"Content-Type": "text/html", "Content-Disposition": "attachment"}, False),
        (200, {"Content-Type": "text/html", "Content-Disposition": "inline"}, True),
        (200, {"Content-Type": "application/json"}, False),
        (200, {}, False),
    ],
)
def test_what_is_a_document(status: int, headers: dict[str, str], is_one: bool) -> None:
    """A whole page of plain bytes to look at, and nothing else."""
    assert is_document(status, HTTPHeaders(headers)) is is_one


@pytest.mark.parametrize(("tag", "weak"), [('"a"', 'W/"a"'), ('W/"a"', 'W/"a"')])
def test_headers_of_a_longer_page(tag: str, weak: str) -> None:
    """No length and no ranges; its tag says that other bytes may have it too; the answer's own
    headers, by which its body is read, stay."""
    given = HTTPHeaders({"Content-Length": "5", "ETag": tag, "Accept-Ranges": "bytes", "Vary": "x"})
    changed = headers_of_longer(given)

    assert dict(changed.get_all()) == {"Etag": weak, "Vary": "Sec-Fetch-Dest"}
    assert changed.get_list("Vary") == ["x", "Sec-Fetch-Dest"]
    assert given["Content-Length"] == "5"
