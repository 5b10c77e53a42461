"""What runs beside the hub: the service that stops sessions nobody uses."""

import sys
from collections.abc import Mapping
from typing import Any

from hub.settings import HubSettings

#: Least the culler needs: who is there, when they were last active, and to stop a session.
CULLER_SCOPES = ["list:users", "read:users:activity", "read:servers", "delete:servers"]


def configure_services(c: Any, s: HubSettings) -> None:
    """Idle sessions are stopped, and every session after a while; accounts and homes stay."""
    idle, oldest = s.idle_minutes * 60, s.max_hours * 3600
    command = [sys.executable, "-m", "hub.culler"]
    options = {
        "url": local_api(s),
        "timeout": idle,
        "max-age": oldest,
        "cull-every": max(10, min(600, idle // 4)),
    }
    c.JupyterHub.services = [
        {
            "name": "culler",
            "command": [*command, *(f"--{name}={value}" for name, value in options.items())],
        }
    ]
    c.JupyterHub.load_roles = [
        {"name": "culler", "scopes": CULLER_SCOPES, "services": ["culler"]},
    ]


def local_api(s: HubSettings) -> str:
    """Where a service beside the hub asks it: not by its name on a cluster, whose walls may keep a
    pod from its own Service."""
    host = "127.0.0.1" if s.hub_bind == "0.0.0.0" else s.hub_bind
    return f"http://{host}:{s.hub_port}/hub/api"


def add_sweeper(c: Any, module: str, environment: Mapping[str, str]) -> None:
    """The module that removes what sessions left behind runs too, and may ask who has one."""
    c.JupyterHub.services.append(
        {
            "name": "sweeper",
            "command": [sys.executable, "-m", module],
            "environment": dict(environment),
        }
    )
    scopes = ["list:users", "read:servers"]
    c.JupyterHub.load_roles.append({"name": "sweeper", "scopes": scopes, "services": ["sweeper"]})
