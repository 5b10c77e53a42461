"""Scripts and style sheets: by the hash of their contents, compressed, and no others."""

import gzip
import re
import subprocess
import sys

import pytest

from dashboard.pages import create_app
from dashboard.pages.bundle import Bundle
from tests.pages_fixtures import PREFIX, ROOT, pages_config, write_workshop


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    workshop = write_workshop(tmp_path_factory.mktemp("files") / "workshop")
    return create_app(pages_config(workshop)).test_client()


def addresses(client, page):
    """What a page links to of ours."""
    return re.findall(r'"(/user/ada/(?:static|vendor)/[^"]+)"', client.get(PREFIX + page).text)


@pytest.mark.parametrize("page", ["", "terminals/1"])
def test_everything_a_page_links_to_is_there_for_ever(client, page):
    """Files have the right type, are compressed, and never need to be asked for again."""
    found = addresses(client, page)

    assert len(found) > 5
    for address in found:
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.mimetype == ("text/css" if address.endswith(".css") else "text/javascript")
        assert gzip.decompress(answer.data) == client.get(address).data


def test_modules_find_each_other_by_relative_imports(client):
    """Each import of each script leads to a file under the same hash."""
    bundle: Bundle = client.application.extensions["bundles"]["static"]
    scripts = [name for name in bundle._files if name.endswith(".js")]

    assert "js/main.js" in scripts
    for name in scripts:
        folder = name.rpartition("/")[0]
        for target in re.findall(r'(?:from|import\()\s*"(\.[^"]+)"', bundle.body(name).decode()):
            path = (ROOT / folder / target).resolve().relative_to(ROOT).as_posix()
            assert path in bundle, f"{name} imports {target}"


def test_a_change_changes_every_address(tmp_path):
    """The hash covers all files, so that no old and new one ever meet."""
    (tmp_path / "a.js").write_text("1")
    before = Bundle.of_tree(tmp_path, joined="css/page").hash
    (tmp_path / "a.js").write_text("2")

    assert Bundle.of_tree(tmp_path, joined="css/page").hash != before


@pytest.mark.parametrize(
    "name",
    [
        "@xterm/xterm/package.json",
        "@xterm/xterm/lib/xterm.mjs.map",
        "@xterm/../axe-core/axe.min.js",
        "axe-core/axe.min.js",
        "configurable-http-proxy/index.js",
        "@xterm/xterm/lib/",
    ],
)
def test_only_named_files_of_packages_are_served(client, name):
    """node_modules is not a folder of the web: an allowlist names what is."""
    tree = client.application.extensions["bundles"]["vendor"].hash

    assert client.get(f"{PREFIX}vendor/{tree}/{name}").status_code == 404


@pytest.mark.parametrize(
    "path", ["static/0123456789abcdef/css/tokens.css", "static/css/tokens.css"]
)
def test_a_wrong_hash_is_nothing(client, path):
    """An old address answers 404 instead of a file that does not fit the page."""
    assert client.get(PREFIX + path).status_code == 404


def test_pages_are_cheap_to_start(tmp_path):
    """Importing the pages and making them costs little next to an empty Python."""
    write_workshop(tmp_path / "workshop")
    code = (
        "import time; begin = time.process_time()\n"
        "from pathlib import Path\n"
        "from dashboard.pages import PagesConfig, create_app\n"
        f"create_app(PagesConfig(Path({str(tmp_path / 'workshop')!r}), '/', 'ada', 'xterm', '', '',"
        f" Path({str(ROOT / 'node_modules')!r}), {{}}))\n"
        "import sys\n"
        "assert not {'aiohttp', 'jupyterhub', 'requests', 'cryptography'} & set(sys.modules)\n"
        "print(time.process_time() - begin)"
    )
    seconds = min(
        float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT)) for _ in range(3)
    )

    assert seconds < 0.5
