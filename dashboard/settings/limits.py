"""Limits of time and size."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Time limits in seconds, and sizes; fields rather than variables, for tests to shorten."""

    hub: float = 4.0
    host: float = 25.0
    hub_pause: float = 5.0
    login_fresh: float = 60.0
    login_stale: float = 1800.0
    login_age: float = 14 * 86400.0
    state_age: float = 600.0
    recheck: float = 45.0
    activity: float = 60.0
    token: float = 60.0
    token_awaited: float = 5.0
    ping: float = 25.0
    backend: float = 3.0
    outside: float = 6.0
    health: float = 1.0
    headers: float = 45.0
    body: float = 55.0
    drain: float = 3.0
    page_body: int = 1 << 20
    frame: int = 1 << 20
    program_frame: int = 4 << 20
    console_frame: int = 4 << 20
    sockets: int = 64
    relays: int = 64
    programs: int = 128
