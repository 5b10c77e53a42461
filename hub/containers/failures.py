"""Why a session's containers do not come up, in a sentence for the attendee and the admin page."""

from docker.errors import APIError, ImageNotFound

from hub.containers.seat import Object
from hub.telling import TELL, short

FULL = "The workshop is full: every network for sessions is in use. Please tell the instructor."
ENDED = "Your session cannot start. Its part “{}” ends again and again: {}. " + TELL
SILENT = f"The machine that runs the sessions does not answer. {TELL}"
LATE = "Your session was not ready within {} s. Try again, or tell the instructor."
#: A container that was started again so often, before it ever was ready, will not be.
ATTEMPTS = 2


def refused(error: Exception) -> str:
    """A sentence for an answer of the engine other than success."""
    if isinstance(error, ImageNotFound):
        return f"Your session cannot start. An image is missing: {short(_said(error))}. {TELL}"
    if isinstance(error, APIError):
        return f"Your session cannot start. It was refused: {short(_said(error))}. {TELL}"
    return SILENT


def hopeless(part: str, container: Object, log: str) -> str:
    """A sentence when the container ends again and again; else nothing."""
    if container.get("RestartCount", 0) < ATTEMPTS:
        return ""
    return ENDED.format(part, short(log))


def _said(error: APIError) -> str:
    return str(error.explanation or error)
