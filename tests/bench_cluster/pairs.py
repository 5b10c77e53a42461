"""Figures that have a peer: readings taken in turn, ours and theirs, A B A B."""

import aiohttp
from yarl import URL

from tests.attendee import Attendee
from tests.bench.pairs import Reading
from tests.bench_cluster.asked import asked, left, logged_in
from tests.bench_cluster.memory import pod_memory
from tests.cluster import Release


async def spawn(ours: Release, theirs: Release, count: int) -> list[Reading]:
    """Seconds from a session asked for to its page; a pair before them warms both up."""
    readings = []
    for number in range(count + 1):
        readings.append((await _spawned(ours, number), await _spawned(theirs, number)))
    return readings[1:]


async def _spawned(hub: Release, number: int) -> float:
    async with Attendee(hub, f"spawn{number}") as person:
        await logged_in(person)
        seconds = await asked(person)
        await left(person)
    return seconds


async def memory(ours: Release, theirs: Release, count: int) -> list[Reading]:
    """MB of an idle session's pod with one terminal, and of its peer's."""
    readings = []
    for number in range(count):
        readings.append(
            (await _ours(ours, f"idle{number}"), await _theirs(theirs, f"idle{number}"))
        )
    return readings


async def _ours(hub: Release, name: str) -> float:
    async with Attendee(hub, name) as person:
        await logged_in(person)
        await asked(person)
        terminal = await person.terminal()
        await terminal.open()
        await terminal.read_until("$ ")
        used = pod_memory(hub, name)
        await left(person)
    return used


async def _theirs(hub: Release, name: str) -> float:
    async with Attendee(hub, name) as person:
        await logged_in(person)
        await asked(person)
        async with await _lab_terminal(person) as socket:
            said = ""
            while "$ " not in said:
                said += (await socket.receive(20)).data
            used = pod_memory(hub, name)
        await left(person)
    return used


async def _lab_terminal(person: Attendee) -> aiohttp.ClientWebSocketResponse:
    """A WebSocket to a new terminal of JupyterLab, made as its page makes it."""
    home = person.product.home(person.name)
    cookies = person.http.cookie_jar.filter_cookies(URL(home))
    headers = {"X-XSRFToken": cookies["_xsrf"].value, "Origin": person.origin}
    async with person.http.post(f"{home}api/terminals", headers=headers) as answer:
        name = (await answer.json())["name"]
    return await person.http.ws_connect(f"{home}terminals/websocket/{name}", origin=person.origin)
