"""The hub's configuration as values of a real traitlets Config; no hub is started."""

import logging
import os
import re
import sys

import pytest
from traitlets.config import Config

from hub.configure import configure
from hub.login.hosts import host_beside, host_of
from hub.login.names import RESERVED
from hub.login.openshift import OpenShiftLogin
from hub.logs import without_cookies
from hub.own_hosts import own_host
from hub.proxy import RoutesProxy
from hub.settings import HubSettings
from hub.spawner import SOCKET_PATH_LIMIT, private_folder, socket_path


@pytest.fixture
def configured(tmp_path):
    """Makes the configuration for some settings."""

    def make(**environ):
        c = Config()
        usual = {"PASSWORD": "class-password", "ADMIN_PASSWORD": "a" * 32, "HUB_PORT": "8081"}
        configure(c, usual | {"STATE": str(tmp_path), "PROXY_API_PORT": "8001"} | environ)
        return c

    return make


def test_login(configured):
    """The class password admits everybody explicitly; only the instructor is an admin (row 135)."""
    c = configured()
    login = c.ClassPasswordAuthenticator

    assert login.allow_all is True
    assert login.any_allow_config is True
    assert login.admin_users == {"instructor"}
    assert login.blocked_users == RESERVED - {"instructor"}
    assert (login.user_password, login.admin_password) == ("class-password", "a" * 32)
    assert c.JupyterHub.oauth_require_pkce is True
    assert c.JupyterHub.cookie_max_age_days == 2
    assert len(c.JupyterHub.cookie_secret) == 32


def test_cookie_secret_outlives_a_restart(configured):
    """A second start signs with the same key, so nobody has to log in again."""
    assert configured().JupyterHub.cookie_secret == configured().JupyterHub.cookie_secret


def test_each_session_has_an_origin(configured):
    """By default sessions have hosts of their own below workshop.localhost."""
    c = configured(PORT="8123")

    assert c.JupyterHub.subdomain_host == "http://workshop.localhost:8123"
    assert "public_url" not in c.JupyterHub
    assert c.SessionSpawner.environment["WORKSHOP_PUBLIC_URL"] == ""


def test_paths_on_one_host(configured):
    """With SUBDOMAINS=0 the sessions are told the one origin that all share."""
    c = configured(SUBDOMAINS="0")

    assert "subdomain_host" not in c.JupyterHub
    assert c.JupyterHub.public_url == "http://127.0.0.1:8000/"
    assert c.SessionSpawner.environment["WORKSHOP_PUBLIC_URL"] == "http://127.0.0.1:8000"


def test_sessions_outlive_hub_and_proxy(configured):
    """A restart of the hub stops neither sessions nor proxy, and routes are repaired by itself."""
    c = configured()

    assert c.JupyterHub.cleanup_servers is False
    assert c.JupyterHub.cleanup_proxy is False
    assert c.RoutesProxy.should_start is False
    assert 0 < c.JupyterHub.last_activity_interval <= 5


def test_limits(configured):
    """Spawns at once, sessions and their age are limited as security.md 5.2 proposes."""
    c = configured(MAX_SESSIONS="40", IDLE_MINUTES="30", MAX_HOURS="5")

    assert c.JupyterHub.concurrent_spawn_limit == 50
    assert c.JupyterHub.active_server_limit == 40
    assert c.JupyterHub.tornado_settings["slow_spawn_timeout"] == 0
    assert c.Spawner.consecutive_failure_limit == 0
    command = c.JupyterHub.services[0]["command"]
    assert command[:3] == [sys.executable, "-m", "hub.culler"]
    assert command[3] == "--url=http://127.0.0.1:8081/hub/api"
    assert command[4:] == ["--timeout=1800", "--max-age=18000", "--cull-every=450"]
    assert set(c.JupyterHub.load_roles[0]["scopes"]) == {
        "list:users",
        "read:users:activity",
        "read:servers",
        "delete:servers",
    }


def test_sessions_get_little_of_our_environment(configured):
    """A session is told what it is for; of the hub's own environment it sees path and language."""
    c = configured(PASSWORD="class-password-2", TERMINAL_VIEW="butterfly")

    assert set(c.SessionSpawner.env_keep) == {"PATH", "LANG", "LC_ALL", "TZ"}
    assert c.SessionSpawner.environment["TERMINAL_VIEW"] == "butterfly"
    assert "class-password-2" not in str(c.SessionSpawner)


def test_traffic_is_no_activity():
    """What the proxy saw pass does not keep a session alive; people do."""
    proxy = RoutesProxy()
    told = {"target": "http://127.0.0.1:1", "jupyterhub": True, "user": "ada"}

    route = proxy._reformat_routespec("/user/ada/", told | {"last_activity": "2026-01-01"})

    assert route["data"] == {"user": "ada"}


def test_passwords_are_no_part_of_a_printed_setting(tmp_path):
    """What a log could show of the settings holds no password."""
    s = HubSettings.from_environ({"PASSWORD": "class-password", "STATE": str(tmp_path)})

    assert "class-password" not in f"{s}"


def test_cookies_are_not_logged():
    """JupyterHub's note about the XSRF cookie it set is left out, its warnings are not."""
    note = logging.LogRecord("x", logging.INFO, "/_xsrf_utils.py", 1, "Setting …", None, None)
    warning = logging.LogRecord("x", logging.WARNING, "/_xsrf_utils.py", 1, "…", None, None)

    assert not without_cookies(note)
    assert without_cookies(warning)


@pytest.mark.parametrize(
    "depth", [pytest.param(1, id="short"), pytest.param(12, id="longer-than-a-socket-path")]
)
def test_sockets_fit(tmp_path, depth):
    """However long the state folder's path is, the terminal's socket has a path that fits."""
    state = tmp_path.joinpath(*["folder-name"] * depth)

    path = socket_path(state, "a" * 32)

    assert len(os.fsencode(path)) <= SOCKET_PATH_LIMIT
    assert path != socket_path(state, "b" * 32)
    assert path != socket_path(state / "other", "a" * 32)


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    """A link planted where our socket's folder should be is not followed (row 136)."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "ada").symlink_to(tmp_path)

    with pytest.raises(Exception, match="belongs to somebody else"):
        private_folder(tmp_path / "run" / "ada")


def test_private_folders_are_private(tmp_path):
    """Folders that others could read before are ours alone afterwards."""
    (tmp_path / "run" / "ada").mkdir(parents=True, mode=0o755)

    private_folder(tmp_path / "run" / "ada")

    assert (tmp_path / "run" / "ada").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("client", "acts", "scope"),
    [("system:serviceaccount:workshop:hub", "0", "user:info"), ("hub", "1", "user:full")],
)
def test_login_with_openshift(configured, tmp_path, client, acts, scope):
    """Only the rules let people in, groups are the cluster's, and the token is asked for anew."""
    pods = tmp_path / "pods.json"
    pods.write_text('{"namespace": "seats", "dashboard_image": "d", "terminal_image": "t"}')
    c = configured(
        PASSWORD="",
        LOGIN="openshift",
        OPENSHIFT_URL="https://api.example.com:6443/",
        OAUTH_CLIENT_ID=client,
        OAUTH_CLIENT_SECRET="secret",
        ALLOWED_GROUPS="class",
        ACT_AS_USER=acts,
        PODS_FILE=str(pods) if acts == "1" else "",
    )
    login = OpenShiftLogin(config=c)

    assert c.JupyterHub.authenticator_class is OpenShiftLogin
    assert (login.scope, login.enable_pkce, login.basic_auth) == ([scope], True, False)
    assert (login.allow_all, login.allow_existing_users, login.manage_groups) == (
        False,
        False,
        True,
    )
    assert (login.allowed_groups, login.allowed_users) == ({"class"}, set())
    assert (login.enable_auth_state, login.auth_refresh_age) == (True, 60)
    assert login.auth_refresh_strict is False
    assert login.discovery == "https://api.example.com:6443/.well-known/oauth-authorization-server"
    assert login.get_callback_url() == "http://workshop.localhost:8000/hub/oauth_callback"
    assert login.normalize_username("Ada") == "Ada"


def test_hosts_are_nobody_elses():
    """Plain names are hosts; others, and names of the workshop's own, get one nobody can take."""
    names = ["ada", "Ada", "kube:admin", "kube-admin", "hub", "é" * 200, "x" * 200, "1", "a--b"]

    hosts = [host_of(name, "example.com", "user").removesuffix(".example.com") for name in names]

    assert hosts[0] == "ada"
    assert len(set(hosts)) == len(names)
    assert not set(hosts) & {"hub", "www"}
    assert all(len(host) <= 63 and host.isascii() for host in hosts)
    assert host_of("ada", "example.com", "service") == "ada--service.example.com"


@pytest.mark.parametrize("name", ["kube:admin", "ada@example.com", "ü" * 200, "a" * 32, "x" * 200])
@pytest.mark.parametrize("label", ["", "p8080", "s65535", "console"])
def test_the_longest_host_beside_another_is_a_host_name(name, label):
    """With the 16 letters that the chart allows no part has more than 63, a program's neither."""
    own = host_beside(name, f"{'h' * 16}.example.com", "user")
    first, _, domain = (own_host(label, own) if label else own).partition(".")

    assert re.fullmatch(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])", first)
    assert domain == "example.com"


def test_hosts_beside_the_hub_s_own_are_nobody_elses():
    """They are below the domain that the hub is below too, and none is another's."""
    names = ["ada", "Ada", "u-ada", "class", "ada-class", "é" * 200]

    hosts = [host_beside(name, "class.example.com", "user") for name in names]

    assert hosts[0] == "ada--class.example.com"
    assert len(set(hosts)) == len(names)
    assert all(host.endswith("--class.example.com") for host in hosts)
    assert all(len(host.partition(".")[0]) <= 63 for host in hosts)
