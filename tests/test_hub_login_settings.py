"""Settings of each way to log in: the README's examples are good, and less than that is refused."""

import pytest

from hub.local import SECRETS
from hub.settings import HubSettings, SettingsError
from hub.settings.login import WAYS, WITHOUT_RULES
from tests.examples import settings_in_readme

RULED = sorted(set(WAYS) - set(WITHOUT_RULES))


@pytest.fixture
def example(tmp_path):
    """What the README sets for a way, with its files in place."""
    (tmp_path / "secret").write_text("secret-of-the-client")
    (tmp_path / "extra.py").write_text("")

    def settings(way):
        found = settings_in_readme(f"LOGIN={way}")
        return {name: value.replace("$PWD", str(tmp_path)) for name, value in found.items()}

    return settings


def mistakes(environ):
    """What is said of settings that cannot be used."""
    with pytest.raises(SettingsError) as caught:
        HubSettings.from_environ(environ)
    return list(caught.value.mistakes)


@pytest.mark.parametrize("way", sorted(set(WAYS) - {"password"}))
def test_the_readmes_examples_are_good(example, way):
    """Each way's example is taken without a mistake or a warning, and shows no secret."""
    s = HubSettings.from_environ(example(way))

    assert s.login.way == way
    assert s.login.warning == ""
    assert "secret-of-the-client" not in repr(s)


@pytest.mark.parametrize("way", RULED)
def test_without_a_rule_nothing_starts(example, way):
    """No rule means nobody, not everybody; rules about instructors alone are none."""
    rules = {"ALLOWED_USERS": "", "ALLOWED_GROUPS": "", "ADMIN_GROUPS": "", "ADMIN_USERS": "grace"}

    told = mistakes(example(way) | rules)

    assert len(told) == 1
    assert "so nobody could log in: name who may" in told[0]


@pytest.mark.parametrize(
    ("way", "name"), [(way, name) for way, needs in WAYS.items() for name in needs]
)
def test_what_a_way_cannot_do_without(example, way, name):
    """A missing part is told by its name."""
    told = mistakes(example(way) | {name: ""})

    assert told == [f"{name} is not set: LOGIN={way} needs it"]


@pytest.mark.parametrize("way", sorted(WITHOUT_RULES))
@pytest.mark.parametrize("rule", ["ALLOWED_USERS", "ALLOWED_GROUPS", "ADMIN_USERS", "ADMIN_GROUPS"])
def test_rules_that_would_do_nothing(example, way, rule):
    """A rule with a way that heeds none is a mistake, lest somebody believes in it."""
    usual = {} if way == "password" else example(way)

    told = mistakes(usual | {"LOGIN": way, rule: "ada"})

    assert told == [
        f"{rule} is set, but with LOGIN={way} {WITHOUT_RULES[way]}: leave it out, or set LOGIN"
    ]


@pytest.mark.parametrize("way", ["oidc", "oauth2", "ldap", "pam"])
def test_everybody_is_allowed_by_name_only(example, way):
    """A star lets in everybody whom the provider knows, with a warning."""
    s = HubSettings.from_environ(example(way) | {"ALLOWED_USERS": "*", "ALLOWED_GROUPS": ""})

    assert (s.login.allows_everybody, s.login.allowed_users) == (True, set())
    assert s.login.warning.startswith("WARNING: ALLOWED_USERS is *")


@pytest.mark.parametrize(
    ("way", "changes", "mistake"),
    [
        pytest.param("github", {"ALLOWED_USERS": "*"}, "name who may", id="everybody-on-github"),
        pytest.param("openshift", {"ALLOWED_USERS": "*"}, "system:authenticated", id="star"),
        pytest.param("oidc", {"OAUTH_ISSUER": "http://sso"}, "begins with https", id="issuer"),
        pytest.param("github", {"GITHUB_URL": "http://git"}, "begins with https", id="github"),
        pytest.param("oauth2", {"OAUTH_TOKEN_URL": "http://x"}, "begins with https", id="token"),
        pytest.param("ldap", {"LDAP_URL": "ldap.example.com"}, "such as ldaps://", id="no-scheme"),
        pytest.param("ldap", {"LDAP_URL": "ldaps://x/dc=y"}, "such as ldaps://", id="with-path"),
        pytest.param("ldap", {"LDAP_URL": "ldaps://x:0"}, "such as ldaps://", id="no-port"),
        pytest.param("ldap", {"LDAP_CA": "/dev/null"}, "PEM certificates", id="ldap-ca"),
        pytest.param("ldap", {"LDAP_GROUPS": ""}, "ALLOWED_GROUPS and ADMIN_", id="ldap-groups"),
        pytest.param("ldap", {"LDAP_SEARCH_DN": ""}, "without the other", id="password-alone"),
        pytest.param(
            "ldap", {"LDAP_SEARCH_PASSWORD_FILE": ""}, "without the other", id="account-alone"
        ),
        pytest.param("pam", {"PODS_FILE": "pods.json"}, "accounts of one machine", id="pam-pods"),
        pytest.param("anonymous", {"MAX_SESSIONS": "0"}, "expected a limit", id="no-limit"),
        pytest.param("github", {"EVENTS_FILE": "/dev/null"}, "it is not read", id="events"),
    ],
)
def test_what_cannot_be_meant(example, way, changes, mistake):
    """One sentence says what is wrong."""
    told = mistakes(example(way) | changes)

    assert len(told) == 1, told
    assert mistake in told[0]


def test_secrets_reach_no_other_program(example):
    """The password of the account that searches is among what no other program is told."""
    secrets = {name for name in example("ldap") if "PASSWORD" in name or "SECRET" in name}
    assert {name.removesuffix("_FILE") for name in secrets} <= set(SECRETS)
