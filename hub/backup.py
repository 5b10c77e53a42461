"""`python -m hub.backup > FILE`: a copy of accounts and names, consistent while the hub runs.

`python -m hub.backup restore < FILE` puts them back; the hub is then to be started anew.
Accounts in PostgreSQL are not in it: `pg_dump` copies those.
"""

import io
import os
import sqlite3
import sys
import tarfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from hub.keys import write_private
from hub.settings import HubSettings

ACCOUNTS = "jupyterhub.sqlite"
NAMES = "names.json"


def save(state: Path, out: BinaryIO) -> None:
    """Write what there is of accounts and names as a tar."""
    with tarfile.open(fileobj=out, mode="w|") as tar:
        for name in (ACCOUNTS, NAMES):
            if (state / name).exists():
                data = _copy(state / name) if name == ACCOUNTS else (state / name).read_bytes()
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))


def restore(state: Path, given: BinaryIO) -> list[str]:
    """Put back what the tar holds, each whole or not at all; the names of what was put back."""
    with tarfile.open(fileobj=given, mode="r|") as tar:
        found = {one.name: tar.extractfile(one).read() for one in tar if one.isfile()}  # type: ignore[union-attr] # a file has content
    if ACCOUNTS in found:
        with closing(sqlite3.connect(":memory:")) as kept:
            kept.deserialize(found[ACCOUNTS])
            with closing(sqlite3.connect(state / ACCOUNTS)) as live:
                kept.backup(live)
    if NAMES in found:
        write_private(state / NAMES, found[NAMES].decode())
    return [name for name in (ACCOUNTS, NAMES) if name in found]


def _copy(path: Path) -> bytes:
    """The database as one transaction sees it, whoever writes meanwhile."""
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(":memory:")) as copy:
        live.backup(copy)
        data = copy.serialize()
        # Of versions 1 to be read and written: a write-ahead log has no place in memory.
        return data[:18] + b"\x01\x01" + data[20:]


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Save, or restore; 1 with one sentence when there is nothing to do that to."""
    state = HubSettings.from_environ(environ).state
    if list(arguments) == ["restore"]:
        try:
            done = restore(state, sys.stdin.buffer)
        except (tarfile.TarError, sqlite3.Error, OSError) as error:
            sys.stderr.write(f"This is no copy that can be put back: {error}\n")
            return 1
        sys.stderr.write(f"put back: {', '.join(done)}; now start the hub anew\n")
        return 0
    if sys.stdout.isatty():
        sys.stderr.write("This writes a file: python -m hub.backup > FILE\n")
        return 1
    save(state, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], os.environ))
