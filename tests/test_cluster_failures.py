"""Sessions that cannot start on a cluster: told early, in a sentence, and to nobody's harm."""

import asyncio
import html
import json
import re

import pytest

from tests.attendee import NAVIGATION, Attendee
from tests.cluster import MARKS, Cluster, image, installed
from tests.product import ADMIN_PASSWORD

pytestmark = MARKS

OURS = {part: image(part) for part in ("hub", "dashboard", "terminal")} | {"pullPolicy": "Never"}
NOWHERE = {**OURS, "terminal": "workshop.test/none:1"}
LARGE = {"requests": {"memory": "900Gi"}, "limits": {"memory": "900Gi"}}


async def told_why(person, words, limit=90):
    """Wait until the person's start page, or the progress it shows, says the words."""
    hub = f"{person.product.url}/hub"
    end = asyncio.get_running_loop().time() + limit
    seen = ""
    while words not in seen:
        assert asyncio.get_running_loop().time() < end, f"{words!r} was never said: {seen[-1500:]}"
        async with person.http.get(f"{hub}/spawn/{person.name}", headers=NAVIGATION) as page:
            seen = html.unescape(await page.text())
        if progress := re.search(r'data-progress="([^"]+)"', seen):
            async with person.http.get(f"{person.product.url}{progress[1]}") as events:
                steps = re.findall(r"(?m)^data: (.+)$", await events.text())
            seen += "".join(json.loads(step).get("message", "") for step in steps)
        await asyncio.sleep(0.5)


async def listed(release):
    """What the instructor's page of people and sessions says."""
    async with Attendee(release, "instructor") as grace:
        grace.http.cookie_jar.clear()  # of the last look: who is logged in is asked no password
        assert (await grace.log_in(password=ADMIN_PASSWORD)).status == 302
        async with grace.http.get(f"{release.url}/hub/admin", headers=NAVIGATION) as page:
            return html.unescape(await page.text())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param({"images": NOWHERE}, "is not on the cluster", id="image-missing"),
        pytest.param(
            {"workshop": {"git": "https://127.0.0.1:9/none.git"}},
            "The workshop's notes cannot be had",
            id="notes-missing",
        ),
        pytest.param(
            {"workshop": {"configMap": "mine"}},
            "The workshop's notes cannot be had: there is no ConfigMap mine",
            id="map-missing",
        ),
        pytest.param(
            {"images": {**OURS, "terminal": image("dashboard")}},
            "Its part “terminal” ends again and again",
            id="crash-loop",
        ),
        pytest.param(
            {"sessions": {"terminal": LARGE, "startTimeout": 20}},
            "There is no room for your session",
            id="no-room",
        ),
    ],
)
async def test_an_attendee_is_told_why(tmp_path, values, words):
    """The start page says what is wrong, in time, the instructor's too, and the hub goes on."""
    with installed(Cluster.of_environment(), tmp_path, **values) as release:
        async with Attendee(release, "ada") as ada:
            assert (await ada.log_in()).status == 302
            await told_why(ada, words)
        page = await listed(release)
        assert '<th scope="row">ada</th>' in page
        assert words in page
        assert release.restarts() == 0


async def test_a_full_namespace_is_told_and_harms_nobody(tmp_path):
    """Six refused starts: each told, the hub not restarted, no token in its log (5.4 row 4)."""
    with installed(Cluster.of_environment(), tmp_path) as release:
        quota = {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "none", "namespace": release.sessions},
            "spec": {"hard": {"pods": "0"}},
        }
        release.cluster.kubectl("apply", "-f", "-", given=json.dumps(quota))
        for number in range(6):
            async with Attendee(release, f"many{number}") as person:
                assert (await person.log_in()).status == 302
                await told_why(person, "The workshop is full")
        log = release.hub_log()
        assert release.restarts() == 0
        assert "JUPYTERHUB_API_TOKEN" not in log
        assert not re.search(r"\b[0-9a-f]{32}\b", log)
