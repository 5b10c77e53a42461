"""Private notes from a git server inside the cluster, and a further container of the operator's."""

import json

import pytest

from tests.attendee import NAVIGATION, Attendee
from tests.cluster import MARKS, Cluster, image, installed, served
from tests.test_cluster_failures import listed, told_why
from tests.waiting import until

pytestmark = MARKS

TITLE = "Notes that are not for everybody"
LOGIN = ("reader", "git-secret-word")
#: A repository, and git's own server program for it behind a login.
SERVER = f"""
import base64, http.server, os, subprocess

subprocess.run(["sh", "-euc", '''
    mkdir -p /tmp/notes/chapters && cd /tmp/notes
    echo "title: {TITLE}" > workshop.yaml && echo "# Hello" > chapters/01-hello.md
    git init -q -b main && git add . && git config http.uploadpack true
    git -c user.name=a -c user.email=a@example.com commit -qm notes
'''], check=True)
os.environ |= {{"GIT_PROJECT_ROOT": "/tmp", "GIT_HTTP_EXPORT_ALL": "1"}}
WANTED = "Basic " + base64.b64encode(b"{LOGIN[0]}:{LOGIN[1]}").decode()


class Handler(http.server.CGIHTTPRequestHandler):
    have_fork = True

    def is_cgi(self):
        self.cgi_info = "/usr/lib/git-core", "git-http-backend" + self.path
        return True

    def run_cgi(self):
        if self.headers.get("Authorization") != WANTED:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.translate_path = lambda path: path
        super().run_cgi()


http.server.ThreadingHTTPServer(("", 8080), Handler).serve_forever()
"""
#: As OpenShift gives one to every namespace; no image knows it.
ANY_USER = 1000680000
SIDECAR = {
    "name": "beside",
    "image": image("terminal"),
    "command": ["python3", "-m", "http.server", "9999", "-d", "/data"],
    "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    "resources": {"limits": {"cpu": "100m", "memory": "64Mi", "ephemeral-storage": "16Mi"}},
}


GIT = {
    "name": "git",
    "image": image("terminal"),
    "command": ["python3", "-c", SERVER],
    "readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1},
}


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    """A class with private notes, and a container beside ours; the Secret is not there yet."""
    cluster = Cluster.of_environment()
    with served(cluster, "git", 8080, {"containers": [GIT]}) as server:
        ready = ("--for=condition=Ready", "--timeout=60s")
        cluster.kubectl("wait", "-n", server, "pod/git", *ready)
        there = {"matchLabels": {"kubernetes.io/metadata.name": server}}
        egress = [{"to": [{"namespaceSelector": there}], "ports": [{"port": 8080}]}]
        values = {
            "workshop": {"git": f"http://git.{server}:8080/notes#main", "gitSecret": "login"},
            "network": {"extraEgress": egress},
            "sessions": {
                "user": ANY_USER,
                "extraContainers": [SIDECAR],
                "extraVolumes": [{"name": "data", "emptyDir": {"sizeLimit": "1Mi"}}],
            },
        }
        with installed(cluster, tmp_path_factory.mktemp("private"), **values) as release:
            yield release


def give(release, password):
    """Make the Secret of the notes' login, or make it like this."""
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "login", "namespace": release.sessions},
        "stringData": {"username": LOGIN[0], "password": password},
    }
    release.cluster.kubectl("apply", "-f", "-", given=json.dumps(secret))


async def test_notes_that_are_private(private):
    """Without the Secret, and with a wrong one, attendee and instructor are told; then it works."""
    async with Attendee(private, "ada") as ada:
        assert (await ada.log_in()).status == 302
        await told_why(ada, "the Secret with its username and password is missing")
        give(private, "wrong-word")
        await told_why(ada, "Authentication failed")
        page = await listed(private)
        assert '<th scope="row">ada</th>' in page
        assert "The workshop's notes cannot be had: http://git." in page
        give(private, LOGIN[1])
        async with ada.http.get(f"{private.url}/hub/spawn/ada", headers=NAVIGATION):
            pass
        assert TITLE in await ada.arrive(limit=120)
        assert LOGIN[1] not in await ada.said("env; cat ~/.git* /proc/*/environ; ls -aR /workshop")
    assert LOGIN[1] not in private.hub_log()


async def test_a_container_beside_ours(private):
    """It is reached from the terminal, restricted as ours, and sees neither shells nor tokens."""
    give(private, LOGIN[1])
    async with Attendee(private, "ben") as ben:
        await ben.sit_down(limit=120)
        assert "ended 0 and over" in await ben.said("curl -sf localhost:9999")
        mine = await ben.said("id -u; id -g; touch ~/written && echo $HOME $(whoami)")
        assert f"{ANY_USER}" in mine  # row 127
        assert "ended 0 and over" in mine
    (made,) = [
        one for one in private.pod("ben")["spec"]["containers"] if one["name"] == SIDECAR["name"]
    ]
    assert made["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    seen = private.run(
        "ben",
        "beside",
        "sh",
        "-c",
        "env; ls -a /run /run/secrets; touch /x; echo seen",
        check=False,
    )
    assert "JUPYTERHUB" not in seen
    assert "workshop" not in seen.replace("/opt/workshop", "").replace("/home/workshop", "")
    assert "kubernetes.io" not in seen

    def alone():
        said = private.run("ben", "beside", "sh", "-c", "ls -d /proc/[0-9]*", check=False)
        return len(said.split())

    assert until(alone, what="processes of its own") <= 3
