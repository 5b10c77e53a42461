"""How an attendee gets to a program at its own origin: over the dashboard, by a ticket."""

import re
from urllib.parse import urlsplit

import aiohttp

from tests.attendee import NAVIGATION, Attendee


def origin_of(person: Attendee, label: str) -> str:
    """The origin of one of a person's programs, as `p8080`."""
    scheme, _, host = person.origin.partition("://")
    return f"{scheme}://{label}--{host}"


async def ticket(person: Attendee, path: str) -> str:
    """The ticket that the dashboard gives out for a program below `path`."""
    home = person.product.home(person.name)
    async with person.http.get(home + path, headers=NAVIGATION) as page:
        text = await page.text()
        assert page.status == 200, text
    found = re.search(r'name="ticket" value="([^"]+)"', text)
    assert found, text
    return found[1]


async def show(person: Attendee, label: str, given: str) -> aiohttp.ClientResponse:
    """Show a ticket at a program's origin, as the dashboard's page does."""
    return await person.http.post(
        f"{origin_of(person, label)}/.workshop/enter",
        data={"ticket": given},
        headers=NAVIGATION | {"Origin": person.origin, "Sec-Fetch-Site": "same-site"},
        allow_redirects=False,
    )


async def enter(person: Attendee, port: int) -> str:
    """Go to a program; its origin, where the person is logged in from now on."""
    answer = await show(person, f"p{port}", await ticket(person, f"port/{port}/"))
    assert answer.status == 200, await answer.text()
    return origin_of(person, f"p{port}")


async def status_of(person: Attendee, url: str) -> tuple[int, str]:
    """An answer's status and text, as a page's script gets it; redirects are not followed."""
    async with person.http.get(url, allow_redirects=False) as answer:
        return answer.status, await answer.text()


def host_of(origin: str) -> str:
    """An origin's host without its port, as the proxy knows it."""
    return urlsplit(origin).hostname or ""
