"""The addresses of what runs in the session's projects: their Routes and Ingresses.

The cluster is asked by kubectl, which is whoever the shells are: nobody learns more than they may.
"""

import asyncio
import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

#: What has addresses, and where the cluster's API has it.
_KINDS = {"Ingress": "networking.k8s.io/v1 ingresses", "Route": "route.openshift.io/v1 routes"}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")
#: Of an Ingress's path, which may be a pattern, what a browser can be sent to.
_PATH = re.compile(r"/[A-Za-z0-9/._~-]*")
_SECONDS = 8
#: What kubectl says of a kind that the cluster does not have.
_UNKNOWN = "could not find the requested resource"


class Address(NamedTuple):
    """Where something is found, and what says so."""

    project: str
    kind: str
    name: str
    url: str


class UnansweredError(Exception):
    """Why the cluster did not tell, in its own words."""


class Projects:
    """The session's projects, as seen by who its shells are."""

    def __init__(self, names: Sequence[str], kubeconfig: str) -> None:
        self.names, self._kubeconfig = names, kubeconfig
        self._asking = asyncio.Lock()  # kubectl is large: one at a time

    async def addresses(self) -> list[Address]:
        """All of them, by project; UnansweredError when the cluster says no, or nothing."""
        async with self._asking:
            return await asyncio.to_thread(self._look)

    def _look(self) -> list[Address]:
        return sorted(
            address
            for project in self.names
            for kind in _KINDS
            for thing in self._things(project, kind)
            for address in addresses(kind, thing)
        )

    def _things(self, project: str, kind: str) -> list[dict[str, Any]]:
        version, plural = _KINDS[kind].split()
        found, said = self._ask(f"/apis/{version}/namespaces/{project}/{plural}")
        if found is not None:
            return list(found["items"])
        # Of a kind that the cluster does not have it says first that it is forbidden.
        if _UNKNOWN in self._ask(f"/apis/{version}")[1]:
            return []
        raise UnansweredError(said.splitlines()[-1][:300])

    def _ask(self, path: str) -> tuple[dict[str, Any] | None, str]:
        """What the API has there, or None and why not."""
        command = ["kubectl", f"--kubeconfig={self._kubeconfig}", "get", "--raw", path]
        # How it ended is not asked: the server collects every child, this one too.
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
            return dict(json.loads(done.stdout)), ""
        except subprocess.TimeoutExpired:
            return None, f"no answer in {_SECONDS} seconds"
        except OSError as error:
            return None, f"kubectl cannot be run: {error.strerror}"
        except ValueError:
            return None, done.stderr.strip() or "no reason is given"


def addresses(kind: str, thing: Mapping[str, Any]) -> Iterator[Address]:
    """Where a Route or an Ingress is found; a host with a `*` is no place to go to."""
    about, spec = thing["metadata"], thing.get("spec") or {}
    found = _route(spec) if kind == "Route" else _ingress(spec, thing.get("status") or {})
    for secure, host, path in dict.fromkeys(found):
        if _HOST.match(host):
            plain = _PATH.match(path)
            url = f"http{'s' if secure else ''}://{host}{plain[0] if plain else '/'}"
            yield Address(about["namespace"], kind, about["name"], url)


def _route(spec: Mapping[str, Any]) -> Iterator[tuple[bool, str, str]]:
    yield bool(spec.get("tls")), spec.get("host") or "", spec.get("path") or "/"


def _ingress(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Iterator[tuple[bool, str, str]]:
    secured = [host for tls in spec.get("tls") or () for host in tls.get("hosts") or ("",)]
    balancers = (status.get("loadBalancer") or {}).get("ingress") or ({},)
    anywhere = balancers[0].get("hostname") or balancers[0].get("ip") or ""
    for rule in spec.get("rules") or ({},):
        host = rule.get("host") or ""
        for path in (rule.get("http") or {}).get("paths") or ({},):
            yield host in secured or "" in secured, host or anywhere, path.get("path") or "/"
