"""Pages on a real server with a small workshop, and a stand-in for what a terminal's frame says."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Frame, Page, Route
from werkzeug.serving import make_server

from dashboard.pages import PagesConfig, create_app

ROOT = Path(__file__).parents[1]
PREFIX = "/user/ada/"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c"
    "6360606060000000050001a5f645400000000049454e44ae426082"
)
CHAPTERS = {
    "01-start.md": """---
title: Start <here> & now
minutes: 2
---
Hello, ada. See [the end](03-end.md) or [more](#more).

```execute
echo first
```

![A dot](dot.png)

!!! note
    A note.

```python
import os  # a comment
def answer(text: str = "forty-two") -> int:
    return len(text) * 2
```

## More

"""
    + "One more paragraph to scroll past.\n\n" * 60,
    "02-middle.md": """---
title: The middle
---
```execute terminal=2
sleep 5
```

```execute terminal=logs
tail -f log
```

```execute
<ctrl-c>
```

```copy
some text
  to copy
```

```copy-and-edit
export NAME=me
```
""",
    "03-end.md": """---
title: The end
exit_link: https://example.org/next
exit_sign: Take the next one
---
That is all.
""",
}

#: A page in a terminal's place: says it is ready, keeps what it hears, says what it is told.
FRAME = """<!doctype html><html lang="en"><title>Stand-in</title><main><h1>Stand-in</h1></main>
<script>
  window.heard = [];
  window.born = Math.random();
  window.say = (message) => parent.postMessage({kind: "workshop", ...message}, location.origin);
  addEventListener("message", ({data}) => heard.push(data));
  if (!location.pathname.endsWith("/silent")) say({type: "ready"});
</script></html>"""


def write_workshop(folder: Path, chapters: dict[str, str] = CHAPTERS) -> Path:
    """A workshop in our own format."""
    (folder / "chapters").mkdir(parents=True)
    (folder / "workshop.yaml").write_text(
        "title: Small things\ndescription: A few of them.\nterminals: 1\n"
    )
    for name, text in chapters.items():
        (folder / "chapters" / name).write_text(text)
    (folder / "chapters" / "dot.png").write_bytes(PICTURE)
    return folder


def pages_config(workshop: Path, **changes: object) -> PagesConfig:
    """The pages of ada's session."""
    return PagesConfig(
        **{
            "workshop_dir": workshop,
            "prefix": PREFIX,
            "user": "ada",
            "terminal_view": "xterm",
            "hub_url": "http://127.0.0.1:9/hub/",
            "personal_code": "",
            "node_modules": ROOT / "node_modules",
            "variables": {},
            **changes,
        }  # type: ignore[arg-type]
    )


@contextlib.contextmanager
def serving(config: PagesConfig) -> Iterator[str]:
    """The address of the pages, served on a free port of loopback."""
    server = make_server("127.0.0.1", 0, create_app(config), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{config.prefix}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def stand_in(context: BrowserContext) -> None:
    """Put the stand-in where terminals are, and a session that is well where the gateway is."""
    context.route(
        "**/terminals/*", lambda route: route.fulfill(body=FRAME, content_type="text/html")
    )
    context.route("**/api/session", lambda route: _answer(route, 200))


def session_answers(page: Page, status: int) -> None:
    """From now on the session answers with this status; 0 is no answer at all."""
    page.route("**/api/session", lambda route: _answer(route, status))


def _answer(route: Route, status: int) -> None:
    if status == 0:
        route.abort()
    else:
        route.fulfill(status=status, json={"user": "ada"})


def opened(context: BrowserContext, address: str, path: str = "") -> Page:
    """A page on the dashboard, its scripts run."""
    page = context.new_page()
    page.goto(address + path)
    page.wait_for_selector("[role=tab]", state="attached")
    return page


def frame(page: Page, name: str = "1") -> Frame:
    """The stand-in of a terminal, once it is there and shown to be ready."""
    page.wait_for_selector(f".frame.ready[data-name='{name}']", state="attached")
    handle = page.query_selector(f".frame[data-name='{name}'] iframe")
    found = handle.content_frame() if handle else None
    assert found is not None
    return found


def asked(stand_in_frame: Frame, count: int = 1) -> dict[str, Any]:
    """The `count`th command that the page asked this terminal to run."""
    runs = "heard.filter(({type}) => type === 'run')"
    stand_in_frame.wait_for_function(f"{runs}.length >= {count}")
    found: dict[str, Any] = stand_in_frame.evaluate(f"{runs}[{count - 1}]")
    return found


def says(stand_in_frame: Frame, **message: object) -> None:
    """Let a terminal tell the page something."""
    stand_in_frame.evaluate("message => say(message)", message)
