"""OpenShift's router: serves what a cluster's Route objects say, and tells in their status."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.cluster import Cluster
from tests.router import Router

Route = dict[str, Any]
EVERY = 0.3


@dataclass
class Routes:
    """Looks at the cluster's Routes again and again; takes no wildcards, as a router by itself."""

    cluster: Cluster
    router: Router
    _served: set[str] = field(default_factory=set)
    _over: threading.Event = field(default_factory=threading.Event)

    def follow(self) -> None:
        """Serve until it is over."""
        while not self._over.wait(EVERY):
            self.look()

    def end(self) -> None:
        """Look no more."""
        self._over.set()

    def look(self) -> None:
        """Serve what is there now, and nothing else."""
        found = sorted(
            self.cluster.items("routes.route.openshift.io", "-A"),
            key=lambda route: (route["metadata"]["creationTimestamp"], route["metadata"]["uid"]),
        )
        owners: dict[str, str] = {}
        now = set()
        for route in found:
            refusal = self._refusal(route, owners)
            if not refusal:
                owners[route["spec"]["host"]] = route["metadata"]["namespace"]
                now.add(self._serve(route))
            self._say(route, refusal)
        for name in self._served - now:
            self.router.drop(name)
        self._served = now

    def _refusal(self, route: Route, owners: dict[str, str]) -> tuple[str, str] | None:
        spec = route["spec"]
        host = spec.get("host", "")
        if not host:
            return "RouteNotAdmitted", "no host was given"
        if owners.get(host):
            return "HostAlreadyClaimed", "a route in another namespace holds " + host
        if spec["wildcardPolicy"] == "Subdomain":
            return "RouteNotAdmitted", "wildcard routes are not allowed"
        return None

    def _serve(self, route: Route) -> str:
        spec, meta = route["spec"], route["metadata"]
        name = f"{meta['namespace']}-{meta['name']}"
        if name in self._served or spec.get("tls", {}).get("termination") != "edge":
            return name
        service = self.cluster.get("service", spec["to"]["name"], "-n", meta["namespace"])["spec"]
        (port,) = (
            p["port"] for p in service["ports"] if p["targetPort"] == spec["port"]["targetPort"]
        )
        self.router.serve(name, f"Host(`{spec['host']}`)", f"http://{service['clusterIP']}:{port}")
        return name

    def _say(self, route: Route, refusal: tuple[str, str] | None) -> None:
        reason, message = refusal or ("", "")
        condition = {
            "type": "Admitted",
            "status": "False" if refusal else "True",
            "reason": reason,
            "message": message,
        }
        status = {"ingress": [{"routerName": "default", "conditions": [condition]}]}
        if route.get("status") == status:
            return
        meta = route["metadata"]
        self.cluster.kubectl(
            *("patch", "routes.route.openshift.io", meta["name"], "-n", meta["namespace"]),
            *("--subresource=status", "--type=merge", "-p", json.dumps({"status": status})),
            check=False,  # it may be gone by now
        )


@contextlib.contextmanager
def following_routes(cluster: Cluster, router: Router) -> Iterator[None]:
    """The router serves the cluster's Routes for as long as this lasts."""
    routes = Routes(cluster, router)
    thread = threading.Thread(target=routes.follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        routes.end()
        thread.join(30)
