"""Programs of an attendee in a pod: the dashboard's container reaches those of the terminal's."""

import asyncio

from tests.attendee import Attendee
from tests.cluster import MARKS

pytestmark = MARKS


async def test_a_program_in_the_terminal_s_container(release):
    """What listens in the terminal's container is the attendee's and answers; the dashboard itself,
    and a port where nothing is, are not; another attendee gets nowhere."""
    async with Attendee(release, "porter") as porter, Attendee(release, "other") as other:
        await porter.sit_down()
        home = release.home("porter")
        shell = await porter.terminal("1")
        await shell.open()
        await shell.type("python3 -m http.server 8080 --bind 127.0.0.1 --directory /opt\r")

        async with asyncio.timeout(60):
            while (await get(porter, f"{home}port/8080/"))[0] != 200:
                await asyncio.sleep(0.2)
        page = await get(porter, f"{home}port/8080/")
        ports = await get(porter, f"{home}api/ports")
        await other.sit_down()
        refused = [
            (await get(porter, f"{home}port/8888/"))[0],
            (await get(porter, f"{home}port/8081/"))[0],
            (await get(other, f"{home}port/8080/"))[0],
        ]

        await shell.socket.close()
        assert "workshop/" in page[1]
        assert ports[1] == '{"ports": [8080]}'
        assert refused == [502, 502, 401]


async def get(person: Attendee, url: str) -> tuple[int, str]:
    """An answer's status and text, as a page's script gets it."""
    async with person.http.get(url, allow_redirects=False) as answer:
        return answer.status, await answer.text()
