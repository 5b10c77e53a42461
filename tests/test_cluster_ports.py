"""Programs of an attendee in a pod: the dashboard's container reaches those of the terminal's."""

from tests.attendee import Attendee
from tests.cluster import MARKS
from tests.origins import enter, host_of, status_of
from tests.waiting import holds

pytestmark = MARKS


async def test_a_program_in_the_terminal_s_container(release):
    """What listens in the terminal's container is the attendee's and answers at a host of its own;
    the dashboard itself, and a port where nothing is, are not; another attendee gets nowhere, and
    the cookie there is bound to its host."""
    async with Attendee(release, "porter") as porter, Attendee(release, "other") as other:
        await porter.sit_down()
        home = release.home("porter")
        shell = await porter.terminal("1")
        await shell.open()
        await shell.type("python3 -m http.server 8080 --bind 127.0.0.1 --directory /opt\r")

        async def listens() -> bool:
            return "8080" in (await status_of(porter, f"{home}api/ports"))[1]

        await holds(listens, limit=60)
        origin = await enter(porter, 8080)
        page = await status_of(porter, f"{origin}/")
        ports = await status_of(porter, f"{home}api/ports")
        (cookie,) = [one for one in porter.http.cookie_jar if one["domain"] == host_of(origin)]
        await other.sit_down()
        refused = [
            (await status_of(porter, f"{await enter(porter, 8888)}/"))[0],
            (await status_of(porter, f"{await enter(porter, 8081)}/"))[0],
            (await status_of(other, f"{home}port/8080/"))[0],
            (await status_of(other, f"{origin}/"))[0],
        ]

        await shell.socket.close()
        assert "workshop/" in page[1]
        assert ports[1] == '{"ports": [8080]}'
        assert refused == [502, 502, 401, 401]
        assert cookie.key.startswith("__Host-workshop-")
