"""Tokens that tell our own page's requests from those another site makes a browser send."""

import hashlib
import hmac
from urllib.parse import parse_qs

HEADER = "X-XSRFToken"
FIELD = "_xsrf"


def token(key: bytes, login: str) -> str:
    """The token of one login."""
    return hmac.new(key, f"xsrf:{login}".encode(), hashlib.sha256).hexdigest()


def is_valid(given: str, expected: str) -> bool:
    """Whether a token is the expected one, in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())


def field_of(content_type: str, body: bytes, name: str = FIELD) -> str:
    """A field of a form that was sent the plain way, the token by default, or nothing."""
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return ""
    try:
        fields = parse_qs(body.decode(), max_num_fields=100)
    except ValueError:
        return ""
    return fields.get(name, [""])[0]
