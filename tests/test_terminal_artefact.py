"""Notes from a registry: a real one, with images, artefacts, logins and mistakes."""

import base64
import contextlib
import hashlib
import http.server
import io
import json
import shutil
import ssl
import subprocess
import sys
import tarfile
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest

from tests.ports import free_port
from tests.product import ROOT
from tests.router import Certificate
from tests.waiting import until

PROGRAM = shutil.which("docker-registry") or shutil.which("registry")
EMPTY = "application/vnd.oci.empty.v1+json"
TITLE = "org.opencontainers.image.title"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LOGIN = ("reader", "registry-word")
BASIC = f"Basic {base64.b64encode(':'.join(LOGIN).encode()).decode()}"
#: Of that password, as `htpasswd -B` writes it.
HTPASSWD = "reader:$2b$05$Q0E4tfUvmFsrHvKzW3UZCe/8psoGk4o90RayCCuXdwalk5cWvkc0C"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="there is no docker-registry: Debian has one"),
]


class Registry:
    """A running registry, and what a pusher does."""

    def __init__(self, port):
        self.host = f"127.0.0.1:{port}"
        self.headers = {}

    def call(self, method, path, data=None, **headers):
        """One request; the answer's headers."""
        url = path if path.startswith("http") else f"http://{self.host}/v2/{path}"
        request = urllib.request.Request(url, data, self.headers | headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.headers

    def blob(self, data):
        """Push a blob; its descriptor."""
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        place = self.call("POST", "notes/blobs/uploads/", b"")["Location"]
        sign = "&" if "?" in place else "?"
        kind = {"Content-Type": "application/octet-stream"}
        self.call("PUT", f"{place}{sign}digest={digest}", data, **kind)
        return {"mediaType": "application/octet-stream", "digest": digest, "size": len(data)}

    def push(self, tag, *layers):
        """Push a manifest of these layers, each with a title or none."""
        made = [
            self.blob(data) | ({"annotations": {TITLE: title}} if title else {})
            for title, data in layers
        ]
        config = self.blob(b"{}") | {"mediaType": EMPTY}
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": made}
        text = json.dumps(manifest).encode()
        self.call("PUT", f"notes/manifests/{tag}", text, **{"Content-Type": MANIFEST})
        return hashlib.sha256(text).hexdigest()


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """Without a login."""
    with running(tmp_path_factory.mktemp("registry"), free_port()) as found:
        yield found


@contextlib.contextmanager
def running(folder, port, auth=""):
    (folder / "config.yml").write_text(
        f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}}}}}"
        f"\nhttp: {{addr: '127.0.0.1:{port}'}}\n{auth}"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [PROGRAM, "serve", folder / "config.yml"], stdout=log, stderr=log
        )
    found = Registry(port)

    def answers():
        try:
            found.call("GET", "")
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    try:
        until(answers, what="the registry", limit=30, every=0.1)
        yield found
    finally:
        process.terminate()
        process.wait(20)


def tar(**files):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return made.getvalue()


def fetch(reference, folder, *login):
    """What the program says, and what it brought."""
    done = subprocess.run(
        [sys.executable, ROOT / "terminal-image" / "fetch_artefact.py", reference, folder, *login],
        capture_output=True,
        text=True,
        check=False,
    )
    files = {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return done.returncode, done.stderr, files


def test_files_with_names_and_layers_of_files(registry, tmp_path):
    """Titles name files, tars are unpacked in their order; nothing lies outside, nothing links."""
    first = {"workshop.yaml": "title: One", "chapters/01.md": "# One", "../out": "no"}
    second = {"./chapters/01.md": "# Two", "/chapters/02.md": "# Three"}
    digest = registry.push("1.0", ("", tar(**first)), ("", tar(**second)), ("extra.md", b"plain"))
    wanted = {
        "workshop.yaml": "title: One",
        "chapters/01.md": "# Two",
        "chapters/02.md": "# Three",
        "extra.md": "plain",
    }

    for number, end in enumerate((":1.0", f"@sha256:{digest}", f":1.0@sha256:{digest}")):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert fetch(f"http://{registry.host}/notes{end}", folder) == (0, "", wanted)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("end", "words"),
    [
        pytest.param("/notes:none", "HTTP Error 404: Not Found", id="tag"),
        pytest.param("/other:1", "HTTP Error 404: Not Found", id="name"),
        pytest.param("/NOTES", "expected HOST/NAME:TAG", id="reference"),
        pytest.param("/notes:empty", "there are no files in it", id="empty"),
        pytest.param("/notes:odd", "a layer is neither a tar nor a file with a name", id="layer"),
    ],
)
def test_what_cannot_be_had(registry, tmp_path, end, words):
    """One line names what was asked for and why it is not there."""
    registry.push("empty")
    registry.push("odd", ("", b"something"))
    reference = f"http://{registry.host}{end}"

    assert fetch(reference, tmp_path) == (1, f"{reference}: {words}\n", {})


def test_a_registry_that_is_not_there(tmp_path):
    """A registry that does not answer is told too."""
    status, said, _ = fetch(f"http://127.0.0.1:{free_port()}/notes:1", tmp_path)

    assert (status, said.count("\n")) == (1, 1)
    assert "Connection refused" in said


@pytest.fixture
def login(tmp_path):
    """A Secret with a login, as it is mounted."""
    folder = tmp_path / "login"
    folder.mkdir()
    for name, word in zip(("username", "password"), LOGIN, strict=True):
        (folder / name).write_text(f"{word}\n")
    return folder


def test_a_registry_with_a_password(tmp_path, login):
    """The Secret's login opens it; none, a wrong one and a missing Secret are told apart."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "htpasswd").write_text(HTPASSWD)
    auth = f"auth: {{htpasswd: {{realm: notes, path: {tmp_path}/files/htpasswd}}}}"
    with running(tmp_path / "files", free_port(), auth) as private:
        private.headers = {"Authorization": BASIC}
        private.push("1", ("one.md", b"# One"))
        reference = f"http://{private.host}/notes:1"
        (tmp_path / "notes").mkdir()
        (tmp_path / "none").mkdir()

        _, without, _ = fetch(reference, tmp_path / "notes", tmp_path / "nowhere")
        _, missing, _ = fetch(reference, tmp_path / "notes", tmp_path / "none")
        done = fetch(reference, tmp_path / "notes", login)
        (login / "password").write_text("wrong")
        _, wrong, _ = fetch(reference, tmp_path / "notes", login)

    assert "asks for a login, or does not take this one" in without
    assert "asks for a login, or does not take this one" in wrong
    assert "the Secret with its username and password is missing" in missing
    assert done == (0, "", {"one.md": "# One"})


class Tokens(http.server.BaseHTTPRequestHandler):
    """The token service of a registry, as Docker Hub and others have one."""

    def do_GET(self):
        """A token for what is asked; for more than to read only with the login."""
        asked = dict(parse_qsl(urlsplit(self.path).query))
        kind, name, actions = asked["scope"].split(":")
        known = self.headers.get("Authorization") == BASIC
        allowed = [one for one in actions.split(",") if known or one == "pull"]
        now = int(time.time())
        claims = {
            **{"iss": "tokens", "aud": asked["service"], "sub": "", "jti": "1"},
            **{"iat": now, "nbf": now - 60, "exp": now + 300},
            "access": [{"type": kind, "name": name, "actions": allowed}],
        }
        chain = {"x5c": [base64.b64encode(self.server.certificate).decode()]}
        token = jwt.encode(claims, self.server.key, algorithm="ES256", headers=chain)
        body = json.dumps({"token": token}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def tokens(tmp_path):
    """A running token service, and the file of who signs."""
    pair = Certificate.made(tmp_path, "tokens")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tokens) as server:
        server.key = pair.key.read_bytes()
        server.certificate = ssl.PEM_cert_to_DER_cert(pair.certificate.read_text())
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/token", pair.certificate
        server.shutdown()
        thread.join()


def test_a_registry_with_tokens(tmp_path, tokens):
    """Whoever asks its token service may read what is public, as at the large registries."""
    realm, signer = tokens
    (tmp_path / "files").mkdir()
    auth = (
        f"auth: {{token: {{realm: '{realm}', service: notes, issuer: tokens,"
        f" rootcertbundle: {signer}}}}}"
    )
    with running(tmp_path / "files", free_port(), auth) as public:
        public.headers = pusher(realm)
        public.push("1", ("one.md", b"# One"))
        (tmp_path / "notes").mkdir()

        done = fetch(f"http://{public.host}/notes:1", tmp_path / "notes")

    assert done == (0, "", {"one.md": "# One"})


def pusher(realm):
    """The header of somebody who may write."""
    request = urllib.request.Request(f"{realm}?service=notes&scope=repository:notes:pull,push")
    request.add_header("Authorization", BASIC)
    with urllib.request.urlopen(request) as answer:
        return {"Authorization": f"Bearer {json.load(answer)['token']}"}
