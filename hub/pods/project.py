"""The objects of a session's project: namespaces, role, limits, walls; pure rules."""

import json
import re
from collections.abc import Mapping
from typing import Any

from hub.pods.budgets import BUDGETS, limit_range, quota
from hub.pods.seat import Object, Seat
from hub.pods.settings import PodSettings, Project

#: By these, whoever looks at an object knows whose it is, and we know what to take away.
RELEASE = "workshop/release"
SESSION = "workshop/session"
USER = "workshop/user"
#: What every cluster itself labels a namespace with.
NAME = "kubernetes.io/metadata.name"
#: Where pages of the attendee's own come from, on OpenShift.
ROUTER = {"network.openshift.io/policy-group": "ingress"}
PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
_VARIABLE = re.compile(r"%([a-z_]+)%")


def owned(seat: Seat, release: str) -> Object:
    """Labels and annotations that say whose an object is."""
    return {
        "labels": {RELEASE: release, SESSION: seat.account},
        "annotations": {USER: seat.user},
    }


def account(s: PodSettings, seat: Seat) -> Object:
    """The account the session acts as; pods that do not ask for its token get none."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": seat.account, "namespace": s.namespace, **owned(seat, s.release)},
        "automountServiceAccountToken": False,
    }


def namespaces(p: Project, seat: Seat) -> list[str]:
    """The session's own namespace first, then the workshop's further ones.

    No slug of a person's name ends like the further ones, so that none is somebody else's first.
    """
    return [seat.project, *(f"{seat.project}--{name}" for name in p.extra_namespaces)]


def is_own(found: Object, s: PodSettings, seat: Seat) -> bool:
    """Whether an object that is there was made for this session, and not for anybody else."""
    wanted = owned(seat, s.release)["labels"]
    return bool(wanted.items() <= found["metadata"].get("labels", {}).items())


def namespace(s: PodSettings, seat: Seat, name: str) -> Object:
    """A namespace that takes no pod with rights it needs not; kubectl says so at once, also of the
    Deployment whose pods it would not take."""
    owner = owned(seat, s.release)
    modes = (f"pod-security.kubernetes.io/{mode}" for mode in ("enforce", "warn"))
    labels = owner["labels"] | dict.fromkeys(modes, s.project.pod_security)
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": labels, "annotations": owner["annotations"]},
    }


def binding(s: PodSettings, seat: Seat, name: str) -> Object:
    """The role that the session's account, or the person, has in a namespace of the session."""
    account = {"kind": "ServiceAccount", "name": seat.account, "namespace": s.namespace}
    user = {"kind": "User", "name": seat.user, "apiGroup": "rbac.authorization.k8s.io"}
    subjects = [user] if s.project.subject == "user" else [account]
    if s.console.runs and account not in subjects:
        subjects.append(account)  # which is who the console is, whoever the shells are
    role = {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "ClusterRole",
        "name": s.project.role,
    }
    made = _object("rbac.authorization.k8s.io/v1", "RoleBinding", name)
    return made | {"roleRef": role, "subjects": subjects}


def inside(s: PodSettings, seat: Seat, name: str) -> list[Object]:
    """What every namespace that is made for the session holds."""
    return [binding(s, seat, name), *bounds(s, seat, name)]


def bounds(s: PodSettings, seat: Seat, name: str) -> list[Object]:
    """What keeps a namespace of the session within its walls and its budget."""
    p = s.project
    found = [wall(s, seat, name)]
    hard = (quota(BUDGETS[p.budget]) if p.budget else {}) | p.quota
    if hard:
        found.append(_object("v1", "ResourceQuota", name) | {"spec": {"hard": hard}})
    if p.budget:
        limits = {"limits": limit_range(BUDGETS[p.budget])}
        found.append(_object("v1", "LimitRange", name) | {"spec": limits})
    return found


def wall(s: PodSettings, seat: Seat, name: str) -> Object:
    """The network policy of a namespace of the session."""
    return _object("networking.k8s.io/v1", "NetworkPolicy", name) | {"spec": walls(s, seat)}


def _object(version: str, kind: str, namespace: str) -> Object:
    metadata = {"name": "workshop", "namespace": namespace}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def walls(s: PodSettings, seat: Seat) -> Object:
    """Pods of a project talk among themselves, with their own session, and perhaps the internet."""
    sessions = {"matchLabels": {NAME: s.namespace}}
    own = {"matchLabels": owned(seat, s.release)["labels"]}
    # Nobody but an administrator can put labels on a namespace that was made beforehand.
    inside = {"matchLabels": {NAME: seat.project}} if s.project.policy == "pool" else own
    dns = [{"port": port, "protocol": kind} for port in (53, 5353) for kind in ("UDP", "TCP")]
    egress: list[Object] = [{"ports": dns}, {"to": [{"namespaceSelector": inside}]}]
    for address in s.api_server:
        cidr, _, port = address.rpartition(":")
        egress.append({"to": [{"ipBlock": {"cidr": cidr}}], "ports": [{"port": int(port)}]})
    if s.internet:
        anywhere = {"cidr": "0.0.0.0/0", "except": list(PRIVATE)}
        egress.append({"to": [{"ipBlock": anywhere}]})
    return {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {"from": [{"namespaceSelector": inside}]},
            {"from": [{"namespaceSelector": sessions, "podSelector": own}]},
            {"from": [{"namespaceSelector": {"matchLabels": ROUTER}}]},
        ],
        "egress": egress,
    }


def session_variables(s: PodSettings, seat: Seat) -> dict[str, str]:
    """What notes and the workshop's objects may name of the session."""
    if not seat.account:
        return {}
    return {
        "username": seat.user,
        "project_namespace": seat.project,
        "session_account": seat.account,
        "sessions_namespace": s.namespace,
    }


def extra(s: PodSettings, seat: Seat) -> list[Object]:
    """The workshop's own objects, variables filled in; in the session's namespace by default."""
    values = session_variables(s, seat)
    found = []
    for written in s.project.objects:
        made: Object = json.loads(filled(json.dumps(written), values))
        made.setdefault("metadata", {}).setdefault("namespace", seat.project)
        found.append(made)
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """The JSON text with `%name%` of known names replaced; others stay as they are."""

    def value(match: "re.Match[str]") -> str:
        known: Any = values.get(match[1])
        return match[0] if known is None else json.dumps(known)[1:-1]

    return _VARIABLE.sub(value, text)
