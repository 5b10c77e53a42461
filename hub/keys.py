"""What must stay secret and stay the same: made once, kept in the state folder."""

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

#: Short, common, easily told apart by ear; three of them and a number make 30 bits.
WORDS = Path(__file__).with_name("words.txt")


@dataclass(frozen=True, repr=False)
class Keys:
    """The secrets of one state folder."""

    cookie: str
    crypt: str
    proxy: str
    claims: str
    admin_password: str

    @property
    def release(self) -> str:
        """A name for all that is made outside the folder, which no other installation has."""
        return f"workshop-{hashlib.sha256(self.proxy.encode()).hexdigest()[:8]}"

    @classmethod
    def load(cls, state: Path, given: str = "") -> "Keys":
        """Read the folder's keys; the first time, make them, for nobody else to read.

        Keys that were made elsewhere are read from the file `given`, and never written.
        """
        if given:
            return cls(**json.loads(Path(given).read_text()))
        path = state / "keys.json"
        wanted = {field.name for field in fields(cls)}
        kept = json.loads(path.read_text()) if path.exists() else {}
        if kept.keys() != wanted:
            # 32 characters for the password, which is the least JupyterHub takes for admins.
            fresh = {name: secrets.token_hex(32) for name in wanted}
            fresh["admin_password"] = secrets.token_urlsafe(24)
            kept = {name: kept.get(name) or fresh[name] for name in wanted}
        keys = cls(**kept)
        write_private(path, json.dumps(asdict(keys)))
        return keys


def make_password() -> str:
    """A class password that can be read out and typed: three words and a number."""
    words = WORDS.read_text(encoding="ascii").split()
    chosen = [secrets.choice(words) for _ in range(3)]
    return "-".join([*chosen, str(10 + secrets.randbelow(90))])


def write_private(path: Path, text: str) -> None:
    """Replace the file whole or not at all; only its owner may read it."""
    new = path.with_name(path.name + ".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
