"""A certified OpenID Connect provider (npm's oidc-provider) on loopback, and people who log in."""

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.checks import find_node
from tests.openshift.authority import Authority
from tests.openshift.caller import Caller, Shown
from tests.ports import free_port
from tests.product import Product

PROGRAM = Path(__file__).parent / "oidc" / "provider.mjs"
PATH = "/realms/school"
SECRET = "secret-of-the-client-" + "s" * 20


@dataclass
class Provider:
    """The running provider."""

    issuer: str
    authority: Authority
    process: subprocess.Popen[str]

    def change(self, name: str, person: dict[str, Any] | None) -> None:
        """Let it say something else of somebody, or know them no more."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({name: person}) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "changed\n"

    def stop(self) -> None:
        """Let it go away, as in an outage."""
        self.process.terminate()
        self.process.communicate(timeout=10)


@contextlib.contextmanager
def running_provider(
    folder: Path, callback: str, people: dict[str, Any], **more: Any
) -> Iterator[Provider]:
    """The provider with one client, `workshop`; `more` goes to it as it is."""
    authority = Authority.made(folder)
    client = {
        "client_id": "workshop",
        "client_secret": SECRET,
        "redirect_uris": [callback],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "client_secret_post",
    }
    told = {
        "port": free_port(),
        "path": PATH,
        "key": str(authority.key),
        "certificate": str(authority.certificate),
        "clients": [client | more.pop("client", {})],
        "people": people,
        "seconds": 3600,
        "groupsInToken": False,
    }
    process = subprocess.Popen(
        [find_node(os.environ), str(PROGRAM), json.dumps(told | more)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    provider = Provider("", authority, process)
    try:
        assert process.stdout
        provider.issuer = process.stdout.readline().strip()
        assert provider.issuer, "the provider did not start"
        yield provider
    finally:
        provider.stop()


async def log_in(product: Product, caller: Caller, name: str, path: str = "/") -> Shown:
    """Everything from a link to the hub's answer at the callback."""
    hub = f"{product.url}/"
    page = await caller.follow(await caller.get(f"{product.url}{path}"))
    for _ in range(2):  # who they are, and whether the workshop may know
        if page.location.startswith(hub) or page.url.startswith(hub):
            break
        page = await caller.follow(await caller.send(page, login=name, password="any"), hub)
    return await caller.get(page.location) if page.location else page
