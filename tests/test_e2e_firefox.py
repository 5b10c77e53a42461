"""The same journey in Firefox, where one is installed, driven by W3C's WebDriver BiDi."""

import asyncio
import base64
import contextlib
import itertools
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.product import PASSWORD
from tests.waiting import until

FIREFOX = shutil.which("firefox") or shutil.which("firefox-esr")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FIREFOX, reason="there is no Firefox: install firefox-esr to run this"),
]


@dataclass
class Firefox:
    """One tab of a running Firefox."""

    socket: aiohttp.ClientWebSocketResponse
    tab: str = ""
    _numbers: Any = field(default_factory=itertools.count)

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        number = next(self._numbers)
        await self.socket.send_json({"id": number, "method": method, "params": params})
        while True:
            answer = await self.socket.receive_json(timeout=30)
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                return dict(answer["result"])

    async def go(self, url: str) -> None:
        """Open an address and wait until it has loaded."""
        await self.ask("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    async def evaluate(self, script: str) -> Any:
        """The JSON value of an expression in the page."""
        answer = await self.ask(
            "script.evaluate",
            expression=f"JSON.stringify({script})",
            target={"context": self.tab},
            awaitPromise=True,
            userActivation=True,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"].get("value", "null"))

    async def becomes(self, script: str, limit: float = 30) -> Any:
        """The expression's first true value; a page that is being left answers later."""
        end = asyncio.get_running_loop().time() + limit
        while True:
            with contextlib.suppress(AssertionError):
                if value := await self.evaluate(script):
                    return value
            assert asyncio.get_running_loop().time() < end, f"{script} never became true"
            await asyncio.sleep(0.05)

    async def picture(self, path: Path) -> None:
        """Save what the tab shows."""
        shot = await self.ask("browsingContext.captureScreenshot", context=self.tab)
        path.write_bytes(base64.b64decode(shot["data"]))


@pytest_asyncio.fixture
async def firefox(tmp_path) -> AsyncIterator[Firefox]:
    """A headless Firefox with a profile of its own."""
    log, profile = tmp_path / "log", tmp_path / "profile"
    profile.mkdir()
    command = [FIREFOX, "--headless", "--remote-debugging-port=0", "--profile", profile]
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        where = until(
            lambda: re.search(r"BiDi listening on (ws://\S+)", log.read_text()), what="Firefox"
        )
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{where[1]}/session") as ws:
            browser = Firefox(ws)
            await browser.ask("session.new", capabilities={})
            tabs = await browser.ask("browsingContext.getTree")
            browser.tab = tabs["contexts"][0]["context"]
            yield browser
    finally:
        process.terminate()
        process.wait(30)


LOGIN = """(() => {{
  document.querySelector("[name=username]").value = "fox";
  document.querySelector("[name=password]").value = "{password}";
  document.querySelector("form").requestSubmit();
  return true;
}})()"""
TERMINAL = "document.querySelector(\"iframe[src*='/terminals/1']\")?.contentDocument"
SCREEN = f"""(() => {{
  const term = {TERMINAL}?.querySelector(".screen")?.terminal;
  const buffer = term?.buffer.active;
  return buffer && Array.from({{ length: buffer.length }},
    (_, y) => buffer.getLine(y)?.translateToString(true)).join("\\n");
}})()"""


async def test_journey_in_firefox(product, firefox, tmp_path):
    """Firefox finds the session's own origin, logs in, and runs a command with a click."""
    await firefox.go(f"http://127.0.0.1:{product.port}/")
    await firefox.becomes('document.querySelector("[name=username]") !== null')
    assert await firefox.evaluate(LOGIN.format(password=PASSWORD))

    await firefox.becomes(f"location.href.startsWith({json.dumps(product.home('fox'))})")
    await firefox.becomes(f"/[$#%>]/.test(({SCREEN} ?? '').trimEnd())")
    await firefox.becomes("(document.querySelector('[rel=next]').click(), true)")
    await firefox.becomes("location.pathname.endsWith('run-commands')")
    await firefox.becomes(f"/[$#%>]/.test(({SCREEN} ?? '').trimEnd())")
    command = await firefox.becomes('document.querySelector(".action-text")?.textContent')
    await firefox.becomes('(document.querySelector(".action-run").click(), true)')

    await firefox.becomes('document.querySelector(".action-state").textContent.includes("✓ done")')
    assert command.split()[0] in await firefox.evaluate(SCREEN)
    await firefox.picture(tmp_path / "firefox.png")
