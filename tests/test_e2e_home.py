"""A full disk and a read-only home: the dashboard still starts and says so (5.4 row 7)."""

import os
import subprocess

import pytest

from tests.attendee import NAVIGATION, Attendee
from tests.product import running_product

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small file system"),
]


@pytest.fixture
def home(request, tmp_path):
    """The home of Ada on a file system of its own: full, or read-only."""
    with running_product() as product:
        folder = product.state / "homes" / "ada"
        folder.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=True)
        try:
            if request.param == "full":
                _fill(folder / "filler")
            else:
                subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
            yield product
        finally:
            product.stop()
            subprocess.run(["umount", "-l", folder], check=True)


def _fill(path):
    with path.open("wb", buffering=0) as sink:
        try:
            while True:
                sink.write(b"\0" * 4096)
        except OSError:
            pass


@pytest.mark.parametrize(
    ("home", "words"),
    [pytest.param("full", "full", id="full"), pytest.param("ro", "read-only", id="read-only")],
    indirect=["home"],
)
async def test_session_starts_and_says_so(home, words):
    """Notes and terminal work, and the page says what is wrong with the home folder."""
    async with Attendee(home, "ada") as ada:
        page = await ada.sit_down()
        terminal = await ada.terminal()
        await terminal.open()
        await terminal.type("echo works-$((40+2))\r")
        await terminal.read_until("works-42")
        async with ada.http.get(home.home("ada"), headers=NAVIGATION) as again:
            page += await again.text()

    assert words in page
