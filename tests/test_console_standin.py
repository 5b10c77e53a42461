"""The stand-in for the OpenShift console refuses what the real one refuses."""

import base64

import aiohttp
import pytest
from aiohttp import WSServerHandshakeError

from tests.console_standin.bridge import NO_TOKEN, Console, running_console
from tests.console_standin.kube import EXEC, LOG, Kube

BASE = "/user/ada/console/"
PODS = f"{BASE}api/kubernetes/api/v1/namespaces/class-ada/pods"


@pytest.fixture
async def console():
    async with running_console(Console(BASE, Kube("class-ada"))) as running:
        yield running


@pytest.fixture
async def http(console):
    base = f"http://127.0.0.1:{console.port}"
    async with aiohttp.ClientSession(base, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.mark.parametrize("base", ["/user/ada/console", "user/ada/console/"])
def test_a_base_path_needs_both_slashes(base):
    """It does not start otherwise."""
    with pytest.raises(ValueError, match="both ends"):
        Console(base, Kube("class-ada"))


async def test_nothing_may_frame_it(http):
    """Every answer forbids frames; under the API it is sandboxed; static files are kept."""
    index = await http.get(f"{BASE}k8s/ns/class-ada/pods")
    static = await http.get(f"{BASE}static/app.js")
    pods = await http.get(PODS)

    for answer in (index, static, pods):
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in index.headers["Content-Security-Policy-Report-Only"]
    assert pods.headers["Content-Security-Policy"] == "sandbox;"
    assert static.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert static.headers["Content-Encoding"] == "gzip"


async def test_only_below_its_base(http):
    """Outside there is nothing but robots.txt, `/api/api-discovery` least of all."""
    statuses = {
        path: (await http.get(path, allow_redirects=False)).status
        for path in ("/", "/api/api-discovery", "/robots.txt", BASE.rstrip("/"), f"{BASE}any/page")
    }

    assert list(statuses.values()) == [404, 404, 200, 307, 200]


@pytest.mark.parametrize(
    ("cookie", "header", "status"),
    [
        pytest.param("csrf-token=a", "a", 201, id="same"),
        pytest.param("csrf-token=a", "", 403, id="no-header"),
        pytest.param("", "a", 403, id="no-cookie"),
        pytest.param("csrf-token=a; csrf-token=b", "a", 201, id="first-counts"),
        pytest.param("csrf-token=a; csrf-token=b", "b", 403, id="last-does-not"),
    ],
)
async def test_changes_need_header_and_cookie(http, cookie, header, status):
    """The header must be the first cookie of the name, whatever the Origin."""
    headers = {"Cookie": cookie, "X-CSRFToken": header, "Origin": "https://evil.example"}
    answer = await http.post(PODS, json={"metadata": {"name": "x"}}, headers=headers)

    assert answer.status == status


async def test_a_cookie_for_each_index(http):
    """The cookie is fresh with each index, kept to the base path, and readable by the page."""
    cookies = [(await http.get(BASE)).headers["Set-Cookie"] for _ in range(2)]

    assert cookies[0] != cookies[1]
    assert f"; Path={BASE}; SameSite=Strict" in cookies[0]
    assert "HttpOnly" not in cookies[0]


async def test_it_asks_nobody_who_they_are(http, console):
    """Watch, log and exec open with a foreign Origin and without a cookie: a relay must check."""
    foreign = {"origin": "https://evil.example"}
    async with http.ws_connect(f"{PODS}?watch=true", **foreign) as watch:
        await console.kube.tell("ADDED", "new")
        assert (await watch.receive_json())["type"] == "ADDED"
    async with http.ws_connect(f"{PODS}/web/log", protocols=[LOG], **foreign) as log:
        assert base64.b64decode(await log.receive_str()) == b"web says hello\n"
    async with http.ws_connect(f"{PODS}/web/exec", protocols=[EXEC], **foreign) as shell:
        assert shell.protocol == EXEC
        await shell.send_str("0" + base64.b64encode(b"id\n").decode())
        await shell.receive_str()
        assert base64.b64decode((await shell.receive_str())[1:]) == b"id\n"


@pytest.mark.parametrize("what", ["log", "exec"])
async def test_sockets_need_their_subprotocol(http, what):
    """Log and exec are refused without it."""
    with pytest.raises(WSServerHandshakeError) as refused:
        await http.ws_connect(f"{PODS}/web/{what}")

    assert refused.value.status == 400


async def test_the_account_sees_its_project_only(http):
    """Lists of the whole cluster and other people's projects are refused."""
    api = f"{BASE}api/kubernetes/api/v1"
    paths = ("namespaces", "pods", "namespaces/class-bob/pods", "namespaces/class-ada")
    statuses = [(await http.get(f"{api}/{path}")).status for path in paths]

    assert statuses == [403] * 4


async def test_bad_and_missing_tokens(http, console):
    """With a bad token the cluster answers 401; without one there is no page at all."""
    console.kube.given = "expired"
    assert (await http.get(PODS)).status == 401
    console.kube.given = ""
    assert await (await http.get(BASE)).text() == NO_TOKEN
