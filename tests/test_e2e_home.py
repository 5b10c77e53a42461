"""A full disk and a read-only home: the dashboard still starts and says so (5.4 row 7)."""

import os
import shutil
import subprocess

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import launch
from tests.product import PASSWORD, ROOT, running_product

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
    [
        pytest.param("full", "home folder is full", id="full"),
        pytest.param("ro", "home folder is read-only", id="read-only"),
    ],
    indirect=["home"],
)
def test_session_starts_and_says_so(home, words):
    """Notes and terminal work, and the page says what is wrong with the home folder."""
    with sync_playwright() as playwright:
        page = launch(playwright).new_page()
        page.goto(home.url)
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(home.home("ada") + "**")
        expect(page.locator("#banners")).to_contain_text(words)
        page.frame_locator("iframe").locator(".screen textarea").first.focus()
        page.keyboard.type("echo works-$((40+2))")
        page.keyboard.press("Enter")

        frame = page.frames[1]
        frame.wait_for_function(TYPED, arg="works-42")


def test_what_is_wrong_with_the_project_is_said(tmp_path):
    """A mistake in session.yaml keeps nobody from the workshop, and stands on the page."""
    folder = tmp_path / "workshop"
    shutil.copytree(ROOT / "content" / "guide", folder)
    (folder / "session.yaml").write_text("apiVersion: v1\nkind: [\n")
    with running_product(WORKSHOP=str(folder)) as product, sync_playwright() as playwright:
        page = launch(playwright).new_page()
        page.goto(product.url)
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(product.home("ada") + "**")
        expect(page.locator("#banners")).to_contain_text("could not be prepared", timeout=15_000)
        expect(page.locator("#banners")).to_contain_text("session.yaml:3: not valid YAML")


TYPED = """(text) => {
  const buffer = document.querySelector(".screen").terminal.buffer.active;
  for (let y = 0; y < buffer.length; y++)
    if (buffer.getLine(y).translateToString(true).includes(text)) return true;
}"""
