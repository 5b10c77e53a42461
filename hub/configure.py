"""The whole configuration of the hub, from the environment."""

from collections.abc import Mapping
from typing import Any

from hub.database import configure_database
from hub.extra_config import add_extra_config
from hub.keys import Keys
from hub.limits import configure_limits
from hub.login.configure import configure_login
from hub.logs import configure_logs
from hub.pages.routes import configure_pages
from hub.proxy import configure_proxy
from hub.services import configure_services
from hub.settings import HubSettings
from hub.spawner import configure_spawner


def configure(c: Any, environ: Mapping[str, str]) -> None:
    """Set everything that differs from JupyterHub's defaults."""
    s = HubSettings.from_environ(environ)
    keys = Keys.load(s.state, s.keys_file)
    c.JupyterHub.pid_file = ""
    configure_logs()
    configure_database(c, s)
    configure_login(c, s, keys)
    configure_proxy(c, s, keys)
    configure_limits(c, s)
    configure_services(c, s)
    if s.pods_file:
        from hub.pods.configure import configure_pods  # its libraries take a second to import

        configure_pods(c, s, environ)
    elif s.sessions.kind == "containers":
        from hub.containers.configure import configure_containers

        configure_containers(c, s, keys)
    elif s.sessions.kind == "users":
        from hub.accounts.spawner import configure_accounts

        configure_accounts(c, s)
    else:
        configure_spawner(c, s)
    configure_pages(c)
    if s.extra_config:
        add_extra_config(c, s.extra_config)
