"""The attendee's own token for the cluster: fetched from the hub, left where their shells read it.

Nothing else keeps it: it is in no environment, no log, no address and no answer to a browser. What
reads the file anew for each command, as kubectl does, goes on with a new token by itself.
"""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from dashboard.gateway.login.visitor import HubAwayError, HubRefusedError

log = logging.getLogger("workshop.gateway.own_token")
#: Seconds before its end that the attendee is asked to log in again.
WARNING = 900.0


class OwnToken:
    """Keeps the file as the hub has the token; `often` and `seldom` are seconds between looks."""

    def __init__(
        self,
        file: Path,
        fetch: Callable[[], Awaitable[dict[str, Any]]],
        often: float,
        seldom: float,
    ) -> None:
        self._file = file
        self._fetch = fetch
        self._often, self._seldom = often, seldom
        self._ends: float | None = None  # until the hub has said

    @property
    def left(self) -> int:
        """Whole seconds until it ends; 0 when there is none that is good."""
        return max(0, int((self._ends or 0.0) - time.time()))

    @property
    def is_due(self) -> bool:
        """Whether its owner should log in again."""
        return self._ends is not None and self.left < WARNING

    async def run(self) -> None:
        """Look for ever; more often while a new token is awaited."""
        while True:
            await self._look()
            await asyncio.sleep(self._often if self.left < WARNING else self._seldom)

    async def _look(self) -> None:
        try:
            found = await self._fetch()
            self._ends = float(found["ends"])
            self._write(str(found["token"]))
        except HubAwayError as error:
            log.warning("the token for the cluster is fetched later: %s", error)
        except HubRefusedError as error:
            self._ends = 0.0
            log.warning("there is no token for the cluster: %s", error)
        except (OSError, KeyError, TypeError, ValueError) as error:
            log.error("the token for the cluster cannot be left: %s", type(error).__name__)

    def _write(self, token: str) -> None:
        """Replace the file whole, for this user alone; a shell never reads half of it."""
        with contextlib.suppress(OSError):
            if self._file.read_text() == token:
                return
        new = self._file.with_name(f".{self._file.name}")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(token)
        new.replace(self._file)
