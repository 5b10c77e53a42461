"""Sessions under their people's own accounts: real accounts, real PAM, the kernel between them."""

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import pytest_asyncio

from hub.accounts.place import closed_above, run_folder
from tests.attendee import Attendee
from tests.examples import settings_in_readme
from tests.processes import with_command
from tests.product import ROOT, running_product
from tests.waiting import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0 or not shutil.which("useradd") or not os.path.exists("/etc/pam.d/login"),
        reason="only root makes accounts, where PAM is set up",
    ),
]
#: Starts Python where everybody can enter the folder that it lies in, and only there: in a mount
#: namespace that ends with it.
OPENED = """\
#!/bin/sh
exec unshare --mount sh -ec '
    mount --bind {base} {kept}
    mount -t tmpfs -o mode=755 none {closed}
    mkdir -p {base}
    mount --bind {kept} {base}
    exec {python} "$@"' python "$@"
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """A Python that other accounts can run."""
    base = Path(sys.base_prefix)
    if not (closed := closed_above(base)):
        return sys.executable
    folder = tmp_path_factory.mktemp("python")
    (folder / "kept").mkdir()
    script = folder / "python"
    told = {"base": base, "kept": folder / "kept", "closed": closed, "python": sys.executable}
    script.write_text(OPENED.format(**told))
    script.chmod(0o755)
    return str(script)


@pytest.fixture(scope="module")
def people():
    """Two accounts of this machine, with homes; they and what is theirs go with the test."""
    if closed := closed_above(ROOT):
        pytest.skip(f"{closed} is closed to other accounts, so they cannot run what is here")
    mark = secrets.token_hex(3)
    names = {who: f"{who}{mark}" for who in ("ada", "bob")}
    try:
        for name in names.values():
            subprocess.run(["useradd", "--create-home", name], check=True)
            password = f"{name}:{name}-password\n"
            subprocess.run(["chpasswd"], input=password, text=True, check=True)
            Path(f"/home/{name}").chmod(0o700)
        yield names
    finally:
        for name in names.values():
            subprocess.run(["userdel", "--remove", name], capture_output=True, check=False)


@pytest.fixture(scope="module")
def product(people, python):
    """The README's example, with these accounts."""
    example = settings_in_readme("SESSIONS=users")
    example["ALLOWED_USERS"] = ",".join(people.values())
    del example["ALLOWED_GROUPS"]
    with running_product(python=python, **example) as running:
        yield running
    shutil.rmtree(run_folder(running.state))


@contextlib.asynccontextmanager
async def seated(product, name):
    """Somebody in their running session."""
    async with Attendee(product, name) as person:
        await person.sit_down(password=f"{name}-password")
        yield person


@pytest_asyncio.fixture
async def ada(product, people):
    async with seated(product, people["ada"]) as person:
        yield person


@pytest_asyncio.fixture
async def bob(product, people):
    async with seated(product, people["bob"]) as person:
        yield person


def owners(name):
    """Who runs the processes that have the folder of the name's session."""
    found = set()
    for pid in with_command("terminal.py", f"/{name}"):
        found.add(Path(f"/proc/{pid}").stat().st_uid)
    return found


async def test_a_session_is_its_account_s(people, ada):
    """Shells, terminal server and dashboard run as the account, in its home, and not as root."""
    text = await ada.said("id -un; pwd; touch here; echo groups $(id -G)")

    assert people["ada"] in text
    assert f"/home/{people['ada']}" in text
    assert not re.search(r"groups .*\b0\b", text)
    details = Path(f"/home/{people['ada']}/here").stat()
    assert owners(people["ada"]) == {details.st_uid}
    assert details.st_uid >= 1000


async def test_accounts_are_apart(product, people, ada, bob):
    """One account reads its own home, socket and log, and nothing of another's, nor the hub's."""
    mine, theirs = (run_folder(product.state) / people[who] for who in ("ada", "bob"))
    assert (theirs / "terminal.sock").is_socket()
    look = "ls {0} && curl -s --max-time 5 --unix-socket {0}/terminal.sock http://t/health"

    own = await ada.said(look.format(mine))
    other = await ada.said(f"{look.format(theirs)}; ls /home/{people['bob']}")
    hub = await ada.said(f"ls {product.state}; ls {run_folder(product.state)}")

    assert "terminal.sock" in own
    assert "ended 0 and over" in own
    assert "terminal.sock\r\n" not in other
    assert other.count("Permission denied") == 2
    assert hub.count("Permission denied") == 2


async def test_no_token_is_to_be_had(people, ada, bob):
    """No process of anybody's shows the hub's token to a shell, not even the own dashboard."""
    held = [Path(f"/proc/{pid}/environ").read_bytes() for pid in with_command("-m hub.session")]
    assert sum(b"JUPYTERHUB_API_TOKEN=" in told for told in held) >= 2
    text = await ada.said(
        "for p in /proc/[0-9]*; do tr '\\0' '\\n' < $p/environ; done 2>/dev/null"
        " | \\grep -c JUPYTERHUB_API_TOKEN | sed 's/^/tokens: /'"
    )

    assert "tokens: 0" in text


async def test_the_end_takes_every_process(product, people):
    """A session that is stopped leaves no process under its account."""
    name = people["bob"]
    uid = Path(f"/home/{name}").stat().st_uid
    async with seated(product, name) as bob:
        await bob.stop()

    def processes():
        return subprocess.run(["pgrep", "-u", str(uid)], capture_output=True, text=True).stdout

    assert until(lambda: not processes(), what="no process of the account")
