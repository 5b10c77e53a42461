"""The proxy in front: configurable-http-proxy, kept running by `hub.local`, not by the hub."""

import logging
from typing import Any

from jupyterhub.proxy import ConfigurableHTTPProxy

from hub.keys import Keys
from hub.login.hosts import SHARED_ORIGIN
from hub.settings import HubSettings


class RoutesProxy(ConfigurableHTTPProxy):  # type: ignore[misc] # untyped
    """Keeps routes as they should be, and takes traffic for no sign of a person.

    The proxy counts every byte as activity, so an open tab that nobody looks at would keep its
    session running for ever. Sessions report what people do themselves.
    """

    def _reformat_routespec(self, routespec: str, chp_data: dict[str, Any]) -> dict[str, Any]:
        chp_data.pop("last_activity", None)
        route: dict[str, Any] = super()._reformat_routespec(routespec, chp_data)
        return route


def configure_proxy(c: Any, s: HubSettings, keys: Keys) -> None:
    """The hub listens behind a proxy that others start."""
    hub = c.JupyterHub
    hub.bind_url = f"{s.origin}/"
    hub.hub_bind_url = f"http://{s.hub_bind}:{s.hub_port}"
    if s.hub_connect_url:
        hub.hub_connect_url = s.hub_connect_url
    if s.subdomains:
        hub.subdomain_host = s.origin
        # Browsers refuse such a cookie from a sibling's page; the name needs https.
        hub.cookie_host_prefix_enabled = s.is_encrypted
    else:
        logging.getLogger("workshop.hub").warning(SHARED_ORIGIN)
        hub.public_url = f"{s.origin}/"
    hub.proxy_class = RoutesProxy
    hub.cleanup_proxy = False
    c.RoutesProxy.should_start = False
    c.RoutesProxy.api_url = s.proxy_api_url
    c.RoutesProxy.auth_token = keys.proxy
