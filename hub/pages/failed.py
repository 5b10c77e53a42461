"""Sessions that did not start, for the instructor's page: whose, when, and why."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jupyterhub.utils import format_exception

UNKNOWN = "It was not ready in time, or something went wrong here: the hub's log says more."


@dataclass(frozen=True)
class FailedStart:
    """Whose session did not start, when that was known, and the sentence they were told."""

    name: str
    since: datetime
    words: str


def failed_starts(visitor: Any) -> list[FailedStart]:
    """The latest start of everybody whose latest start failed; for admins, nobody else sees any."""
    if visitor is None or not visitor.admin:
        return []
    people = visitor.settings["users"].values()
    spawners = [spawner for person in people for spawner in person.spawners.values()]
    found = [_failed(spawner, spawner._failed) for spawner in spawners if spawner._failed]
    return sorted(found, key=lambda one: one.since, reverse=True)


def _failed(spawner: Any, error: BaseException) -> FailedStart:
    return FailedStart(
        name=spawner.user.name,
        since=spawner.orm_spawner.last_activity.replace(tzinfo=UTC),
        words=format_exception(error)[0] or UNKNOWN,
    )
