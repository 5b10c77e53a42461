"""What the workshop wants in the session's project: handed to the terminal, which may make it.

There it is made by the account that the shells act as, so that no workshop can do more than the
attendee who does it.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.gateway.relay.exchange import hand_over
from dashboard.gateway.relay.target import Target

log = logging.getLogger("workshop.gateway.objects")
#: Seconds between tries: rights and network policies of a new project may come a moment later.
PAUSES = (1.0, 3.0, 10.0, 30.0, 0.0)
NO_PROJECT = "session.yaml: nothing of it is made, because this session has no project on a cluster"


async def make(
    terminal: Target, objects: Sequence[Mapping[str, Any]], mistakes: Sequence[str], project: str
) -> None:
    """Return once all is made, or was refused often enough; the page hears of it by the terminal.

    Each of `objects` has the `object` and its `place`, which refusals name.
    What is there already stays as it is: the attendee may have worked on it.
    """
    if objects and not project:
        objects, mistakes = (), (NO_PROJECT, *mistakes)
    wanted = {"objects": objects, "mistakes": mistakes}
    for pause in PAUSES:
        try:
            answer = await hand_over(terminal, "/objects", wanted)
            refused = list(answer["refused"])
        except (OSError, TimeoutError, ValueError, KeyError) as error:
            refused = [f"the terminal does not answer: {error}"]
        if not refused:
            break
        await asyncio.sleep(pause)
    for words in (*mistakes, *refused):
        log.warning("the project is not as the workshop wants it: %s", words)
