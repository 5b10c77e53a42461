"""Pictures of a workshop: only pictures, only from its folder, and they run nothing."""

import pytest

from dashboard.pages import create_app
from tests.pages_fixtures import PICTURE, PREFIX, pages_config, write_workshop


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = write_workshop(tmp_path_factory.mktemp("assets") / "notes")
    beside = folder.parent / "notes-private"
    beside.mkdir()
    (beside / "x.png").write_bytes(b"private")
    (folder / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    (folder / "root").symlink_to("/")
    (folder / "beside").symlink_to(beside)
    (folder / "passwd.png").symlink_to("/etc/passwd")
    (folder / "source.png").symlink_to(folder / "workshop.yaml")
    (folder / "own.png").symlink_to(folder / "chapters" / "dot.png")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.png").write_bytes(PICTURE)
    return folder


@pytest.fixture(scope="module")
def client(folder):
    return create_app(pages_config(folder)).test_client()


def test_a_picture_of_a_chapter_is_served(client):
    """The address in the chapter's HTML leads to the picture, which is revalidated on use."""
    html = client.get(f"{PREFIX}notes/start").text
    url = html.split(f'src="{PREFIX}assets/')[1].split('"')[0]

    with client.get(f"{PREFIX}assets/{url}") as answer:
        assert answer.data == PICTURE
        assert answer.mimetype == "image/png"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        etag = answer.headers["ETag"]
    with client.get(f"{PREFIX}assets/{url}", headers={"If-None-Match": etag}) as again:
        assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "../../../../etc/passwd",
        "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5cetc%5cpasswd",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "passwd.png%00.png",
        "passwd.png",
        "root/etc/passwd",
        "../notes-private/x.png",
        "beside/x.png",
        ".git/x.png",
        "workshop.yaml",
        "source.png",
        "chapters/01-start.md",
        "chapters",
        "",
    ],
)
def test_nothing_else_is_served(client, path):
    """No way leads out of the folder or to its sources (security rows 62, 63)."""
    with client.get(f"{PREFIX}assets/{path}") as answer:
        assert answer.status_code in {308, 404}
        assert b"root:" not in answer.data
        assert b"private" not in answer.data
        assert b"title:" not in answer.data


def test_a_drawing_runs_nothing(client):
    """An SVG opened by itself is sandboxed and keeps its type (security row 67)."""
    with client.get(f"{PREFIX}assets/drawing.svg") as answer:
        assert answer.mimetype == "image/svg+xml"
        assert "sandbox" in answer.headers["Content-Security-Policy"].split("; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_link_within_the_folder_is_followed(client):
    """A symbolic link to another picture of the workshop works."""
    with client.get(f"{PREFIX}assets/own.png") as answer:
        assert answer.data == PICTURE
