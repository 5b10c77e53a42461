"""The addresses of a session's further hosts: real HTTP, an API that keeps Routes and admits them
as a router does."""

import contextlib
import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from kubernetes_asyncio.client import ApiClient, Configuration

from hub.no_session import NoSession
from hub.pods.address import VERSIONS, Addresses
from hub.pods.objects import Objects
from hub.pods.projects import Projects
from hub.pods.remains import remains, remove
from hub.pods.ways import PodWays
from tests.test_pods_address import SEAT, settings

QUIN = replace(SEAT, user="quin", name="session-quin", host="quin--class.example.com")
LATER = replace(SEAT, name="session-ada-p8080")
HOST = "p8080--ada--class.example.com"


@dataclass
class Cluster:
    """Routes and Ingresses by name; what was asked; which hosts are refused, or all by rights."""

    kind: str
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    taken: tuple[str, ...] = ()
    forbidden: bool = False
    client: ApiClient | None = None
    _told: dict[str, Any] = field(default_factory=dict)

    @property
    def hosts(self) -> set[str]:
        """The hosts that lead somewhere."""
        specs = [one["spec"] for one in self.things.values()]
        return {spec.get("host") or spec["rules"][0]["host"] for spec in specs}

    def kinds(self) -> web.Application:
        """What the client looks at first, and where the objects are."""
        group, _, version = VERSIONS[self.kind].partition("/")
        plural = {"Route": "routes", "Ingress": "ingresses"}[self.kind]
        resource = {
            "name": plural,
            "kind": self.kind,
            "namespaced": True,
            "verbs": ["get", "list", "patch", "delete"],
        }
        versions = {"preferredVersion": {"version": version}, "versions": [{"version": version}]}
        self._told = {
            "/version": {"major": "1", "minor": "31"},
            "/api": {"versions": ["v1"]},
            "/api/v1": {"resources": []},
            "/apis": {"groups": [{"name": group} | versions]},
            f"/apis/{group}/{version}": {"resources": [resource]},
            "/api/v1/namespaces/seats/pods": {"kind": "PodList", "metadata": {}, "items": []},
        }
        app = web.Application()
        there = f"/apis/{group}/{version}/namespaces/class/{plural}"
        app.router.add_get(there, self.listed)
        app.router.add_route("*", f"{there}/{{name}}", self.answer)
        app.router.add_get("/{path:.*}", self.tell)
        return app

    async def tell(self, request: web.Request) -> web.Response:
        """What the client looks up about the API."""
        return web.json_response({"kind": "Told", "apiVersion": "v1"} | self._told[request.path])

    async def listed(self, request: web.Request) -> web.Response:
        """Those with the labels."""
        self.asked.append("list")
        wanted = request.query.get("labelSelector", "")
        labels = dict(pair.split("=") for pair in wanted.split(",") if pair)
        found = [
            one
            for one in self.things.values()
            if labels.items() <= one["metadata"]["labels"].items()
        ]
        return web.json_response({"items": found})

    async def answer(self, request: web.Request) -> web.Response:
        """One object: applied, looked at, removed."""
        name = request.match_info["name"]
        self.asked.append(request.method)
        if self.forbidden:
            said = {"kind": "Status", "message": f"{name} is forbidden"}
            return web.json_response(said, status=403)
        if request.method == "PATCH":
            made = json.loads(await request.text())
            made["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z"
            self.things[name] = made
        if name not in self.things:
            return web.json_response({"kind": "Status", "message": "none"}, status=404)
        if request.method == "DELETE":
            return web.json_response(self.things.pop(name))
        return web.json_response(self.things[name] | {"status": self._said(self.things[name])})

    def _said(self, one: dict[str, Any]) -> dict[str, Any]:
        if "host" not in one["spec"]:
            return {}
        refused = one["spec"]["host"] in self.taken
        admitted = {"type": "Admitted", "status": "False" if refused else "True"}
        return {"ingress": [{"conditions": [admitted | {"message": "it is claimed" * refused}]}]}


@contextlib.asynccontextmanager
async def cluster(kind: str = "Route"):
    """The stand-in, served, with a client."""
    made = Cluster(kind)
    async with TestServer(made.kinds()) as server:
        config = Configuration(host=str(server.make_url("")).rstrip("/"))
        async with ApiClient(config) as client:
            made.client = client
            yield made


def ways(there: Cluster, seat=SEAT) -> PodWays:
    """Those of a session."""
    return PodWays(there.client, settings(kind=there.kind), seat)


@pytest.mark.parametrize("kind", ["Route", "Ingress"])
async def test_a_further_host_comes_and_gives_way(kind):
    """It is beside the session's own, labelled as the session's, and goes alone."""
    async with cluster(kind) as there:
        projects = Projects(there.client, settings(kind=kind))
        await projects.give(SEAT)
        await ways(there).open("p8080")
        await ways(there).open("console")
        assert there.hosts == {SEAT.host, HOST, f"console--{SEAT.host}"}
        made = there.things["may-session-ada--p8080"]
        assert made["metadata"]["labels"]["workshop/session"] == "session-ada"
        assert made["metadata"]["annotations"]["workshop/user"] == "ada"

        await ways(there).close("p8080")
        await ways(there).close("p8080")
        assert there.hosts == {SEAT.host, f"console--{SEAT.host}"}
        # Only of a Route a router says something; the hub's role has no other verbs.
        assert ("GET" in there.asked) is (kind == "Route")


async def test_a_router_s_refusal_is_told_and_leaves_nothing():
    """In words, with the router's reason; what was there before stays."""
    async with cluster() as there:
        await ways(there).open("console")
        there.taken = (HOST,)
        with pytest.raises(NoSession, match="this program no address: it is claimed") as refused:
            await ways(there).open("p8080")
        assert refused.value.status_code == 424
        assert there.hosts == {f"console--{SEAT.host}"}


async def test_the_cluster_s_refusal_is_told():
    """A right that the hub lacks is named."""
    async with cluster() as there:
        there.forbidden = True
        with pytest.raises(NoSession, match="the console no address: .*--console is forbidden"):
            await ways(there).open("console")
        await ways(there).close("console")


async def test_all_of_a_session_go_with_it():
    """Also those that an earlier hub made and this one does not know; another's stay."""
    async with cluster() as there:
        projects = Projects(there.client, settings(kind="Route"))
        for seat in (SEAT, QUIN, LATER):
            await projects.give(seat)
            await ways(there, seat).open("p8080")
        other = settings(kind="Route").model_copy(update={"release": "june"})
        await Addresses(await Objects.on(there.client), other).give(SEAT)

        await projects.take(SEAT)

        assert not [name for name in there.things if name.startswith("may-session-ada--")]
        assert "may-session-ada" not in there.things
        assert set(there.things) == {
            "june-session-ada",
            *(
                f"may-{name}{label}"
                for name in (QUIN.name, LATER.name)
                for label in ("", "--p8080")
            ),
        }


async def test_those_that_a_crash_left_are_found_and_removed():
    """By their release's label, with the name whose session is looked up."""
    async with cluster() as there:
        await ways(there).open("p8080")
        s = settings(kind="Route")
        (found,) = await remains(there.client, s)
        assert (found.kind, found.user) == ("Route", "ada")

        await remove(there.client, s, found)

        assert there.things == {}
