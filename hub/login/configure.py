"""JupyterHub's settings for logins: what all ways share, and the way that was chosen."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from hub.keys import Keys
from hub.login.hosts import host_beside, host_of
from hub.settings import HubSettings

#: The function that sets up each way; its module is imported only when it is the one.
WAYS = {
    "password": "hub.login.class_password.configure_class_password",
    "openshift": "hub.login.openshift.configure_openshift",
    "oidc": "hub.login.oidc.configure_oidc",
    "oauth2": "hub.login.oidc.configure_oauth2",
    "github": "hub.login.github.configure_github",
    "ldap": "hub.login.ldap.configure_ldap",
    "pam": "hub.login.pam.configure_pam",
    "anonymous": "hub.login.anonymous.configure_anonymous",
    "custom": "hub.login.custom.configure_custom",
}


def configure_login(c: Any, s: HubSettings, keys: Keys) -> None:
    """Set up the way that LOGIN names."""
    c.JupyterHub.cookie_secret = bytes.fromhex(keys.cookie)
    c.JupyterHub.cookie_max_age_days = 2  # a workshop's length
    c.JupyterHub.oauth_require_pkce = True
    c.JupyterHub.subdomain_hook = host_beside if s.hosts_beside else host_of
    c.CryptKeeper.keys = [bytes.fromhex(keys.crypt)]
    c.FormLogin.routers = s.routers
    module, _, name = WAYS[s.login.way].rpartition(".")
    configure_way: Callable[[Any, HubSettings, Keys], None] = getattr(import_module(module), name)
    configure_way(c, s, keys)
