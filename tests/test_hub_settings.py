"""The hub's settings: what is read, what it means, and how mistakes are told."""

import pytest

from dashboard.settings import Limits
from hub.settings import ROOT, SETTINGS, HubSettings, SettingsError


def test_defaults_are_private_and_have_an_origin_for_each_session():
    """Without any setting the hub is on loopback, with subdomains, and keeps state in build."""
    s = HubSettings.from_environ({})

    assert (s.bind, s.port, s.subdomains, s.is_private) == ("127.0.0.1", 8000, True, True)
    assert s.origin == "http://workshop.localhost:8000"
    assert s.state == ROOT / "build" / "state"


@pytest.mark.parametrize(
    ("environ", "origin", "subdomains"),
    [
        pytest.param({"PORT": "8001"}, "http://workshop.localhost:8001", True, id="port"),
        pytest.param({"SUBDOMAINS": "0"}, "http://127.0.0.1:8000", False, id="paths"),
        pytest.param({"BIND": "::1", "SUBDOMAINS": "0"}, "http://[::1]:8000", False, id="ipv6"),
        pytest.param({"BIND": "192.0.2.7"}, "http://192.0.2.7:8000", False, id="other-address"),
        pytest.param(
            {"BIND": "0.0.0.0", "PUBLIC_URL": "https://class.example.com/"},
            "https://class.example.com",
            False,
            id="public-url",
        ),
        pytest.param(
            {"BIND": "0.0.0.0", "PUBLIC_URL": "https://class.example.com", "SUBDOMAINS": "1"},
            "https://class.example.com",
            True,
            id="public-url-with-wildcard-dns",
        ),
    ],
)
def test_origin(environ, origin, subdomains):
    """The origin people type follows from address, port and PUBLIC_URL."""
    s = HubSettings.from_environ(environ)

    assert (s.origin, s.subdomains) == (origin, subdomains)


def test_all_mistakes_are_told_at_once_without_passwords():
    """Every mistake has a sentence naming the variable; a password is not repeated."""
    environ = {
        "PORT": "99999",
        "PASSWORD": "hunter2",
        "ADMIN_PASSWORD": "short-secret",
        "SUBDOMAINS": "yes",
        "TERMINAL_VIEW": "vt100",
        "IDLE_MINUTES": "-1",
        "PUBLIC_URL": "class.example.com/x",
    }

    with pytest.raises(SettingsError) as caught:
        HubSettings.from_environ(environ)

    assert {mistake.split()[0] for mistake in caught.value.mistakes} == set(environ)
    assert "hunter2" not in str(caught.value)
    assert "short-secret" not in str(caught.value)


def test_a_session_in_use_is_never_idle():
    """The shortest idle time is more than twice the pause between two reports of a person."""
    slowest_report = Limits().activity * 1.2

    with pytest.raises(SettingsError, match="IDLE_MINUTES is '2': expected a number from 3"):
        HubSettings.from_environ({"IDLE_MINUTES": "2"})

    assert HubSettings.from_environ({"IDLE_MINUTES": "3"}).idle_minutes * 60 > 2 * slowest_report


def test_listening_everywhere_needs_the_address_people_type():
    """BIND=0.0.0.0 alone is refused, because no origin follows from it."""
    with pytest.raises(SettingsError, match="PUBLIC_URL is not set"):
        HubSettings.from_environ({"BIND": "0.0.0.0"})


def test_passwords_do_not_show():
    """A settings object can be printed or logged without giving a password away."""
    s = HubSettings.from_environ({"PASSWORD": "long-enough-1", "ADMIN_PASSWORD": "x" * 32})

    assert "long-enough-1" not in repr(s)
    assert "x" * 32 not in repr(s)


def test_every_setting_has_a_help_text():
    """The table that the README is held to has words for each variable."""
    assert all(setting.help and setting.name.isupper() for setting in SETTINGS)


OPENSHIFT = {
    "LOGIN": "openshift",
    "OPENSHIFT_URL": "https://api.example.com:6443",
    "OAUTH_CLIENT_ID": "system:serviceaccount:workshop:hub",
    "OAUTH_CLIENT_SECRET": "secret-of-the-client",
    "ALLOWED_GROUPS": "class, teachers,",
}


def test_login_with_openshift(tmp_path):
    """Rules are read as sets, and the secret from a file without its last newline, shown never."""
    (tmp_path / "secret").write_text("from-the-file\n")
    given = OPENSHIFT | {
        "OAUTH_CLIENT_SECRET": "",
        "OAUTH_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
    }

    s = HubSettings.from_environ(given)

    assert s.login.allowed_groups == {"class", "teachers"}
    assert s.login.client_secret == "from-the-file"
    assert "from-the-file" not in repr(s)
    assert s.login.warning == ""


@pytest.mark.parametrize("group", ["system:authenticated", "system:authenticated:oauth"])
def test_everybody_is_warned_of(group):
    """Everybody of the cluster gets in only when asked for by name, and with a warning."""
    s = HubSettings.from_environ(OPENSHIFT | {"ALLOWED_GROUPS": group})

    assert f"WARNING: ALLOWED_GROUPS has {group}" in s.login.warning


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        pytest.param({"ALLOWED_GROUPS": ""}, "are empty, so nobody could log in", id="no-rule"),
        pytest.param(
            {"ALLOWED_GROUPS": "", "ADMIN_USERS": "grace"}, "nobody could log in", id="admins-only"
        ),
        pytest.param({"OPENSHIFT_URL": ""}, "OPENSHIFT_URL is not set", id="no-address"),
        pytest.param({"OPENSHIFT_URL": "http://api"}, "begins with https://", id="in-the-clear"),
        pytest.param({"OAUTH_CLIENT_ID": ""}, "OAUTH_CLIENT_ID is not set", id="no-client"),
        pytest.param(
            {"OAUTH_CLIENT_SECRET": ""}, "OAUTH_CLIENT_SECRET_FILE is not set", id="no-secret"
        ),
        pytest.param(
            {"OAUTH_CLIENT_SECRET": "", "OAUTH_CLIENT_SECRET_FILE": "/nonexistent/x"},
            "OAUTH_CLIENT_SECRET_FILE is '/nonexistent/x': No such file",
            id="no-file",
        ),
        pytest.param({"OAUTH_CA": "/dev/null"}, "expected a file of PEM certificates", id="ca"),
        pytest.param(
            {"ACT_AS_USER": "1", "PODS_FILE": "pods.json"},
            "register an OAuthClient",
            id="account-acts",
        ),
        pytest.param(
            {"ACT_AS_USER": "1", "OAUTH_CLIENT_ID": "workshop"},
            "read each other's tokens",
            id="one-machine",
        ),
        pytest.param({"LOGIN": "password"}, "leave it out, or set LOGIN", id="rule-without-use"),
        pytest.param({"LOGIN": "nobody"}, "LOGIN is 'nobody'", id="unknown"),
    ],
)
def test_a_login_that_cannot_be_meant(changes, mistake):
    """Without a rule or a part of what is needed nothing starts, and one sentence says what."""
    with pytest.raises(SettingsError, match="(?s).") as caught:
        HubSettings.from_environ(OPENSHIFT | changes)

    assert len(caught.value.mistakes) == 1
    assert mistake in caught.value.mistakes[0]
    assert "secret-of-the-client" not in str(caught.value)
