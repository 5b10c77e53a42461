"""What keeps a class in containers from starting; where its notes and its sidecars come from."""

import json
import subprocess
from ipaddress import IPv4Network

import docker
import pytest

from tests.attendee import Attendee
from tests.cluster import image
from tests.engine import MARKS, engine_address, running_class, settings
from tests.hub_fixtures import start
from tests.ports import free_port
from tests.test_cluster_failures import told_why
from tests.waiting import until

pytestmark = MARKS
CHAPTER = "# From elsewhere\n\nThese notes were brought.\n"


@pytest.fixture(scope="module")
def client():
    found = docker.APIClient(base_url=engine_address(), version="auto")
    yield found
    found.close()


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """A folder with a workshop, which is a git repository too."""
    folder = tmp_path_factory.mktemp("notes") / "mine"
    (folder / "chapters").mkdir(parents=True)
    (folder / "workshop.yaml").write_text("title: Brought\n")
    (folder / "chapters" / "01-start.md").write_text(CHAPTER)
    git = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@example.com"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True)
    return folder


@pytest.fixture(scope="module")
def site(workshop, client):
    """The repository's address, as containers reach it."""
    (pool,) = client.inspect_network("bridge")["IPAM"]["Config"]
    # Docker names the gateway from its second start on only; it is the first address.
    gateway = pool.get("Gateway") or str(IPv4Network(pool["Subnet"])[1])
    port = free_port()
    serve = ["git", "daemon", "--export-all", f"--base-path={workshop.parent}", f"--port={port}"]
    daemon = subprocess.Popen([*serve, "--reuseaddr"], stderr=subprocess.DEVNULL)
    address = f"git://{gateway}:{port}/mine"
    there = ["git", "ls-remote", address.replace(gateway, "127.0.0.1")]
    until(lambda: subprocess.run(there, capture_output=True).returncode == 0, what="git daemon")
    yield address
    daemon.terminate()
    daemon.wait(10)


@pytest.fixture(scope="module")
def carrier(workshop, client):
    """An image with the workshop in it that serves a page, made of the terminal's."""
    made = client.create_container(image("terminal"), entrypoint=["true"], user="0")["Id"]
    packed = subprocess.run(
        ["tar", "-C", str(workshop.parent), "--transform", "s,^mine,workshop,", "-c", "mine"],
        capture_output=True,
        check=True,
    ).stdout
    client.put_archive(made, "/opt/workshop", packed)
    serve = json.dumps(["python3", "-m", "http.server", "7777", "-d", "/opt/workshop/workshop"])
    found = "workshop.test/carrier:test"
    client.commit(made, "workshop.test/carrier", "test", changes=f"ENTRYPOINT {serve}")
    client.remove_container(made)
    yield found
    client.remove_image(found, force=True)


@pytest.mark.parametrize("source", ["folder", "git", "image"])
async def test_where_notes_come_from(source, request):
    """The notes are the same, from wherever they were brought."""
    place = {
        "folder": lambda: str(request.getfixturevalue("workshop")),
        "git": lambda: request.getfixturevalue("site"),
        "image": lambda: f"image:{request.getfixturevalue('carrier')}",
    }[source]()
    with running_class(WORKSHOP=place) as room:
        async with Attendee(room.product, "ada") as ada:
            assert "These notes were brought." in await ada.sit_down(limit=60)


async def test_a_sidecar_is_reached_on_loopback(carrier):
    """A further container shares the session's network, and its limits."""
    with running_class(SIDECARS=json.dumps({"web": carrier})) as room:
        async with Attendee(room.product, "ada") as ada:
            await ada.sit_down(limit=60)
            assert "title: Brought" in await ada.said("curl -s http://127.0.0.1:7777/workshop.yaml")
        assert room.inspect("ada", "web")["HostConfig"]["Memory"] == 512 << 20


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param(
            {"DOCKER_HOST": "unix:///nowhere/docker.sock"},
            "DOCKER_HOST is 'unix:///nowhere/docker.sock', where no engine answers",
            id="no-engine",
        ),
        pytest.param(
            {"TERMINAL_IMAGE": "localhost/none:1"},
            "The image localhost/none:1 is not here and cannot be fetched",
            id="no-image",
        ),
        pytest.param(
            {"WORKSHOP": "https://name:hidden@127.0.0.1:9/none.git"},
            "The workshop cannot be had: https://127.0.0.1:9/none.git:",
            id="no-notes",
        ),
        pytest.param({"WORKSHOP": "/nowhere"}, "There is no workshop folder /nowhere", id="folder"),
    ],
)
def test_an_operator_is_told_in_one_line(tmp_path, more, words):
    """Nothing starts, and the line names what is wrong and the way out; no login is in it."""
    code, lines = start(**settings(PASSWORD="class-password", STATE=str(tmp_path)) | more)

    assert code == 1
    assert len(lines) == 1
    assert words in lines[0]
    assert "hidden" not in lines[0]


async def test_an_attendee_is_told_of_a_part_that_ends(client):
    """A sidecar whose program ends is named, and nothing but the home is left."""
    with running_class(
        SIDECARS=json.dumps({"db": "docker.io/library/debian:bookworm-slim"})
    ) as room:
        async with Attendee(room.product, "ada") as ada:
            assert (await ada.log_in()).status == 302
            await told_why(ada, "Its part “db” ends again and again")
        until(lambda: len(room.left()) <= 2, what="nothing but home and notes", limit=150)


async def test_an_attendee_is_told_of_a_missing_image(client):
    """An image that was removed since the start is named."""
    client.tag(image("terminal"), "workshop.test/going", "test")
    with running_class(TERMINAL_IMAGE="workshop.test/going:test") as room:
        client.remove_image("workshop.test/going:test")
        async with Attendee(room.product, "ada") as ada:
            assert (await ada.log_in()).status == 302
            await told_why(ada, "An image is missing")
