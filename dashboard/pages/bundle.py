"""Files of ours under the hash of their contents: cached for ever, never stale."""

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_SQUEEZED = {".css", ".js", ".mjs", ".svg"}


class Bundle:
    """A fixed set of names, each one file or several joined; other names do not exist."""

    def __init__(self, files: Mapping[str, tuple[Path, ...]]) -> None:
        self._files = dict(files)
        self._gzipped: dict[str, bytes] = {}

    @classmethod
    def of_tree(cls, root: Path, joined: str) -> "Bundle":
        """All files of known types below `root`; folder `joined` is served as one style sheet."""
        files = {
            path.relative_to(root).as_posix(): (path,)
            for path in sorted(root.rglob("*"))
            if path.suffix in TYPES and path.is_file()
        }
        parts = tuple(files.pop(name)[0] for name in list(files) if name.startswith(f"{joined}/"))
        return cls({**files, f"{joined}.css": parts})

    @classmethod
    def of_names(cls, root: Path, names: Iterable[str]) -> "Bundle":
        """Exactly these files below `root`; those that are not installed are left out."""
        return cls({name: (root / name,) for name in names if (root / name).is_file()})

    @cached_property
    def hash(self) -> str:
        """One hash for all files, so that they can name each other by relative paths."""
        digest = hashlib.blake2b(digest_size=8)
        for name in sorted(self._files):
            digest.update(name.encode() + b"\0" + self.body(name))
        return digest.hexdigest()

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def body(self, name: str) -> bytes:
        """The file's bytes."""
        return b"".join(path.read_bytes() for path in self._files[name])

    def gzipped(self, name: str) -> bytes | None:
        """The file compressed, done once and kept; None for what does not shrink."""
        if PurePosixPath(name).suffix not in _SQUEEZED:
            return None
        if name not in self._gzipped:
            self._gzipped[name] = gzip.compress(self.body(name), 6, mtime=0)
        return self._gzipped[name]

    def media_type(self, name: str) -> str:
        """What the file is."""
        return TYPES[PurePosixPath(name).suffix]
