"""The values that deploy/README has for other consoles, held against what their sources take.

Their images cannot be had here: the flags are those of backend/pkg/config/config.go of Headlamp
0.45 and of src/app/backend/dashboard.go of Kubernetes Dashboard 2.7, and a stand-in listens as they
say.
"""

import json
import re

import pytest
import yaml

from hub.pods import console
from tests.console_standin.bridge import Console, running_console
from tests.console_standin.kube import Kube
from tests.gateway_fixtures import PREFIX, running_gateway, running_hub
from tests.product import ROOT
from tests.test_pods_console import SEAT, container, settings

HEADLAMP = {
    *("version", "in-cluster", "in-cluster-context-name", "dev", "cache-enabled", "no-browser"),
    *("insecure-ssl", "log-level", "enable-dynamic-clusters", "watch-plugins-changes"),
    *("kubeconfig", "skipped-kube-contexts", "html-static-dir", "plugins-dir", "user-plugins-dir"),
    *("base-url", "listen-addr", "port", "proxy-urls", "enable-helm"),
    "unsafe-use-service-account-token",
}
DASHBOARD = {
    *("insecure-port", "port", "insecure-bind-address", "bind-address", "default-cert-dir"),
    *("tls-cert-file", "tls-key-file", "apiserver-host", "metrics-provider", "kubeconfig"),
    *("token-ttl", "authentication-mode", "auto-generate-certificates", "enable-insecure-login"),
    *("enable-skip-login", "disable-settings-authorizer", "locale-config", "system-banner"),
    *("api-log-level", "namespace"),
}


def documented(image):
    """The values of the example with this image."""
    text = (ROOT / "deploy" / "README.md").read_text()
    blocks = [yaml.safe_load(one) for one in re.findall(r"(?ms)^```yaml\n(.*?)^```", text)]
    consoles = [one["console"] for one in blocks if isinstance(one, dict) and "console" in one]
    (found,) = [one for one in consoles if image in one.get("image", "")]
    names = {"stripPath": "strip_path", "asLocalhost": "as_localhost"}
    return {names.get(name, name): value for name, value in found.items()}


def flags(words):
    """The flags of a command line as Go's packages read them: one word each, with = or alone."""
    found = dict(word.lstrip("-").partition("=")[::2] for word in words)
    assert all(re.fullmatch(r"--?[a-z].*", word) for word in words), words
    return found


@pytest.mark.parametrize(
    ("image", "known", "address", "port", "rebinds"),
    [
        ("headlamp", HEADLAMP, "listen-addr", "port", False),
        ("kubernetesui", DASHBOARD, "insecure-bind-address", "insecure-port", True),
    ],
)
async def test_its_page_is_reached(tmp_path, image, known, address, port, rebinds):
    """It starts with its own flags alone, on loopback, and the tab's page is the one it serves."""
    chosen = settings(**documented(image))
    found, told = container(chosen), json.loads(console.told(chosen, SEAT))
    given = flags(found["args"])
    assert set(given) <= known
    assert (given[address], int(given[port])) == ("127.0.0.1", told["port"])

    there = Console(f"{given.get('base-url', '')}/", Kube("class-ada"), only_localhost=not rebinds)
    async with running_console(there), running_hub() as hub:
        known_as = {"WORKSHOP_CONSOLE": json.dumps(told | {"port": there.port})}
        async with running_gateway(tmp_path, hub, **known_as) as door:
            await door.log_in()
            page = await door.ask(f"{PREFIX}console/{told['page'].partition('#')[0]}")
            state = (await door.ask(f"{PREFIX}api/console")).json()

    assert (page.status, state) == (200, {"state": "ready"})
    assert b"<title>Console</title>" in page.body
    assert len(there.paths) >= 2
    assert all(path.startswith(there.base) for path in there.paths)
