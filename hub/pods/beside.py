"""Walls and budget beside those that an administrator has in a project; pure rules.

What theirs say stands, and ours say the rest: of a quota and of limits each figure, of network
policies each direction.
"""

from collections.abc import Sequence

from hub.pods.project import RELEASE
from hub.pods.seat import Object

_LIMITS = ("default", "defaultRequest")
#: Other names of the same figures.
_SAME = {"cpu": "requests.cpu", "memory": "requests.memory"}


def is_ours(one: Object, made: Object) -> bool:
    """Whether what is there is this, of whichever session."""
    metadata = one["metadata"]
    labelled = RELEASE in (metadata.get("labels") or {})
    return labelled and metadata["name"] == made["metadata"]["name"]


def beside(made: Object, theirs: Sequence[Object]) -> Object | None:
    """What is left to make beside the administrator's objects of that kind; None if nothing is."""
    name = made["metadata"]["name"]
    if any(one["metadata"]["name"] == name for one in theirs):
        return None  # and theirs is not to be changed
    rest = {"ResourceQuota": _quota, "LimitRange": _limits, "NetworkPolicy": _walls}[made["kind"]]
    spec = rest(made["spec"], [one.get("spec") or {} for one in theirs])
    return made | {"spec": spec} if spec else None


def _quota(ours: Object, theirs: Sequence[Object]) -> Object:
    whole = [one for one in theirs if not (one.get("scopes") or one.get("scopeSelector"))]
    said = {_SAME.get(name, name) for one in whole for name in one.get("hard") or {}}
    hard = {name: value for name, value in ours["hard"].items() if name not in said}
    return {"hard": hard} if hard else {}


def _limits(ours: Object, theirs: Sequence[Object]) -> Object:
    (item,) = ours["limits"]
    parts = [part for one in theirs for part in one.get("limits") or []]
    parts = [part for part in parts if part["type"] == item["type"]]
    left = {
        what: {
            name: value
            for name, value in item[what].items()
            if not any(name in (part.get(what) or {}) for part in parts)
        }
        for what in _LIMITS
    }
    return {"limits": [{"type": item["type"], **left}]} if any(left.values()) else {}


def _walls(ours: Object, theirs: Sequence[Object]) -> Object:
    """A policy for some pods only leaves the others open, so that it says no direction."""
    every = [one for one in theirs if not any((one.get("podSelector") or {}).values())]
    said = {direction for one in every for direction in one.get("policyTypes") or []}
    types = [direction for direction in ours["policyTypes"] if direction not in said]
    rules = {one.lower(): ours[one.lower()] for one in types}
    return {"podSelector": {}, "policyTypes": types, **rules} if types else {}
