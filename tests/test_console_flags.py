"""The stand-in starts with what the chart gives the OpenShift console, and with nothing else."""

import pytest

from hub.pods.console import BRIDGE_TOKEN, OPENSHIFT
from tests.console_standin.flags import KNOWN, Flags


@pytest.fixture
def environ(tmp_path):
    (tmp_path / "index.html").write_text("")
    for name in ("ca.crt", "token"):
        (tmp_path / name).write_text("")
    given = {
        name: value.replace("%console_port%", "9000")
        .replace("%origin%", "https://console--ada.class.example.com:8443")
        .replace("%base_path%", "/")
        for name, value in OPENSHIFT.items()
    }
    return given | {BRIDGE_TOKEN: "t", "BRIDGE_PUBLIC_DIR": str(tmp_path), "HOME": "/tmp"}


def test_our_flags_start_it(environ, tmp_path):
    """All that the chart gives is known to it."""
    flags = Flags.of(environ, tmp_path)

    assert (flags.host, flags.port, flags.base, flags.secure) == ("127.0.0.1", 9000, "/", True)
    assert {f"BRIDGE_{name}" for name in KNOWN} == {*OPENSHIFT, BRIDGE_TOKEN}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LISTEN", "127.0.0.1:9000"),
        ("LISTEN", "unix:///run/console"),
        ("BASE_ADDRESS", "class.example.com"),
        ("BASE_ADDRESS", "https://class.example.com/path"),
        ("USER_AUTH", "none"),
        ("K8S_MODE", "off-cluster"),
        ("USER_SETTINGS_LOCATION", "memory"),
        ("PUBLIC_DIR", "/no-folder"),
        ("BASEPATH", "/"),
    ],
)
def test_other_flags_are_refused(environ, tmp_path, name, value):
    """A wrong value, or a flag that it does not have."""
    with pytest.raises(ValueError, match=name):
        Flags.of(environ | {f"BRIDGE_{name}": value}, tmp_path)


@pytest.mark.parametrize("name", ["ca.crt", "token"])
def test_in_a_cluster_it_wants_the_account(environ, tmp_path, name):
    """As the real one, which reads both before anything else."""
    (tmp_path / name).unlink()
    with pytest.raises(ValueError, match=name):
        Flags.of(environ, tmp_path)
