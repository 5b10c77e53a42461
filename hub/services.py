"""What runs beside the hub: the service that stops sessions nobody uses."""

import sys
from typing import Any

from hub.settings import HubSettings

#: Least the culler needs: who is there, when they were last active, and to stop a session.
CULLER_SCOPES = ["list:users", "read:users:activity", "read:servers", "delete:servers"]


def configure_services(c: Any, s: HubSettings) -> None:
    """Idle sessions are stopped, and every session after a while; accounts and homes stay."""
    idle, oldest = s.idle_minutes * 60, s.max_hours * 3600
    command = [sys.executable, "-m", "hub.culler"]
    options = {"timeout": idle, "max-age": oldest, "cull-every": max(10, min(600, idle // 4))}
    c.JupyterHub.services = [
        {
            "name": "culler",
            "command": [*command, *(f"--{name}={value}" for name, value in options.items())],
        }
    ]
    c.JupyterHub.load_roles = [
        {"name": "culler", "scopes": CULLER_SCOPES, "services": ["culler"]},
    ]
