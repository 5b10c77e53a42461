"""A short text that changes whenever a file of the workshop does, for reloading."""

import os
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

#: Folders with more files than this are compared by their first ones only, to stay quick.
MOST_FILES = 2000


def fingerprint(folder: Path) -> str:
    """Return a digest of names, sizes and times of the files below `folder`; reads none of them."""
    digest = blake2b(digest_size=8)
    for name, seen in zip(_files(str(folder)), range(MOST_FILES), strict=False):
        digest.update(f"{seen}{name}".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _files(folder: str) -> Iterator[str]:
    """Yield a line for each file, hidden ones (.git) left out."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
            continue
        try:
            status = entry.stat()
        except OSError:
            continue
        yield f"{entry.path}\0{status.st_mtime_ns}\0{status.st_size}\n"
