"""The proxy in front: configurable-http-proxy, kept running by `hub.local`, not by the hub."""

import asyncio
import logging
from typing import Any
from weakref import WeakValueDictionary

from jupyterhub.proxy import ConfigurableHTTPProxy
from traitlets import Bool

from hub.keys import Keys
from hub.login.hosts import SHARED_ORIGIN
from hub.no_session import NoSession
from hub.own_hosts import Lead, NoWays, OwnHosts, Ways, label_in, mended, own_host
from hub.pages.program import lead_home
from hub.settings import HubSettings

#: What a route of ours is known by, with the name of its user.
_MARK = "workshop"


class RoutesProxy(ConfigurableHTTPProxy):  # type: ignore[misc] # untyped
    """Keeps routes as they should be, and takes traffic for no sign of a person.

    The proxy counts every byte as activity, so an open tab that nobody looks at would keep its
    session running for ever. Sessions report what people do themselves.
    """

    own_hosts = Bool(config=True, help="whether programs of sessions have hosts of their own")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._hosts = OwnHosts()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._adopted = False

    def _reformat_routespec(self, routespec: str, chp_data: dict[str, Any]) -> dict[str, Any]:
        chp_data.pop("last_activity", None)
        route: dict[str, Any] = super()._reformat_routespec(routespec, chp_data)
        return route

    async def open_host(self, user: Any, label: object) -> None:
        """Lead to the user's session by one more host; ValueError for a label that is none,
        NoSession where the cluster does not lead it to the proxy.

        One after another for each session, which so makes a cluster no more work than that.
        """
        host = own_host(label, str(user.domain))
        ways: Ways = getattr(user.spawner, "ways", None) or NoWays()
        async with self._turns.setdefault(user.name, asyncio.Lock()):
            if not self._hosts.has(user.name, host):
                await ways.open(label_in(host))
            if not user.spawner.ready:
                await ways.close(label_in(host))
                raise NoSession("The session does not run.", reason="ended", status_code=409)
            for gone in self._hosts.add(user.name, host):
                await self.delete_route(f"{gone}/")
                await ways.close(label_in(gone))
            await self._lead(host, Lead(user.name, user.spawner.server.host))

    async def delete_user(self, user: Any, server_name: str = "") -> None:
        """A session that ends takes its hosts along."""
        await super().delete_user(user, server_name)
        for host in self._hosts.drop(user.name):
            await self.delete_route(f"{host}/")

    async def check_routes(
        self, user_dict: Any, service_dict: Any, routes: dict[str, Any] | None = None
    ) -> None:
        """Mend the routes of sessions, then those of their further hosts, which JupyterHub leaves
        alone, for want of its mark."""
        await super().check_routes(user_dict, service_dict, routes)
        if not self.own_hosts:
            return
        there = await self._leads()
        if not self._adopted:
            # An earlier hub made them.
            for host, lead in there.items():
                self._hosts.add(lead.user, host)
            self._adopted = True
        spawners = [spawner for user in user_dict.values() for spawner in user.spawners.values()]
        targets = {one.user.name: one.server.host for one in spawners if one.ready}
        busy = {one.user.name for one in spawners if one.pending}
        self._hosts.keep({*targets, *busy})
        add, forget = mended(there, self._hosts.wanted(targets), busy)
        await asyncio.gather(
            *(self._lead(host, lead) for host, lead in add.items()),
            *(self.delete_route(f"{host}/") for host in forget),
        )

    async def _leads(self) -> dict[str, Lead]:
        """The further hosts that the proxy knows."""
        known: dict[str, dict[str, Any]] = await (await self.api_request("")).json()
        return {
            path.strip("/"): Lead(route[_MARK], route["target"])
            for path, route in known.items()
            if _MARK in route
        }

    async def _lead(self, host: str, lead: Lead) -> None:
        body = {"target": lead.target, _MARK: lead.user}
        await self.api_request(f"/{host}", method="POST", body=body)


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
        lead_home(beside=s.hosts_beside)
    else:
        logging.getLogger("workshop.hub").warning(SHARED_ORIGIN)
        hub.public_url = f"{s.origin}/"
    hub.proxy_class = RoutesProxy
    hub.cleanup_proxy = False
    c.RoutesProxy.own_hosts = s.subdomains
    c.RoutesProxy.should_start = False
    c.RoutesProxy.api_url = s.proxy_api_url
    c.RoutesProxy.auth_token = keys.proxy
