"""How much at once, how long, and how often: JupyterHub's limits for a workshop."""

from typing import Any

from hub.settings import HubSettings


def configure_limits(c: Any, s: HubSettings) -> None:
    """Sensible limits for up to a few hundred attendees."""
    hub = c.JupyterHub
    hub.concurrent_spawn_limit = 50
    hub.active_server_limit = s.max_sessions
    hub.init_spawners_timeout = 1
    hub.activity_resolution = 60
    hub.allow_named_servers = False
    hub.service_check_interval = 60
    hub.token_expires_in_max_seconds = 7 * 86400
    # Routes are looked after this often, so a proxy that died knows its way again within seconds.
    hub.last_activity_interval = 2
    spawner = c.Spawner
    spawner.start_timeout = 60
    spawner.http_timeout = 30
    spawner.poll_interval = 5  # a process table look-up each
    spawner.poll_jitter = 0.1
    spawner.consecutive_failure_limit = 0
