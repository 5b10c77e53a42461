"""A session that cannot start, and the words for it."""

from jupyterhub.spawner import SpawnException

TELL = "Please tell the instructor."
#: Letters of a reason that are shown.
LONGEST = 300


class NoSession(SpawnException):  # type: ignore[misc] # untyped
    """Why there is no session: `words` are what the attendee and the admin page are told."""

    def __init__(self, words: str, *, reason: str, status_code: int = 503) -> None:
        super().__init__(words, reason=reason, status_code=status_code)
        # Where JupyterHub 6.1 looks for words to show; without them it shows the exception's name.
        self.jupyterhub_message = words


def short(text: str) -> str:
    """The last line, which says why, without a full stop and within bounds."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[-1] if lines else "no reason is given")[:LONGEST].rstrip(". ")
