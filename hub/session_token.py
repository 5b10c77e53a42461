"""How the hub knows a session by its token, also when it was given out by an earlier hub."""

import hashlib
import hmac
from typing import Any


class KnownToken:
    """For a spawner, before its other base: keeps a digest of the session's token.

    JupyterHub forgets at a restart which token is the session's.
    """

    api_token: str
    token_digest = ""

    def get_state(self) -> dict[str, Any]:
        """What is kept of the session, the digest too."""
        state: dict[str, Any] = super().get_state()  # type: ignore[misc] # of the other base
        if self.api_token:
            self.token_digest = _digest(self.api_token)
        return {**state, "token_digest": self.token_digest} if self.token_digest else state

    def load_state(self, state: dict[str, Any]) -> None:
        """Take up what an earlier hub kept."""
        super().load_state(state)  # type: ignore[misc] # of the other base
        self.token_digest = state.get("token_digest", "")

    def clear_state(self) -> None:
        """There is no session any more."""
        super().clear_state()  # type: ignore[misc] # of the other base
        self.token_digest = ""

    def has_token(self, given: str) -> bool:
        """Whether this is the session's token."""
        digest = _digest(self.api_token) if self.api_token else self.token_digest
        return bool(digest) and hmac.compare_digest(digest, _digest(given))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
