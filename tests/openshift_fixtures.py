"""A hub that logs in with a stand-in for OpenShift, and people who do."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.openshift.caller import Caller, Shown
from tests.openshift.clients import Client
from tests.openshift.server import OpenShift, running_openshift
from tests.ports import free_port
from tests.product import Product, running_product

ACCOUNT = "system:serviceaccount:workshop:hub"
SECRET = "secret-of-the-client-" + "s" * 20


@dataclass
class Class:
    """A hub and the cluster whose people may log in to it."""

    product: Product
    openshift: OpenShift

    def caller(self) -> Caller:
        """A fresh browser."""
        return Caller(self.openshift.authority.trusting())

    @property
    def log(self) -> str:
        """What the hub has logged."""
        return self.product.hub_log()


@contextlib.contextmanager
def running_class(folder: Path, **environ: str) -> Iterator[Class]:
    """Both, with a service account for client, or what `environ` says instead."""
    with running_openshift(folder / "openshift") as openshift:
        port = free_port()
        callback = f"http://workshop.localhost:{port}/hub/oauth_callback"
        openshift.clients.add(Client.service_account("workshop", "hub", SECRET, callback))
        openshift.clients.add(Client("workshop-hub", SECRET, (callback,)))
        for name, groups in (("alice", ["class"]), ("grace", ["teachers"]), ("mallory", [])):
            openshift.people.add(name, f"{name}-password", groups)
        secret = folder / "secret"
        secret.write_text(f"{SECRET}\n")
        settings = {
            "PORT": str(port),
            "LOGIN": "openshift",
            "OPENSHIFT_URL": openshift.api_url,
            "OAUTH_CLIENT_ID": ACCOUNT,
            "OAUTH_CLIENT_SECRET_FILE": str(secret),
            "OAUTH_CA": str(openshift.authority.ca),
            "ALLOWED_GROUPS": "class,teachers",
            "ADMIN_GROUPS": "teachers",
            "LOGIN_RECHECK": "1",
        }
        with running_product(**(settings | environ)) as product:
            product.port = port  # the one that the callback was registered with
            yield Class(product, openshift)


async def log_in(there: Class, caller: Caller, name: str, path: str = "/") -> Shown:
    """Everything from a link to the hub's answer at the callback."""
    hub = there.product.url
    page = await caller.follow(await caller.get(f"{hub}{path}"))
    assert page.url.startswith(there.openshift.oauth_url), (page.url, page.status, page.text)
    back = await caller.send(page, username=name, password=f"{name}-password")
    back = await caller.follow(back, f"{hub}/")
    if not back.location:  # the approve page
        back = await caller.follow(await caller.send(back, "approve"), f"{hub}/")
    return await caller.get(back.location)


def heading(shown: Shown) -> str:
    """The first heading of a page."""
    found = re.search(r"<h1>(.*?)</h1>", shown.text)
    return found[1] if found else ""
