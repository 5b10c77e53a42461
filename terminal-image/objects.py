"""Makes what the workshop wants in the session's project, as the account that the shells act as."""

import asyncio
import json
import subprocess
from typing import Any

from launch import Launch

#: Seconds that the cluster may take for all of them.
_PATIENCE = 60
_MOST_LINES = 20


class Objects:
    """Remembers what is wrong, for the page to say."""

    def __init__(self, launch: Launch, kubeconfig: str) -> None:
        self._environ = launch.environment("objects", "") | {"KUBECONFIG": kubeconfig}
        #: Lines for the attendee and the author.
        self.wrong: list[str] = []

    async def make(self, wanted: list[Any], mistakes: list[str]) -> list[str]:
        """Make what is not there yet; what was refused, a line each."""
        refused = await asyncio.to_thread(self._create, wanted) if wanted else []
        self.wrong = [*mistakes, *refused][:_MOST_LINES]
        return refused

    def _create(self, wanted: list[Any]) -> list[str]:
        try:
            done = subprocess.run(
                ["kubectl", "create", "-f", "-", "--request-timeout=20s"],
                input=json.dumps({"apiVersion": "v1", "kind": "List", "items": wanted}),
                env=self._environ,
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return [f"kubectl: {error}"]
        # Its status is not asked: the server's own reaper may have taken it.
        return [line for line in done.stderr.splitlines() if "(AlreadyExists)" not in line]
