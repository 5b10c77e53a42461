"""Makes what the workshop wants in the session's project, as the account that the shells act as."""

import asyncio
import json
import os
import re
import subprocess
import tempfile
from typing import Any

from launch import Launch

#: Seconds that the cluster may take for all of them.
_PATIENCE = 60
_MOST_LINES = 20
#: Before its words kubectl has the object's file, and after them advice to who runs it.
_FILE = re.compile(r'"(\d+)\.json"')
_ABOUT = re.compile(
    r"^(Error from server \(\w+\): )?(error: )?"
    r'(error when creating|error validating|resource mapping not found .*? from) "\d+\.json": '
)
_ADVICE = re.compile(r"ensure CRDs are installed first|; if you choose to ignore these errors, .*")
#: Objects of kinds that the cluster has not are told of together.
_NEXT = re.compile(r"\n|, (?=resource mapping not found)")


class Objects:
    """Remembers what is wrong, for the page to say."""

    def __init__(self, launch: Launch, kubeconfig: str) -> None:
        self._environ = launch.environment("objects", "") | {"KUBECONFIG": kubeconfig}
        #: Lines for the attendee and the author.
        self.wrong: list[str] = []

    async def make(self, wanted: list[Any], mistakes: list[str]) -> list[str]:
        """Make what is not there yet; what was refused, a line each that says where it stands.

        Each of `wanted` has the `object` and its `place`, such as a file and a line.
        """
        refused = await asyncio.to_thread(self._create, wanted) if wanted else []
        self.wrong = [*mistakes, *refused][:_MOST_LINES]
        return refused

    def _create(self, wanted: list[Any]) -> list[str]:
        try:
            with tempfile.TemporaryDirectory() as folder:
                # A file each, because kubectl names the file, and seldom the object in it.
                for number, one in enumerate(wanted):
                    with open(os.path.join(folder, f"{number:05}.json"), "w") as file:
                        json.dump(one["object"], file)
                done = subprocess.run(
                    ["kubectl", "create", "-f", ".", "--request-timeout=20s"],
                    cwd=folder,
                    env=self._environ,
                    capture_output=True,
                    text=True,
                    timeout=_PATIENCE,
                    check=False,
                )
        except (OSError, subprocess.TimeoutExpired) as error:
            return [f"kubectl: {error}"]
        # Its status is not asked: the server's own reaper may have taken it.
        return told(done.stderr, wanted)


def told(said: str, wanted: list[Any]) -> list[str]:
    """kubectl's words about files of that number; place and name of each object before them."""
    found = []
    for line in _NEXT.split(_ADVICE.sub("", said)):
        words = line.strip("[], ") if "resource mapping not found" in line else line.strip()
        if words.strip("[], ") and "(AlreadyExists)" not in words:
            found.append(_placed(words, wanted))
    return found


def _placed(words: str, wanted: list[Any]) -> str:
    file = _FILE.search(words)
    if not file or int(file[1]) >= len(wanted):
        return words
    one = wanted[int(file[1])]
    made = one["object"]
    return f"{one['place']}: {made['kind']} {made['metadata']['name']}: {_ABOUT.sub('', words)}"
