"""Who has an account at the cluster, and in which groups they are."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

PROVIDER = "htpasswd"
#: Groups that nobody made and everybody who logged in is in.
VIRTUAL = ("system:authenticated", "system:authenticated:oauth")


@dataclass
class Person:
    """An account."""

    name: str
    password: str = field(repr=False)
    groups: set[str] = field(default_factory=set)
    full_name: str = ""
    #: Whether they may delete anybody's token.
    is_cluster_admin: bool = False
    uid: str = field(default_factory=lambda: str(uuid.uuid4()))

    def shown(self) -> dict[str, Any]:
        """The account as `users/~` shows it."""
        return {
            "kind": "User",
            "apiVersion": "user.openshift.io/v1",
            "metadata": {
                "name": self.name,
                "uid": self.uid,
                "resourceVersion": "4711",
                "creationTimestamp": "2026-01-01T00:00:00Z",
            },
            **({"fullName": self.full_name} if self.full_name else {}),
            "identities": [f"{PROVIDER}:{self.name}"],
            "groups": [*sorted(self.groups), *VIRTUAL],
        }


class People:
    """All accounts, by name."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}

    def add(self, name: str, password: str, groups: Iterable[str] = (), **more: Any) -> Person:
        """A new account."""
        self._people[name] = person = Person(name, password, set(groups), **more)
        return person

    def remove(self, name: str) -> None:
        """Delete the account; its tokens are good for nothing from now on."""
        del self._people[name]

    def get(self, name: str) -> Person | None:
        """The account of that name."""
        return self._people.get(name)

    def known(self, name: str, password: str) -> Person | None:
        """The account, if the password is its own."""
        person = self._people.get(name)
        return person if person and person.password == password else None
