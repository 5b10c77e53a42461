"""JupyterHub's settings for sessions that are containers."""

from ipaddress import IPv4Network
from typing import Any

from hub.bodies import BoundedServer
from hub.containers.manifest import ANCHOR, PORT
from hub.containers.spawner import ContainerSpawner
from hub.keys import Keys
from hub.login.hosts import label_of
from hub.services import add_sweeper
from hub.settings import HubSettings

LOOPBACK = IPv4Network("127.0.0.0/8")


def configure_containers(c: Any, s: HubSettings, keys: Keys) -> None:
    """Sessions are containers that survive a restart of the hub."""
    release = keys.release
    c.JupyterHub.spawner_class = ContainerSpawner
    c.JupyterHub.cleanup_servers = False
    # Sessions reach the hub at an address that their network has only once it is made, so the hub
    # listens everywhere, and answers nobody but its proxy and them.
    c.JupyterHub.hub_bind_url = f"http://0.0.0.0:{s.hub_port}"
    c.JupyterHub.hub_connect_url = f"http://127.0.0.1:{s.hub_port}"
    BoundedServer.peers = (LOOPBACK, s.sessions.networks)
    told = {
        "DOCKER_HOST": s.sessions.engine,
        "WORKSHOP_RELEASE": release,
        "MAX_HOURS": str(s.max_hours),
    }
    add_sweeper(c, "hub.containers.sweeper", told)
    spawner = c.ContainerSpawner
    spawner.sessions = s.sessions
    spawner.release = release
    spawner.notes = s.workshop
    spawner.client_kwargs = {"base_url": s.sessions.engine}
    spawner.image = s.sessions.dashboard_image
    spawner.prefix = release
    spawner.escape = label_of
    spawner.name_template = f"{{prefix}}.{{username}}.{ANCHOR}"
    spawner.port = PORT
    spawner.environment = {
        "WORKSHOP_PUBLIC_URL": "" if s.subdomains else s.origin,
        "WORKSHOP_OWN_HOSTS": "1" if s.subdomains else "",
        "WORKSHOP_VARS": s.variables,
        "WORKSHOP_TABS": s.tabs,
        "TERMINAL_VIEW": s.terminal_view,
    }
