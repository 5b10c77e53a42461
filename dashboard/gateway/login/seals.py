"""Values a browser keeps for us: signed, dated, good only for what they were made for."""

import hashlib
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer


class Seal:
    """Signs values under a key for one purpose; what was sealed for another does not open."""

    def __init__(self, key: str, purpose: str, max_age: float) -> None:
        self._max_age = max_age
        self._serializer = URLSafeTimedSerializer(
            key,
            salt=f"workshop {purpose}",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )

    def close(self, value: dict[str, str]) -> str:
        """The value as a cookie can hold it."""
        sealed = self._serializer.dumps(value)
        return sealed if isinstance(sealed, str) else sealed.decode()

    def open(self, sealed: str) -> dict[str, str] | None:
        """The value, or None when it is forged, too old or made for something else."""
        try:
            value: Any = self._serializer.loads(sealed, max_age=int(self._max_age))
        except BadData:
            return None
        if not isinstance(value, dict):
            return None
        return {str(name): str(text) for name, text in value.items()}
