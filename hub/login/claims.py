"""Who has which name: the first login claims it, and only its personal code lets others use it.

A code is never stored. It is made from the claim's random id and a key, so the file names.json
alone gives nothing away, and releasing a name makes old codes and old browsers worthless.
"""

import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.keys import write_private

#: Without letters and digits that look or sound alike: 28 ** 6 is 29 bits.
ALPHABET = "abcdefghjkmnpqrstvwxyz346789"
CODE_LENGTH = 6


@dataclass(frozen=True)
class Claim:
    """A name that is taken: the claim's random id, and when it was taken (seconds since 1970)."""

    name: str
    id: str
    since: float


class Claims:
    """The claimed names of one state folder; a change is on disk before it counts."""

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = bytes.fromhex(key)
        kept = json.loads(path.read_text()) if path.exists() else {}
        self._claims = {name: Claim(name, **claim) for name, claim in kept.items()}

    def get(self, name: str) -> Claim | None:
        """The claim on a name, if there is one."""
        return self._claims.get(name)

    def all(self) -> list[Claim]:
        """All claims, by name."""
        return sorted(self._claims.values(), key=lambda claim: claim.name)

    def claim(self, name: str) -> Claim:
        """Take a name that is free."""
        if name in self._claims:
            raise ValueError(f"{name} is taken")
        claim = Claim(name, secrets.token_hex(16), time.time())
        self._save({**self._claims, name: claim})
        return claim

    def release(self, name: str) -> bool:
        """Let a name be taken anew; its code and its browsers count no more."""
        if name not in self._claims:
            return False
        self._save({kept: claim for kept, claim in self._claims.items() if kept != name})
        return True

    def code(self, name: str) -> str:
        """The personal code of a name; empty when nobody has it."""
        claim = self._claims.get(name)
        if claim is None:
            return ""
        number = int.from_bytes(hmac.digest(self._key, f"{name}|{claim.id}".encode(), "sha256"))
        letters = []
        for _ in range(CODE_LENGTH):
            number, digit = divmod(number, len(ALPHABET))
            letters.append(ALPHABET[digit])
        return "".join(letters)

    def fits(self, name: str, code: str) -> bool:
        """Whether this is the name's code, however it was spaced; takes the same time for all."""
        typed = "".join(letter for letter in code[:40].lower() if letter.isalnum())
        code = self.code(name)
        return bool(code) and hmac.compare_digest(typed.encode(), code.encode())

    def holds(self, name: str, held: Mapping[str, str]) -> bool:
        """Whether a browser that holds these claims (name to id) has the name's present one."""
        claim, mine = self._claims.get(name), held.get(name, "")
        return claim is not None and hmac.compare_digest(mine.encode(), claim.id.encode())

    def _save(self, claims: dict[str, Claim]) -> None:
        kept = {name: {"id": claim.id, "since": claim.since} for name, claim in claims.items()}
        write_private(self._path, json.dumps(kept, indent=1))
        self._claims = claims


def code_of(authenticator: Any, user: Any) -> str:
    """The personal code of somebody's name; empty for who needs none to come back.

    Only who claimed a name by class password does, and the admin password is all that the
    instructor needs.
    """
    claims: Claims | None = getattr(authenticator, "claims", None)
    return claims.code(user.name) if claims and not user.admin else ""
