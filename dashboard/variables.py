"""What notes may name in every session."""

from collections.abc import Mapping


def session_variables(prefix: str, user: str, given: Mapping[str, str]) -> dict[str, str]:
    """The session's own variables, and whatever its operator set."""
    base = prefix.rstrip("/")
    own = {"username": user, "base_url": base}
    own |= {f"{part}_url": f"{base}/{part}" for part in ("terminal", "console", "slides")}
    return {**own, **given}
