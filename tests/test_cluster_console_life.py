"""The web console of a session on a cluster: who it is, who reaches it, and what becomes of it."""

import asyncio
import json

import pytest

from tests.attendee import Attendee
from tests.cluster import MARKS, Release, image
from tests.test_cluster_console import CONSOLE, a_class
from tests.waiting import until

pytestmark = [*MARKS, pytest.mark.xdist_group("console")]


def status(release: Release, name: str) -> dict:
    """The status of the console's container."""
    found = release.pod(name)["status"].get("containerStatuses", [])
    return next((one for one in found if one["name"] == "console"), {})


async def state(person: Attendee, release: Release) -> str:
    """How the dashboard says the console is."""
    async with person.http.get(f"{release.home(person.name)}api/console") as answer:
        return str((await answer.json()).get("state", answer.status))


async def is_there(person: Attendee, release: Release, wanted: str = "ready") -> None:
    """Return once the console is as wanted."""
    found = ""
    async with asyncio.timeout(90):
        while found != wanted:
            found = await state(person, release)
            await asyncio.sleep(0.5)


async def test_who_it_is_and_who_reaches_it(tmp_path):
    """It acts as the session's account; its port is nobody's; its token is in no command line."""
    with a_class(tmp_path) as release:
        async with Attendee(release, "ada") as ada, Attendee(release, "bob") as bob:
            await ada.sit_down(limit=120)
            await bob.sit_down(limit=120)
            await is_there(ada, release)
            await is_there(bob, release)
            ip = release.pod("ada")["status"]["podIP"]
            refused = await bob.said(f"curl -m 5 -s http://{ip}:9000/")
            look = "curl -m 5 -s -o /dev/null -w '%{http_code}' "
            own = await ada.said(f"{look} localhost:9000/health")
            probed = await ada.said(f"{look} localhost:8888/user/ada/health/console")
            async with bob.http.get(f"{release.home('ada')}console/clusters") as foreign:
                answer = foreign.status
        lines = release.run("ada", "console", "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
        token = release.run("ada", "console", "cat", f"{ACCOUNT}/token")
        logs = release.cluster.kubectl(
            "logs", "-n", release.sessions, "session-ada", "-c", "console"
        )
        account = f"system:serviceaccount:{release.sessions}:session-ada"
        whose = release.cluster.kubectl(
            *("create", "-f", "-", "-o", "json"), given=json.dumps(review(token))
        )
        can = [
            release.cluster.kubectl(
                *("auth", "can-i", "list", "deployments", "-n", namespace, f"--as={account}"),
                check=False,
            )
            for namespace in ("look-ada", "look-bob", release.sessions)
        ]

    assert "ended 0" not in refused
    assert "200" in own
    assert "200" in probed  # by which the kubelet knows that it lives
    assert answer in {401, 403}
    assert token not in lines
    assert token not in logs
    assert json.loads(whose)["status"]["user"]["username"] == account
    assert [one.strip().startswith("yes") for one in can] == [True, False, False]


ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def review(token):
    """Whom the cluster takes the bearer of a token for."""
    return {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenReview",
        "spec": {"token": token},
    }


async def test_killed_it_comes_back(tmp_path):
    """Killed it is started again by itself, and answers again."""
    with a_class(tmp_path) as release:
        async with Attendee(release, "ada") as ada:
            await ada.sit_down(limit=120)
            await is_there(ada, release)
            release.run("ada", "console", "sh", "-c", "kill -9 $(pidof -s python) || true")
            until(lambda: status(release, "ada")["restartCount"] == 1, what="a restart", limit=60)
            await is_there(ada, release)


async def test_an_image_that_is_missing(tmp_path):
    """The session starts without it, and its tab says what is wrong."""
    missing = {**CONSOLE, "image": "workshop.test/no-such-console:1"}
    with a_class(
        tmp_path,
        missing,
        images={
            **{part: image(part) for part in ("hub", "dashboard", "terminal")},
            "pullPolicy": "Never",
        },
    ) as release:
        async with Attendee(release, "ada") as ada:
            await ada.sit_down(limit=120)
            await is_there(ada, release, "image")


async def test_too_little_memory(tmp_path):
    """A console that memory ends is said to have had too little; the session goes on."""
    small = {"memory": "20Mi"}
    starved = {**CONSOLE, "resources": {"requests": small, "limits": small}}
    with a_class(tmp_path, starved) as release:
        async with Attendee(release, "ada") as ada:
            await ada.sit_down(limit=120)
            await is_there(ada, release, "memory")
            assert "42-ok" in await ada.said("echo $((6*7))-ok")
