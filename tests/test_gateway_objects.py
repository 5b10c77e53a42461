"""What a workshop wants in a project, from the gateway through a real terminal to the page."""

import json

import pytest

from dashboard.gateway import objects
from dashboard.gateway.relay.target import Target
from tests.terminal_fixtures import serving

HELLO = {
    "place": "session.yaml:2",
    "object": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "hello"}},
}

pytestmark = pytest.mark.slow


def told(server):
    return json.loads(server.request("/health")[2])["objects"]


async def test_mistakes_reach_the_page():
    """What is wrong with the file is what the page is told, though nothing is to be made."""
    async with serving() as server:
        assert told(server) == []
        await objects.make(Target(path=server.socket), (), ("session.yaml:3: no",), "class-ada")
        assert told(server) == ["session.yaml:3: no"]


async def test_without_a_project_nothing_is_made():
    """No cluster is asked, and the page says why."""
    async with serving() as server:
        await objects.make(Target(path=server.socket), (HELLO,), (), "")
        assert told(server) == [objects.NO_PROJECT]


async def test_what_cannot_be_made_is_told_and_logged(monkeypatch, caplog, tmp_path):
    """Tried again in vain, each line that kubectl says is kept for the page and for the log."""
    monkeypatch.setattr(objects, "PAUSES", (0.0, 0.0))
    config = tmp_path / "kubeconfig"
    config.write_text('{"apiVersion": "v1", "kind": "Config", "clusters": 5}')
    async with serving("--kubeconfig", str(config)) as server:
        await objects.make(Target(path=server.socket), (HELLO,), (), "class-ada")
        assert told(server)
        for line in told(server):
            assert any(words.endswith(f": {line}") for words in caplog.messages)


async def test_a_terminal_that_is_not_there_is_logged(monkeypatch, caplog, tmp_path):
    """Nobody is left to tell it to a page, so the log has it."""
    monkeypatch.setattr(objects, "PAUSES", (0.0,))
    await objects.make(Target(path=tmp_path / "none"), (HELLO,), (), "class-ada")
    assert "the terminal does not answer" in caplog.text


async def test_the_terminal_takes_nothing_else():
    """A body of another form is refused; the address takes no GET."""
    async with serving() as server:
        assert server.request("/objects", "POST")[0] == 400
        assert server.request("/objects")[0] == 405
