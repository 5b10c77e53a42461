"""A real Chromium: the system's, or the one Playwright brings."""

import os
import shutil
from typing import Any

from playwright.sync_api import Browser, Playwright

#: Without these a Chromium in a closed network looks for its maker's hosts at every start.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def options() -> dict[str, Any]:
    """How Chromium is launched; as root without its own sandbox, which root cannot use."""
    system = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": system, "args": QUIET + sandbox}


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium."""
    return playwright.chromium.launch(**options())
