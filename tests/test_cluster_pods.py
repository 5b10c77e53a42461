"""A session's running pod: what it may, what it holds, and that its parts fail singly."""

import functools
import ipaddress
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.attendee import Attendee
from tests.cluster import MARKS, image, served
from tests.counting import Counting
from tests.openshift_cluster import address_here
from tests.recorder import hub
from tests.waiting import until

pytestmark = MARKS

RBAC = "rbac.authorization.k8s.io"
#: Asks once whether a connection comes about.
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 4)"


async def test_the_pod_is_restricted(release, pat):
    """Rows 119–125, on the pod as the cluster runs it."""
    pod = release.pod("pat")
    spec = pod["spec"]

    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["enableServiceLinks"] is False
    assert spec["automountServiceAccountToken"] is False
    assert not {"shareProcessNamespace", "hostNetwork", "hostPID", "hostIPC"} & set(spec)
    assert not any("hostPath" in volume for volume in spec["volumes"])
    assert [container["name"] for container in spec["containers"]] == ["dashboard", "terminal"]
    for container in spec["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
        for kind in ("limits", "requests"):
            assert set(container["resources"][kind]) == {"cpu", "memory", "ephemeral-storage"}
        names = {entry["name"] for entry in container.get("env", [])}
        assert "JPY_API_TOKEN" not in names
        assert ("JUPYTERHUB_API_TOKEN" in names) == (container["name"] == "dashboard")


async def test_pod_security_takes_it_without_a_warning(release, pat):
    """The namespace enforces `restricted`, and would warn too (row 126)."""
    pod = release.pod("pat")
    pod["metadata"] = {"name": "again", "namespace": release.sessions}
    for key in ("status",):
        del pod[key]
    del pod["spec"]["nodeName"]

    said = release.cluster.kubectl(
        "apply", "--dry-run=server", "-f", "-", given=json.dumps(pod), check=False
    )

    assert "created" in said
    assert "Warning" not in said


async def test_no_token_of_the_hub_is_in_the_terminal(release, pat):
    """Whatever processes the shell sees, none has the token (rows 93, 94)."""
    token = next(
        entry["value"]
        for entry in release.pod("pat")["spec"]["containers"][0]["env"]
        if entry["name"] == "JUPYTERHUB_API_TOKEN"
    )

    said = await pat.said("env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'; ps axe")

    assert token not in said
    assert "JUPYTERHUB" not in said
    assert "-m dashboard" not in said


async def test_the_terminal_listens_on_no_port(release, pat):
    """Only the dashboard's port is open in the pod (row 96)."""
    said = await pat.said("cat /proc/net/tcp /proc/net/tcp6")

    listening = set(re.findall(r":([0-9A-F]{4}) [0-9A-F]+:0000 0A", said))
    assert listening == {f"{8888:04X}"}


async def test_the_account_is_the_session_s_own(release, pat):
    """The shell's token is the session's account's, and no other container has it; it may work in
    its project only (rows 121, 128)."""
    token = "/var/run/secrets/kubernetes.io/serviceaccount/token"
    release.run("pat", "terminal", "test", "-s", token)
    release.run("pat", "dashboard", "test", "!", "-e", token)
    account = f"system:serviceaccount:{release.sessions}:session-pat"
    may = functools.partial(release.cluster.may, account)

    assert may("create", "deployments.apps", "-n", "class-pat")
    # What the role `edit` has: deploy/README.md says what follows.
    assert may("delete", "networkpolicies.networking.k8s.io", "-n", "class-pat")
    for words in (
        ("get", "pods", "-n", release.sessions),
        ("get", "secrets", "-n", release.namespace),
        ("create", "pods", "-n", release.sessions),
        ("impersonate", "users"),
        ("create", "serviceaccounts", "--subresource=token", "-n", release.sessions),
        ("create", "rolebindings.rbac.authorization.k8s.io", "-n", "class-pat"),
        ("get", "pods", "-n", "default"),
        ("list", "namespaces"),
    ):
        assert not may(*words), words


async def test_the_hub_may_little_else(release, pat):
    """Beside what its roles say there is nothing, neither by kind nor by place (row 129)."""
    account = f"system:serviceaccount:{release.namespace}:{release.name}-hub"
    may = functools.partial(release.cluster.may, account)

    assert may("create", "pods", "-n", release.sessions)
    assert may("delete", "pods", "-n", release.sessions)
    for words in (
        ("create", "pods", "-n", release.namespace),
        ("list", "pods", "-n", "kube-system"),
        ("create", "pods", "--subresource=exec", "-n", release.sessions),
        ("get", "pods", "--subresource=log", "-n", release.sessions),
        ("get", "secrets", "-n", release.sessions),
        ("get", "secrets", "-n", release.namespace),
        ("create", "serviceaccounts", "--subresource=token", "-n", release.sessions),
        ("get", "configmaps", "-n", "class-pat"),
        ("create", "deployments.apps", "-n", "class-pat"),
        ("create", f"clusterrolebindings.{RBAC}"),
        ("bind", f"clusterroles.{RBAC}/cluster-admin"),
        ("escalate", f"clusterroles.{RBAC}/edit"),
        ("impersonate", "users"),
        ("list", "nodes"),
    ):
        assert not may(*words), words


#: Tries every port of an address, many at once, and says which take a connection.
PORTS = """
import asyncio, sys
async def one(port, few):
    async with few:
        try:
            async with asyncio.timeout(1):
                _, writer = await asyncio.open_connection(sys.argv[1], port)
        except (OSError, TimeoutError):
            return 0
        writer.close()
        return port
async def main():
    few = asyncio.Semaphore(3000)
    print(*filter(None, await asyncio.gather(*(one(p, few) for p in range(1, 65536)))))
asyncio.run(main())
"""


async def test_only_the_gateway_s_port_answers(release, pat):
    """Of all ports of a session one takes connections, even of the hub, and leads to the login.

    Row 97; other sessions do not get as far as that one.
    """
    address = release.pod("pat")["status"]["podIP"]
    host = release.home("pat").split("/")[2]

    assert hub(release, "python3", "-c", PORTS, address).split() == ["8888"]
    script = (
        "import http.client, sys; there = http.client.HTTPConnection(sys.argv[1], 8888);"
        "there.request('GET', '/user/pat/', headers={'Host': sys.argv[2],"
        " 'Sec-Fetch-Mode': 'navigate', 'Accept': 'text/html'});"
        "answer = there.getresponse(); print(answer.status, answer.headers['Location'])"
    )
    status, place = hub(release, "python3", "-c", script, address, host).split()
    assert status == "302"
    assert "/hub/api/oauth2/authorize" in place


@pytest.mark.parametrize(
    ("what", "open_"),
    [
        pytest.param("http://{hub}:8081/hub/health", True, id="hub"),
        pytest.param("http://{proxy}:8001/api/routes", False, id="proxy-api"),
        pytest.param("https://{node}:10250/pods", False, id="kubelet"),
        pytest.param("https://kubernetes.default.svc/version", True, id="cluster-api"),
        pytest.param("http://{neighbour}:8888/", False, id="another-session"),
    ],
)
async def test_what_the_terminal_reaches(release, pat, what, open_):
    """Hub and API are reached, nothing else of the cluster (rows 130, 131)."""
    async with Attendee(release, "quin") as neighbour:
        await neighbour.sit_down(limit=120)
    node = release.cluster.items("nodes")[0]["status"]["addresses"][0]["address"]
    hosts = {
        "hub": f"{release.name}-hub.{release.namespace}",
        "proxy": f"{release.name}-proxy-api.{release.namespace}",
        "node": node,
        "neighbour": release.pod("quin")["status"]["podIP"],
    }

    said = await pat.said(f"curl -skm 4 -o /dev/null {what.format(**hosts)}")

    ended = re.search(r"ended (\d+) and over", said)
    assert (ended[1] == "0") == open_, said


async def test_the_hub_s_api_tells_a_session_nothing(release, pat):
    """Neither without a token nor with that of another's session, and no session is touched."""
    async with Attendee(release, "quin") as neighbour:
        await neighbour.sit_down(limit=120)
    (token,) = (
        entry["value"]
        for entry in release.pod("quin")["spec"]["containers"][0]["env"]
        if entry["name"] == "JUPYTERHUB_API_TOKEN"
    )
    api = f"http://{release.name}-hub.{release.namespace}:8081/hub/api"
    curl = "curl -sm 5 -o /dev/null -w 'answer %{http_code}.\\n'"
    asked = [
        *("/users", "/users/pat", "/proxy", "/info", "/services", "/users/pat/tokens"),
        *("/users/pat/server -X DELETE", "/shutdown -X POST", "/users/pat -X DELETE"),
    ]
    tokens = ("", f"-H 'Authorization: token {token}'")
    commands = [f"{curl} {api}{words} {who}" for words in asked for who in tokens]

    control = await pat.said(f"{curl} {api}/")
    said = await pat.said("; ".join(commands))

    assert "answer 200." in control
    answers = re.findall(r"answer (\d+)\.", said)
    assert len(answers) == len(commands)
    assert set(answers) <= {"401", "403", "404"}, said
    assert release.pod("pat")


@pytest.fixture
def private(release):
    """A private address, this machine's, where somebody answers: host and port."""
    with HTTPServer((address_here(release.cluster), 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address
        server.shutdown()


async def test_a_private_address_is_not_reached(release, pat, private):
    """As a metadata service is not, whose range stands beside it; the hub shows that it answers."""
    host, port = private
    assert ipaddress.ip_address(host).is_private
    script = "import sys, urllib.error, urllib.request as r\ntry: r.urlopen(sys.argv[1])\n"
    script += "except urllib.error.HTTPError as answer: print(answer.code)"

    said = await pat.said(f"curl -sm 4 -o /dev/null http://{host}:{port}/")

    assert re.search(r"ended [1-9]\d* and over", said), said
    assert hub(release, "python3", "-c", script, f"http://{host}:{port}/").strip() == "501"


@pytest.mark.parametrize(
    ("component", "port", "open_"),
    [("proxy", 8000, True), ("proxy", 8001, False), ("hub", 8081, False), ("session", 8888, False)],
)
async def test_what_a_stranger_s_pod_reaches(release, pat, stranger, component, port, open_):
    """Of hub, proxy and sessions whoever else is on the cluster reaches the proxy's front only."""
    if component == "session":
        pod = release.pod("pat")
    else:
        label = f"app.kubernetes.io/component={component}"
        (pod,) = release.cluster.items("pods", "-n", release.namespace, "-l", label)
    where = ("-n", stranger, "stranger", "--", "python3", "-c", CONNECT)

    said = release.cluster.kubectl("exec", *where, pod["status"]["podIP"], str(port), check=False)

    assert (said == "") == open_, said


@pytest.fixture(scope="module")
def stranger(release):
    """The namespace of a pod that is nobody's of ours."""
    container = {"name": "it", "image": image("terminal"), "command": ["sleep", "600"]}
    with served(release.cluster, "stranger", 1, {"containers": [container]}) as namespace:
        ready = ("--for=condition=Ready", "--timeout=60s")
        release.cluster.kubectl("wait", "-n", namespace, "pod/stranger", *ready)
        yield namespace


async def test_the_neighbour_is_reached_where_nothing_forbids_it(release, pat):
    """The negative control: the same request from the proxy, which may, is answered (row 132)."""
    where = f"http://{release.pod('pat')['status']['podIP']}:8888/user/pat/"
    script = f"fetch('{where}', {{redirect: 'manual'}}).then((a) => console.log(a.status))"
    (proxy,) = release.cluster.items(
        "pods", "-n", release.namespace, "-l", "app.kubernetes.io/component=proxy"
    )

    said = release.cluster.kubectl(
        "exec", "-n", release.namespace, proxy["metadata"]["name"], "--", "node", "-e", script
    )

    # The pod's address is none of the session's own hosts, and so refused there (row 75).
    assert said.strip() in {"421", "403"}


async def test_the_dashboard_is_started_again_and_shells_go_on(release, pat):
    """A dashboard that dies is there again, the shell goes on counting, the pod is the same."""
    uid = release.pod("pat")["metadata"]["uid"]
    counting = await Counting.begun(pat)

    release.run("pat", "dashboard", "python3", "-c", "import os; os.kill(1, 15)", check=False)

    def again():
        states = release.pod("pat")["status"]["containerStatuses"]
        return [s["restartCount"] for s in states if s["name"] == "dashboard"] == [1] and all(
            s["ready"] for s in states
        )

    until(again, what="a new dashboard", limit=60, every=0.2)
    await counting.back(limit=60)
    await counting.finished()
    assert release.pod("pat")["metadata"]["uid"] == uid


async def test_the_terminal_is_started_again_and_the_dashboard_stays(release, pat):
    """A terminal container that dies is there again, with the home as it was, and nothing else."""
    await pat.said("echo kept > ~/kept")
    before = {s["name"]: s for s in release.pod("pat")["status"]["containerStatuses"]}

    release.run("pat", "terminal", "python3", "-c", "import os; os.kill(1, 15)", check=False)

    def again():
        now = {s["name"]: s for s in release.pod("pat")["status"]["containerStatuses"]}
        assert now["dashboard"] == before["dashboard"]
        there = now["terminal"]
        return there["ready"] and there["restartCount"] == before["terminal"]["restartCount"] + 1

    until(again, what="a new terminal", limit=60, every=0.2)
    assert "kept" in await pat.said("cat ~/kept")


async def test_kubectl_completes_what_is_in_the_project(release, pat):
    """A real Tab asks the cluster: kinds, and names that are there."""
    await pat.said("kubectl create configmap of-a-long-name")
    terminal = await pat.terminal("completing")
    await terminal.open()
    await terminal.type("kubectl get configm\t")
    await terminal.read_until("kubectl get configmaps ", limit=30)
    await terminal.type("of-a-\t")
    await terminal.read_until("of-a-long-name", limit=30)
    await terminal.type("-o name\r")
    await terminal.read_until("configmap/of-a-long-name", limit=30)
    await terminal.socket.close()


def test_images_are_there_beforehand(release):
    """Every node has fetched the sessions' images, and goes on in a pod that does nothing."""

    def fetched():
        found = release.cluster.get("daemonset", f"{release.name}-prepull", "-n", release.sessions)
        status = found["status"]
        return status["desiredNumberScheduled"] == status.get("numberReady", 0) > 0

    until(fetched, what="the images on every node", limit=90)
