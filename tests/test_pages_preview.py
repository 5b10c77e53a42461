"""An author's preview: what was just written is what a reload shows."""

import pytest

from dashboard.pages import create_app
from tests.pages_fixtures import PREFIX, pages_config, write_workshop


@pytest.fixture
def workshop(tmp_path):
    return write_workshop(tmp_path / "workshop")


def client(workshop, hub_url):
    return create_app(pages_config(workshop, hub_url=hub_url)).test_client()


@pytest.mark.parametrize("path", ["", "chapters/middle", "notes/middle", "finish"])
def test_a_reload_shows_what_was_written(workshop, path):
    """Without a hub a chapter that was changed, broken or mended shows on the next page."""
    author = client(workshop, "")
    chapter = workshop / "chapters" / "02-middle.md"
    text = chapter.read_text()

    chapter.write_text(text.replace("The middle", "Half way"))
    changed = author.get(PREFIX)
    chapter.write_text(f"{text}\n![x](none.png)\n")
    broken = author.get(PREFIX + path)
    chapter.write_text(text)
    mended = author.get(PREFIX + path)

    assert "Half way" in changed.text
    assert (broken.status_code, mended.status_code) == (500, 200)
    assert "chapters/02-middle.md:" in broken.text
    assert "none.png" in broken.text


def test_attendees_keep_what_they_read(workshop):
    """At a hub the workshop stays as it was when the session began."""
    attendee = client(workshop, "http://127.0.0.1:8000/hub/")
    (workshop / "chapters" / "02-middle.md").write_text("# Half way\n")

    assert "Half way" not in attendee.get(PREFIX).text
