"""What the real Kubernetes below asks: whose a token is, and what a pod runs as."""

import base64
import json
from typing import Any

from aiohttp import web

from tests.openshift.grants import Grants
from tests.openshift.people import VIRTUAL, People

#: As OpenShift gives each project a range of user ids.
USER = 1000650000
RANGE = "[1000650000, 1000659999]"
SCOPES = "scopes.authorization.openshift.io"


class Reviews:
    """Answers reviews of tokens and of pods."""

    def __init__(self, people: People, grants: Grants) -> None:
        self._people, self._grants = people, grants

    def tokens(self) -> list[web.RouteDef]:
        """Where the API server asks whose a token is."""
        return [web.post("/", self.review_token)]

    def pods(self) -> list[web.RouteDef]:
        """Where it asks whether a pod may be made, and as which user."""
        return [web.post("/scc", self.review_pod)]

    async def review_token(self, request: web.Request) -> web.Response:
        """The person, if the token is good and for all they can do.

        The real server takes a token for less, too, and lets it do no more than its scopes; there
        is no such check here, so it is refused.
        """
        asked = await request.json()
        token = self._grants.use(asked["spec"]["token"])
        person = self._people.get(token.person) if token else None
        good = token and person and person.uid == token.uid and "user:full" in token.scopes
        status: dict[str, Any] = {"authenticated": False}
        if good and person and token:
            user = {
                "username": person.name,
                "uid": person.uid,
                "groups": [*sorted(person.groups), *VIRTUAL],
                "extra": {SCOPES: list(token.scopes)},
            }
            status = {"authenticated": True, "user": user}
        return web.json_response(
            {"apiVersion": asked["apiVersion"], "kind": "TokenReview", "status": status}
        )

    async def review_pod(self, request: web.Request) -> web.Response:
        """What `restricted-v2` refuses, and the ids that it gives."""
        asked = (await request.json())["request"]
        wrong = mistake_of(asked["object"]["spec"])
        answer: dict[str, Any] = {"uid": asked["uid"], "allowed": not wrong}
        if wrong:
            words = f"unable to validate against any security context constraint: {wrong}"
            answer["status"] = {"code": 403, "message": words}
        else:
            patch = json.dumps(ids_for(asked["object"]))
            answer |= {"patchType": "JSONPatch", "patch": base64.b64encode(patch.encode()).decode()}
        return web.json_response(
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": answer}
        )


def mistake_of(spec: dict[str, Any]) -> str:
    """Why `restricted-v2` takes no such pod; empty when it does."""
    pod = spec.get("securityContext") or {}
    containers = (spec.get("initContainers") or []) + spec["containers"]
    contexts = [pod, *(one.get("securityContext") or {} for one in containers)]
    for context in contexts:
        if context.get("runAsUser", USER) != USER:
            value = context["runAsUser"]
            return f"runAsUser: Invalid value: {value}: must be in the ranges: {RANGE}"
        if context.get("privileged") or context.get("allowPrivilegeEscalation"):
            return "allowPrivilegeEscalation: Invalid value: true: not allowed"
        if set((context.get("capabilities") or {}).get("add") or []) - {"NET_BIND_SERVICE"}:
            return "capabilities.add: Invalid value: capability may not be added"
    if pod.get("fsGroup", USER) != USER:
        return f"fsGroup: Invalid value: {pod['fsGroup']}: is not an allowed group"
    kinds = {name for volume in spec.get("volumes") or [] for name in volume if name != "name"}
    if "hostPath" in kinds:
        return "volumes: Invalid value: hostPath is not allowed to be used"
    return next((f"{name} is not allowed" for name in HOST if spec.get(name)), "")


HOST = ("hostNetwork", "hostPID", "hostIPC")


def ids_for(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """Changes by which the pod runs as the project's user, with group 0."""
    spec = pod["spec"]
    changes = [_add("/spec/securityContext", {"fsGroup": USER, **(spec["securityContext"] or {})})]
    for kind in ("initContainers", "containers"):
        for number, one in enumerate(spec.get(kind) or []):
            context = {"runAsUser": USER, **(one.get("securityContext") or {})}
            changes.append(_add(f"/spec/{kind}/{number}/securityContext", context))
    annotations = {
        **(pod["metadata"].get("annotations") or {}),
        "openshift.io/scc": "restricted-v2",
    }
    return [*changes, _add("/metadata/annotations", annotations)]


def _add(path: str, value: object) -> dict[str, object]:
    return {"op": "add", "path": path, "value": value}
