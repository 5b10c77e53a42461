"""`fetch_artefact.py REFERENCE FOLDER`: bring a workshop's notes from a registry.

They are an image of nothing but files, or an OCI artefact as `oras push` makes it. What is said
last tells why it failed: the attendee and the admin page are shown it.
"""

import base64
import hashlib
import json
import re
import shutil
import sys
import tarfile
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPResponse
from pathlib import Path, PurePosixPath
from typing import IO, Any

REFERENCE = re.compile(
    r"(?:(https?)://)?([^/@]+)/([a-z0-9._/-]+)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?"
)
MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
TITLE = "org.opencontainers.image.title"


class FetchError(Exception):
    """Why there are no notes, in a few words."""


class Repository:
    """One repository of a registry, by the OCI distribution protocol."""

    def __init__(self, base: str, name: str, login: str) -> None:
        self._address, self._name, self._login = f"{base}/v2/{name}", name, login
        self._authorization = ""

    def manifest(self, reference: str) -> dict[str, Any]:
        """The manifest; of an index the first one in it."""
        with self._get(f"manifests/{reference}") as answer:
            found: dict[str, Any] = json.load(answer)
        if "manifests" in found:
            return self.manifest(found["manifests"][0]["digest"])
        return found

    def blob(self, digest: str, into: IO[bytes]) -> None:
        """Copy a blob; FetchError unless it is the one of this digest."""
        with self._get(f"blobs/{digest}") as answer:
            shutil.copyfileobj(answer, into)
        into.seek(0)
        if f"sha256:{hashlib.file_digest(into, 'sha256').hexdigest()}" != digest:
            raise FetchError(f"{digest} is not what its digest says")
        into.seek(0)

    def _get(self, path: str) -> HTTPResponse:
        try:
            return self._open(path)
        except urllib.error.HTTPError as error:
            if error.code != 401 or self._authorization:
                raise
            self._authorise(error.headers.get("WWW-Authenticate", ""))
        return self._open(path)

    def _open(self, path: str) -> HTTPResponse:
        request = urllib.request.Request(f"{self._address}/{path}")
        request.add_header("Accept", ", ".join((*MANIFESTS, "*/*")))
        if self._authorization:
            # Never for the place that a registry sends us on to.
            request.add_unredirected_header("Authorization", self._authorization)
        opened: HTTPResponse = urllib.request.urlopen(request, timeout=60)
        return opened

    def _authorise(self, challenge: str) -> None:
        basic = f"Basic {base64.b64encode(self._login.encode()).decode()}" if self._login else ""
        asked = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        if "realm" not in asked or not challenge.lower().startswith("bearer"):
            self._authorization = basic
            return
        query = {"service": asked.get("service", ""), "scope": f"repository:{self._name}:pull"}
        request = urllib.request.Request(f"{asked['realm']}?{urllib.parse.urlencode(query)}")
        if basic:
            request.add_unredirected_header("Authorization", basic)
        with urllib.request.urlopen(request, timeout=60) as answer:
            told = json.load(answer)
        self._authorization = f"Bearer {told.get('token') or told.get('access_token')}"


def unpack(layer: IO[bytes], title: str, folder: Path) -> None:
    """The files of a layer, below the folder; links and whatever leads out of it are left out."""
    try:
        with tarfile.open(fileobj=layer) as tar:
            for member in tar:
                if member.isfile() and (content := tar.extractfile(member)):
                    _write(content, member.name, folder)
    except tarfile.ReadError:
        if not title:
            raise FetchError("a layer is neither a tar nor a file with a name") from None
        layer.seek(0)
        _write(layer, title, folder)


def _write(content: IO[bytes], name: str, folder: Path) -> None:
    parts = [part for part in PurePosixPath(name).parts if part not in {"/", "."}]
    if ".." in parts or not parts or parts[-1].startswith(".wh."):
        return
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(content, file)


def fetch(reference: str, folder: Path, login: str) -> None:
    """Bring all files; FetchError, HTTPError or OSError when they cannot be had."""
    match = REFERENCE.fullmatch(reference)
    if match is None:
        raise FetchError("expected HOST/NAME:TAG")
    scheme, host, name, tag, digest = match.groups()
    repository = Repository(f"{scheme or 'https'}://{host}", name, login)
    layers = repository.manifest(digest or tag or "latest").get("layers", [])
    for layer in layers:
        with tempfile.TemporaryFile() as file:
            repository.blob(layer["digest"], file)
            unpack(file, layer.get("annotations", {}).get(TITLE, ""), folder)
    if not any(folder.iterdir()):
        raise FetchError("there are no files in it")


def main(reference: str, folder: str, login: str = "/run/git") -> int:
    """Fetch; 1 with one sentence when that does not work.

    A private registry's login is mounted as files, as that of a git repository is.
    """
    words = [Path(login) / name for name in ("username", "password")]
    try:
        if Path(login).exists() and not words[1].exists():
            raise FetchError("the Secret with its username and password is missing")
        known = ":".join(path.read_text().strip() for path in words if path.exists())
        fetch(reference, Path(folder), known)
    except (FetchError, OSError, ValueError, KeyError) as error:
        refused = isinstance(error, urllib.error.HTTPError) and error.code in {401, 403}
        why = "the registry asks for a login, or does not take this one" if refused else error
        sys.stderr.write(f"{reference}: {why}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
