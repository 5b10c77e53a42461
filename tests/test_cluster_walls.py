"""Who takes down the walls of their own project gets no further than that, and not for long."""

import asyncio
import json
import re

import pytest

from tests.attendee import Attendee
from tests.cluster import MARKS, image
from tests.waiting import until

pytestmark = MARKS

#: As small and restricted as a project wants its pods.
SAFE = {
    "runAsNonRoot": True,
    "runAsUser": 1001,
    "seccompProfile": {"type": "RuntimeDefault"},
}
SERVER = ["python3", "-m", "http.server", "8080"]


def run(name, *command):
    """The kubectl command that runs a pod in the project."""
    container = {
        "name": name,
        "image": image("terminal"),
        "command": list(command),
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    spec = {"securityContext": SAFE, "containers": [container], "terminationGracePeriodSeconds": 0}
    overrides = json.dumps({"spec": spec})
    return (
        f"kubectl run {name} --image=none --overrides='{overrides}'"
        f" && kubectl wait --for=condition=Ready pod/{name} --timeout=60s"
    )


def ended(said):
    """How the command ended that was typed last."""
    return int(re.findall(r"ended (\d+) and over", said)[-1])


@pytest.fixture
def there(release):
    """Addresses that are none of an attendee's business, by what they are."""

    def pod(namespace, label):
        (found,) = release.cluster.items("pods", "-n", namespace, "-l", label)
        return found["status"]["podIP"]

    component = "app.kubernetes.io/component"
    return lambda: {
        "quin's pod": (pod("class-quin", "run=web"), 8080),
        "quin's session": (release.pod("quin")["status"]["podIP"], 8888),
        "the hub": (pod(release.namespace, f"{component}=hub"), 8081),
        "the proxy's API": (pod(release.namespace, f"{component}=proxy"), 8001),
    }


async def test_others_walls_hold_and_one_s_own_are_mended(release, pat, there):
    """Neither pat's shell nor pat's pods reach what is quin's or the hub's; quin does (control)."""
    async with Attendee(release, "quin") as quin:
        await quin.sit_down(limit=120)
        assert "condition met" in await quin.said(run("web", *SERVER))
        assert "condition met" in await pat.said(run("prober", "sleep", "900"))
        assert "deleted" in await pat.said("kubectl delete networkpolicy --all")
        places = there()
        host, port = places["quin's pod"]
        assert ended(await quin.said(f"curl -sm 4 -o /dev/null http://{host}:{port}/")) == 0

        for what, (host, port) in places.items():
            curl = f"curl -sm 4 -o /dev/null http://{host}:{port}/"
            said = await pat.said(f"kubectl exec prober -- {curl}")
            assert ended(said) != 0, (what, said)
            if what != "the hub":  # whose API a session's dashboard needs, by a token
                assert ended(await pat.said(curl)) != 0, what
        assert "Forbidden" in await pat.said("kubectl get pods -n class-quin")

    def mended():
        return release.cluster.items("networkpolicies", "-n", "class-pat")

    (wall,) = await asyncio.to_thread(until, mended, what="the walls", limit=90, every=1)
    assert wall["spec"]["policyTypes"] == ["Ingress", "Egress"]
