"""A session that cannot start."""

from jupyterhub.spawner import SpawnException


class NoSession(SpawnException):  # type: ignore[misc] # untyped
    """Why there is no session: `words` are what the attendee and the admin page are told."""

    def __init__(self, words: str, *, reason: str, status_code: int = 503) -> None:
        super().__init__(words, reason=reason, status_code=status_code)
        # Where JupyterHub 6.1 looks for words to show; without them it shows the exception's name.
        self.jupyterhub_message = words
