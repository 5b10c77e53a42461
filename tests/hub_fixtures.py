"""People at the hub's front door, over real HTTP."""

import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from tests.attendee import NAVIGATION, Loopback
from tests.processes import alive
from tests.product import ADMIN_PASSWORD, ROOT, Product

XSRF = re.compile(r'name="_xsrf"[^>]*value="([^"]+)"')


@dataclass
class Answer:
    """An answer as far as tests look at it."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def location(self) -> str:
        """Where it sends the browser."""
        return self.headers.get("Location", "")


@dataclass
class Visitor:
    """A fresh browser at the hub: it shows pages and sends forms, and follows no redirect."""

    product: Product
    name: str
    http: aiohttp.ClientSession

    @classmethod
    def opened(cls, product: Product, name: str) -> "Visitor":
        """A browser without cookies; to be closed by who opened it."""
        http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=Loopback()),
            cookie_jar=aiohttp.CookieJar(unsafe=True),
        )
        return cls(product, name, http)

    @property
    def origin(self) -> str:
        """Where this person's own pages come from."""
        return self.product.host(self.name)

    async def get(self, path: str, **headers: str) -> Answer:
        """Go to a page of the hub."""
        return await self.ask("GET", path, headers=NAVIGATION | headers)

    async def post(self, page: str, path: str = "", **fields: str) -> Answer:
        """Send the form on a page with these fields."""
        shown = await self.get(page)
        token = XSRF.search(shown.text)
        assert token, shown
        form = urlencode({"_xsrf": token[1], **fields}).encode()
        headers = NAVIGATION | {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.ask("POST", path or page, headers=headers, data=io.BytesIO(form))

    async def ask(self, method: str, path: str, **more: object) -> Answer:
        """One request, with this browser's cookies."""
        async with self.http.request(
            method, f"{self.product.url}{path}", allow_redirects=False, **more
        ) as answer:
            return Answer(answer.status, await answer.text(), dict(answer.headers))

    async def enter(self, code: str = "", password: str | None = None, **more: str) -> Answer:
        """Send the login form."""
        usual = ADMIN_PASSWORD if self.name == "instructor" else self.product.environ["PASSWORD"]
        fields = {"username": self.name, "password": usual if password is None else password}
        query = "?next=" + more.pop("next_") if "next_" in more else ""
        return await self.post(f"/hub/login{query}", code=code, **fields, **more)

    async def code(self) -> str:
        """The personal code as the home page shows it."""
        found = re.search(r'class="code">(\w+)<', (await self.get("/hub/home")).text)
        assert found
        return found[1]


def family(state: Path) -> list[int]:
    """Every process that has the state folder in its environment or command line."""
    mark, found = os.fsencode(state), []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if mark in told and alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def start(**environ: str) -> tuple[int, list[str]]:
    """What a start that fails says: its status, and its lines."""
    done = subprocess.run(
        [sys.executable, "-m", "hub.local"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stderr.splitlines()
