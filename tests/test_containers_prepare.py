"""What an operator is told of an engine that a class cannot be held on."""

import contextlib
import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler

import pytest

from hub.checks import StartError
from hub.containers.prepare import prepare
from hub.settings import HubSettings

#: What a rootless engine says of itself; it is asked nothing else.
ANSWERS = {
    "/version": {"ApiVersion": "1.41"},
    "/v1.41/info": {"SecurityOptions": ["name=seccomp,profile=default", "name=rootless"]},
}


class Rootless(BaseHTTPRequestHandler):
    """The interface of a rootless engine, which needs a user's session that tests may not have."""

    def do_GET(self):
        found = json.dumps(ANSWERS.get(self.path, {"message": "page not found"})).encode()
        self.send_response(200 if self.path in ANSWERS else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(found)))
        self.end_headers()
        self.wfile.write(found)

    def address_string(self):
        return "a unix socket"

    def log_message(self, *args):
        """Nothing: a test's output is its own."""


@pytest.fixture
def rootless(tmp_path):
    address = str(tmp_path / "engine.sock")
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socketserver.ThreadingUnixStreamServer(address, Rootless))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stack.callback(server.shutdown)
        yield f"unix://{address}"


def settings(**environ):
    return HubSettings.from_environ({"SESSIONS": "containers", **environ})


def test_a_rootless_engine_needs_the_hub_in_a_container(rootless):
    """Its containers have no address that a hub on the machine reaches."""
    with pytest.raises(StartError, match=r"is rootless, so .* deploy/compose\.yaml"):
        prepare(settings(DOCKER_HOST=rootless), "workshop-1")


def test_no_engine_is_named(tmp_path):
    """The setting, its value, and what to do."""
    with pytest.raises(StartError, match=r"DOCKER_HOST is 'unix:///.*', where no engine answers"):
        prepare(settings(DOCKER_HOST=f"unix://{tmp_path}/none.sock"), "workshop-1")
