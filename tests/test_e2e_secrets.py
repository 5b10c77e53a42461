"""After a full run no log holds a secret, and no address does (security rows 117, 118)."""

import re
from pathlib import Path

import pytest

from tests.attendee import NAVIGATION, Attendee
from tests.product import ADMIN_PASSWORD, PASSWORD, running_product
from tests.session import session_of

pytestmark = pytest.mark.slow


def _environment(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


async def test_no_secret_in_any_log():
    """Tokens, cookies, codes and what was typed appear in no log of hub, proxy or session."""
    with running_product() as product:
        async with Attendee(product, "ada") as ada:
            await ada.sit_down()
            terminal = await ada.terminal()
            await terminal.open()
            await terminal.type("echo typed-in-$((1+1))-private\r")
            await terminal.read_until("typed-in-2-private")
            async with ada.http.get(product.home("ada"), headers=NAVIGATION) as page:
                assert page.status == 200
            token = _environment(session_of(product, "ada").dashboard)["JUPYTERHUB_API_TOKEN"]
            cookies = [cookie.value for cookie in ada.http.cookie_jar if len(cookie.value) > 20]
        product.stop()
        logs = [product.log, *product.state.rglob("*.log")]
        text = "\n".join(log.read_text(errors="replace") for log in logs)

    secrets = [token, *cookies, "typed-in-2-private"]
    assert [secret[:6] for secret in secrets if secret in text] == []
    assert not re.search(r"oauth_callback\?code=(?!\[secret\])\w+", text)
    assert text.count(ADMIN_PASSWORD) <= 1
    assert text.count(PASSWORD) <= 1


async def test_shell_knows_no_token():
    """The shell's environment holds nothing of the hub's (security row 93)."""
    with running_product() as product:
        async with Attendee(product, "ada") as ada:
            await ada.sit_down()
            terminal = await ada.terminal()
            await terminal.open()
            await terminal.type("env | sed s/^/E:/; echo over-$((1+1))\r")
            text = await terminal.read_until("over-2")

    names = set(re.findall(r"(?m)^E:(\w+)=", text.replace("\r", "")))
    assert {"HOME", "PATH", "TERM"} <= names
    assert not [name for name in names if re.search("JUPYTER|JPY|TOKEN|SECRET|CRYPT|PASSW", name)]
