"""The dashboard's settings, from the environment to a process that refuses to start."""

import os
import subprocess
import sys

import pytest

from dashboard.settings import SETTINGS, Settings, SettingsError
from tests.gateway_fixtures import TOKEN, environ

SECRET = "do-not-show-this"


def test_a_hubs_environment_is_understood(tmp_path):
    """What a hub hands to a session becomes addresses, scopes and paths."""
    settings = Settings.from_environ(
        environ(
            tmp_path,
            JUPYTERHUB_PUBLIC_URL="http://ada.workshop.localhost:8000/user/ada/",
            JUPYTERHUB_PUBLIC_HUB_URL="http://workshop.localhost:8000/hub/",
            WORKSHOP_VARS='{"LANGUAGE": "python"}',
        )
    )

    assert settings.origin == "http://ada.workshop.localhost:8000"
    assert settings.hub_url == "http://workshop.localhost:8000/hub/"
    assert settings.own_host
    assert settings.prefix == "/user/ada/"
    assert settings.callback_url == "/user/ada/oauth_callback"
    assert settings.variables == {"LANGUAGE": "python"}
    assert settings.access_scopes == {"access:servers!server=ada/", "access:servers!user=ada"}


def test_without_subdomains_the_hub_shares_our_origin(tmp_path):
    """In path mode the public address is the one set for the workshop, and the hub is below it."""
    settings = Settings.from_environ(environ(tmp_path, JUPYTERHUB_BASE_URL="/class/"))

    assert settings.origin == "http://workshop.test:8000"
    assert settings.hub_url == "http://workshop.test:8000/class/hub/"
    assert not settings.own_host


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        pytest.param("JUPYTERHUB_OAUTH_ACCESS_SCOPES", None, "is not set", id="no-scopes"),
        pytest.param("JUPYTERHUB_OAUTH_ACCESS_SCOPES", "[]", "'[]'", id="empty-scopes"),
        pytest.param("JUPYTERHUB_OAUTH_ACCESS_SCOPES", '[""]', "list", id="blank-scope"),
        pytest.param("JUPYTERHUB_OAUTH_ACCESS_SCOPES", "access", "'access'", id="not-json"),
        pytest.param("JUPYTERHUB_OAUTH_ACCESS_SCOPES", '{"a": 1}', "a JSON list", id="no-list"),
        pytest.param("JUPYTERHUB_API_TOKEN", None, "is not set", id="no-token"),
        pytest.param("JUPYTERHUB_API_TOKEN", "  ", "is not set", id="blank-token"),
        pytest.param("JUPYTERHUB_CLIENT_ID", None, "is not set", id="no-client"),
        pytest.param("JUPYTERHUB_SERVICE_PREFIX", None, "is not set", id="no-prefix"),
        pytest.param("JUPYTERHUB_SERVICE_PREFIX", "user/ada", "a path such as", id="bad-prefix"),
        pytest.param("JUPYTERHUB_SERVICE_URL", "8888", "an address such as", id="bad-listen"),
        pytest.param("JUPYTERHUB_API_URL", "file:///etc", "http or https", id="bad-api"),
        pytest.param("JUPYTERHUB_USER", None, "is not set", id="no-user"),
        pytest.param("WORKSHOP_PUBLIC_URL", None, "WORKSHOP_PUBLIC_URL is not set", id="no-origin"),
        pytest.param("WORKSHOP_PUBLIC_URL", "http://h:port", "address such as", id="bad-origin"),
        pytest.param("WORKSHOP_DIR", "/nowhere/at/all", "a folder that exists", id="no-folder"),
        pytest.param("WORKSHOP_TERMINAL_SOCKET", "here.sock", "absolute", id="relative-socket"),
        pytest.param("WORKSHOP_TERMINAL_SOCKET", "/" + "s" * 107, "107 bytes", id="long-socket"),
        pytest.param("WORKSHOP_VARS", "[1]", "a JSON object", id="bad-vars"),
        pytest.param("TERMINAL_VIEW", "xtrem", "'xtrem': expected xterm", id="bad-view"),
    ],
)
def test_a_mistake_is_named_with_what_was_expected(tmp_path, name, value, said):
    """Missing or malformed settings keep the dashboard from starting (security rows 33, 34)."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ(environ(tmp_path, **{name: value}))

    [mistake] = caught.value.mistakes
    assert name in mistake
    assert said in mistake


def test_all_mistakes_are_told_at_once():
    """An empty environment is answered with every setting that is missing, not with the first."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ({})

    required = {setting.name for setting in SETTINGS if setting.default is None}
    assert {mistake.split(" ")[0] for mistake in caught.value.mistakes} >= required


def test_secrets_never_show(tmp_path):
    """Neither the settings' repr nor a mistake shows a secret."""
    settings = Settings.from_environ(
        environ(tmp_path, JUPYTERHUB_API_TOKEN=SECRET, WORKSHOP_PERSONAL_CODE=SECRET)
    )

    assert SECRET not in repr(settings)


def test_a_preview_needs_no_hub(tmp_path):
    """An author's preview starts from a folder and a socket alone, on loopback only."""
    settings = Settings.from_environ(
        {
            "WORKSHOP_PREVIEW": "1",
            "WORKSHOP_DIR": str(tmp_path),
            "WORKSHOP_TERMINAL_SOCKET": str(tmp_path / "terminal.sock"),
        }
    )

    assert settings.listen_host == "127.0.0.1"
    assert settings.prefix == "/"
    assert settings.hub_url == ""


def test_a_preview_is_not_served_to_others(tmp_path):
    """A preview that would listen beyond loopback does not start."""
    with pytest.raises(SettingsError, match="loopback"):
        Settings.from_environ(
            environ(tmp_path, WORKSHOP_PREVIEW="1", JUPYTERHUB_SERVICE_URL="http://0.0.0.0:8888/")
        )


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_a_word_on_what_it_is_for(setting):
    """The table that the README is held to explains each setting in a line."""
    assert setting.help
    assert "\n" not in setting.help


def test_the_process_says_its_mistakes_and_ends(tmp_path):
    """`python -m dashboard` prints a line for each mistake and exits 1 (security rows 33, 34)."""
    values = environ(tmp_path, JUPYTERHUB_OAUTH_ACCESS_SCOPES="[]", JUPYTERHUB_CLIENT_ID=None)
    ended = subprocess.run(
        [sys.executable, "-m", "dashboard"],
        env={"PATH": os.environ["PATH"], **values},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 1
    lines = ended.stderr.splitlines()
    assert len(lines) == 2
    assert any("JUPYTERHUB_OAUTH_ACCESS_SCOPES is '[]'" in line for line in lines)
    assert TOKEN not in ended.stderr
