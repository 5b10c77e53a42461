"""Where a workshop comes from: a folder, or a git repository that is kept up to date."""

import hashlib
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

#: What git says when it cannot go on is in the first line that begins so.
_REASONS = ("fatal:", "error:")
#: What it means when git would ask for a name; nobody may be there to answer.
_ASKS = ("could not read Username", "terminal prompts disabled", "Authentication failed")
_PRIVATE = "it is not there, or it needs a login"
#: A name and a token may stand in an address, as in https://name:token@example.org.
_LOGIN = re.compile(r"//[^/]*@")


class SourceError(Exception):
    """A workshop that cannot be had; the message is one sentence with the way out."""


def is_git_url(source: str) -> bool:
    """Whether this names a repository rather than a folder."""
    return "://" in source or source.startswith("git@") or source.partition("#")[0].endswith(".git")


def workshop_folder(source: str, state: Path, environ: Mapping[str, str]) -> Path:
    """The folder that holds the workshop; a repository is cloned, or brought up to date."""
    if is_git_url(source):
        # Never ask for a password on the terminal: nobody may be there to answer.
        quiet = {**environ, "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true"}
        return _checked_out(source, state, quiet)
    return local_folder(source)


def local_folder(source: str) -> Path:
    """The folder of that name, with something in it; SourceError otherwise."""
    folder = Path(source).expanduser().resolve()
    if not folder.is_dir():
        base, sign, branch = str(folder).partition("#")
        if sign and Path(base).is_dir():
            raise SourceError(
                f"{source!r} is a folder with a branch, which go together only in a git address:"
                f" set WORKSHOP=file://{base}#{branch}"
            )
        raise SourceError(f"There is no workshop folder {folder}: set WORKSHOP= to one that is.")
    if not any(folder.iterdir()):
        raise SourceError(f"The workshop folder {folder} is empty: set WORKSHOP= to another one.")
    return folder


def _checked_out(source: str, state: Path, environ: Mapping[str, str]) -> Path:
    url, _, branch = source.partition("#")
    local = Path(url).expanduser()
    if local.is_dir():
        url = str(local.resolve())  # git looks from another folder
    if url.startswith("-") or branch.startswith("-"):
        raise SourceError(f"{source!r} is not the address of a git repository.")
    folder = state / "workshops" / hashlib.sha256(url.encode()).hexdigest()[:16]

    def git(*arguments: str) -> None:
        _git(url, environ, *arguments)

    new = not (folder / ".git").is_dir()
    if new:
        folder.mkdir(parents=True, exist_ok=True)
        git("init", "--quiet", str(folder))
    try:
        git("-C", str(folder), "fetch", "--quiet", "--depth=1", url, branch or "HEAD")
    except SourceError:
        if new or not _has_commit(folder) or branch:
            raise
        return folder  # offline, and an earlier copy is here
    git("-C", str(folder), "checkout", "--quiet", "--force", "--detach", "FETCH_HEAD")
    git("-C", str(folder), "clean", "--quiet", "-fdx")
    return folder


def _has_commit(folder: Path) -> bool:
    command = ["git", "-C", str(folder), "rev-parse", "--quiet", "--verify", "HEAD"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _git(url: str, environ: Mapping[str, str], *arguments: str) -> None:
    try:
        done = subprocess.run(
            ["git", *arguments], env=environ, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise SourceError(
            "WORKSHOP is a git URL, but git is not installed: apt install git, or give a folder."
        ) from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith(_REASONS)]
        reason = lines[0].partition(": ")[2].rstrip(".") if lines else "git could not say why"
        if any(words in done.stderr for words in _ASKS):
            reason = _PRIVATE
        shown = _LOGIN.sub("//", url)  # logs are read by others
        raise SourceError(
            f"The workshop cannot be fetched from {shown}: {reason}; check WORKSHOP= and the"
            " network."
        )
