"""A session asked of the hub, and the time until it is there; the same for both products."""

import json
import time

import aiohttp

from tests.attendee import NAVIGATION, Attendee
from tests.waiting import until


async def logged_in(person: Attendee) -> None:
    """Log in, which starts nothing yet."""
    answer = await person.log_in()
    assert answer.status == 302, (answer.status, await answer.text())


async def asked(person: Attendee, *, limit: float = 120) -> float:
    """Seconds from the request for a session to its page, opened when the hub says it is ready."""
    headers, patience = await person.hub_headers(), aiohttp.ClientTimeout(total=limit)
    start = time.perf_counter()
    post = person.http.post(person.server, headers=headers, json={}, timeout=patience)
    async with post as answer:
        assert answer.status in {201, 202}, (answer.status, await answer.text())
    progress = f"{person.server}/progress"
    async with person.http.get(progress, headers=headers, timeout=patience) as events:
        await _ready(events)
    home = person.product.home(person.name)
    async with person.http.get(home, headers=NAVIGATION, timeout=patience) as page:
        assert page.status == 200, (page.status, await page.text())
        assert str(page.url).startswith(home), page.url
    return time.perf_counter() - start


async def _ready(events: aiohttp.ClientResponse) -> None:
    """Read the stream of progress until the session is ready; AssertionError when it failed."""
    async for line in events.content:
        if line.startswith(b"data:"):
            event = json.loads(line[5:])
            assert not event.get("failed"), event
            if event.get("ready"):
                return
    raise AssertionError("the progress ended before the session was ready")


async def left(person: Attendee) -> None:
    """Stop the session, and wait until its pod is gone."""
    await person.stop()
    hub = person.product
    until(lambda: not hub.pod(person.name), what=f"no pod of {person.name}", limit=60, every=0.2)
