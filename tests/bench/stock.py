"""The peer: stock Butterfly 3.2.5's own server and page, as `pip install butterfly` gives it."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from tests.ports import free_port
from tests.waiting import answers, until

#: Seconds from Enter until the last line is on screen, or `limit` seconds when it is not by then.
SEQUENCE = """
(limit) => new Promise((resolve) => {
  let start;
  addEventListener("keydown", (event) => {
    if (event.key === "Enter") start = event.timeStamp;
  }, { capture: true, once: true });
  const look = () => {
    if (start !== undefined) {
      const lines = [...document.querySelectorAll("#term .line")].slice(-60);
      const seconds = (performance.now() - start) / 1000;
      if (lines.some((line) => line.textContent.trim() === "200000") || seconds > limit)
        return resolve(Math.min(seconds, limit));
    }
    requestAnimationFrame(look);
  };
  look();
})
"""


@contextlib.contextmanager
def running_butterfly(peers: Path) -> Iterator[str]:
    """Stock Butterfly on a free port; yields its address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [
                peers / "bin/python",
                peers / "bin/butterfly.server.py",
                "--unsecure",
                "--i-hereby-declare-i-dont-want-any-security-whatsoever",
                f"--port={port}",
                "--host=127.0.0.1",
            ],
            env=os.environ | {"HOME": home, "SHELL": "/bin/bash"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}/"
            until(lambda: answers(url), what="stock Butterfly")
            yield url
        finally:
            process.terminate()
            process.wait(30)


def sequence(browser: Browser, url: str, *, limit: float) -> float:
    """Seconds of `seq 1 200000` in a fresh page, at most `limit`."""
    context = browser.new_context(viewport={"width": 900, "height": 800})
    page = context.new_page()
    page.goto(url)
    page.wait_for_function(
        "() => /[$#] ?$/m.test(document.querySelector('#term')?.innerText.trimEnd() ?? '')",
        timeout=60_000,
    )
    page.keyboard.type("seq 1 200000")
    page.evaluate(f"() => {{ window.done = ({SEQUENCE})({limit}); }}")
    page.keyboard.press("Enter")
    page.set_default_timeout(limit * 1000 + 60_000)
    seconds = float(page.evaluate("() => window.done"))
    context.close()
    return seconds
