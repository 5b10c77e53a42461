"""Hosts of programs in front of real sessions: their routes, and who gets there."""

import json
import os
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

from tests.attendee import NAVIGATION, Attendee
from tests.origins import enter, host_of, origin_of, show, status_of, ticket
from tests.ports import free_port
from tests.processes import parent, with_command
from tests.product import ROOT, Product, running_product
from tests.waiting import holds

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """With a proxy whose own interface is at a known place."""
    with running_product(PROXY_API_PORT=str(free_port())) as running:
        yield running


@pytest.fixture
async def ada(product: Product) -> AsyncIterator[Attendee]:
    async with Attendee(product, "ada") as person:
        await person.sit_down()
        yield person


async def started(person: Attendee) -> int:
    """A program of the person's; its port."""
    port = free_port()
    shell = await person.terminal(f"p{port}")
    await shell.open()
    command = shlex.join([sys.executable, "-m", "tests.program", str(port)])
    await shell.type(f"cd {shlex.quote(str(ROOT))} && exec {command}\r")
    home = person.product.home(person.name)

    async def listens() -> bool:
        return str(port) in (await status_of(person, f"{home}api/ports"))[1]

    await holds(listens, limit=30)
    return port


async def routes(product: Product) -> dict[str, Any]:
    """The hosts of programs that the proxy knows."""
    keys = json.loads((product.state / "keys.json").read_text())
    headers = {"Authorization": f"token {keys['proxy']}"}
    url = f"http://127.0.0.1:{product.environ['PROXY_API_PORT']}/api/routes"
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        known: dict[str, Any] = await answer.json()
    return {path.strip("/"): one for path, one in known.items() if "workshop" in one}


async def answers(person: Attendee, url: str) -> bool:
    """Whether the address is served now."""
    try:
        return (await status_of(person, url))[0] == 200
    except aiohttp.ClientError:
        return False


async def visit(person: Attendee, url: str) -> tuple[int, str, str]:
    """Go there as with a bookmark: the last answer's status, address and text."""
    async with person.http.get(url, headers=NAVIGATION) as answer:
        return answer.status, str(answer.url), await answer.text()


async def stopped(person: Attendee) -> bool:
    """Whether the hub knows of no session any more."""
    url = f"{person.product.url}/hub/api/users/{person.name}"
    async with person.http.get(url, headers=await person.hub_headers()) as answer:
        return not (await answer.json())["servers"]


async def test_only_whose_program_it_is(ada: Attendee, product: Product) -> None:
    """A used ticket, and a sibling's cookie or ticket, are refused, on WebSockets too."""
    port = await started(ada)
    origin = await enter(ada, port)
    assert (await status_of(ada, f"{origin}/x"))[0] == 200
    used = await ticket(ada, f"port/{port}/")
    assert (await show(ada, f"p{port}", used)).status == 200
    assert (await show(ada, f"p{port}", used)).status == 403

    async with Attendee(product, "quin") as quin:
        await quin.sit_down()
        await enter(quin, port)
        (cookie,) = [
            f"{one.key}={one.value}"
            for one in quin.http.cookie_jar
            if one["domain"] == host_of(origin_of(quin, f"p{port}"))
        ]
        mine = [one.key for one in ada.http.cookie_jar if one["domain"] == host_of(origin)]
        forged = f"{mine[0]}={cookie.partition('=')[2]}"
        foreign = await ticket(quin, f"port/{port}/")
        for given in (cookie, forged):
            headers = {"Cookie": given}
            async with quin.http.get(f"{origin}/x", headers=headers) as answer:
                assert answer.status == 401
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await quin.http.ws_connect(f"{origin}/ws", headers=headers, origin=origin)
            assert refused.value.status in {401, 403}
        assert (await show(ada, f"p{port}", foreign)).status == 403
        assert (await status_of(quin, f"{product.home('ada')}port/{port}/"))[0] == 401


async def test_a_host_comes_back_with_the_proxy(ada: Attendee, product: Product) -> None:
    """The proxy that was killed forgets all; the hub tells it the hosts of programs anew."""
    port = await started(ada)
    origin = await enter(ada, port)
    (proxy,) = with_command("configurable-http-proxy", str(product.port))
    before = (await routes(product))[host_of(origin)]
    assert before["workshop"] == "ada"

    os.kill(proxy, signal.SIGKILL)

    await holds(lambda: answers(ada, f"{origin}/x"), limit=30)
    assert (await routes(product))[host_of(origin)]["target"] == before["target"]


async def test_a_hub_that_is_started_anew_goes_on_with_them(
    ada: Attendee, product: Product
) -> None:
    """The hub that was killed knows what its predecessor told the proxy, and mends that too."""
    origin = await enter(ada, await started(ada))
    (hub,) = [
        pid for pid in with_command("jupyterhub_config.py") if parent(pid) == product.process.pid
    ]
    os.kill(hub, signal.SIGKILL)

    await holds(lambda: answers(ada, f"{product.url}/hub/health"), limit=30)
    assert (await status_of(ada, f"{origin}/x"))[0] == 200
    (proxy,) = with_command("configurable-http-proxy", str(product.port))
    os.kill(proxy, signal.SIGKILL)

    await holds(lambda: answers(ada, f"{origin}/x"), limit=30)


async def test_nobody_asks_for_a_host_with_another_token(ada: Attendee, product: Product) -> None:
    """A browser's login is no session's token: the hub opens nothing for it."""
    headers = await ada.hub_headers()
    url = f"{product.url}/hub/api/session/host"
    async with ada.http.post(url, json={"label": "p8080"}, headers=headers) as answer:
        assert answer.status == 403


async def test_a_bookmark_leads_over_the_dashboard(ada: Attendee, product: Product) -> None:
    """A host that the proxy does not know, or no more, leads on to where the session has it."""
    for label, place in (("p20101", "port/20101/"), ("s20102", "port/https-20102/")):
        status, url, page = await visit(ada, f"{origin_of(ada, label)}/a?b=%20&c=d")
        assert (status, url) == (200, f"{product.home('ada')}{place}a?b=%20&c=d")
        assert 'name="ticket"' in page
    async with Attendee(product, "quin") as quin:
        await quin.sit_down()
        status, _, page = await visit(quin, f"{origin_of(ada, 'p20103')}/")
        assert status == 403
        assert "belongs to" in page
    for label in ("p0", "x8080"):
        status, url, _ = await visit(ada, f"{origin_of(ada, label)}/a")
        assert (status, url) == (404, f"{product.url}/hub/a")


async def test_a_bookmark_of_a_session_that_has_stopped(product: Product) -> None:
    """Its owner hears so, and is led on when it has started again; another hears that it is not
    theirs, and no more."""
    async with Attendee(product, "tom") as tom:
        await tom.sit_down()
        await tom.stop()
        await holds(lambda: stopped(tom))
        status, url, page = await visit(tom, f"{origin_of(tom, 'p20104')}/a?b")
    assert (status, url) == (424, f"{product.url}/hub/user/tom/port/20104/a?b")
    assert "Your session has stopped" in page
    async with Attendee(product, "quin") as quin:
        await quin.sit_down()
        pages = [
            await visit(quin, f"{origin_of(person, 'p20104')}/")
            for person in (tom, Attendee(product, "nobody"))
        ]
    assert [status for status, _, _ in pages] == [404, 404]
    assert all("This is not yours to open" in page for _, _, page in pages)


async def test_hosts_are_few_and_go_with_the_session(ada: Attendee, product: Product) -> None:
    """Eight at most; another's are not counted; none is left when the session has stopped."""
    ports = range(20001, 20011)
    for port in ports:
        await enter(ada, port)
    async with Attendee(product, "rosa") as rosa:
        await rosa.sit_down()
        await enter(rosa, 20001)
    known = await routes(product)
    mine = {host for host, one in known.items() if one["workshop"] == "ada"}
    assert mine == {host_of(origin_of(ada, f"p{port}")) for port in ports[-8:]}
    assert host_of(origin_of(rosa, "p20001")) in known

    await ada.stop()

    async def gone() -> bool:
        return not any(one["workshop"] == "ada" for one in (await routes(product)).values())

    await holds(gone, limit=30)
    assert host_of(origin_of(rosa, "p20001")) in await routes(product)
