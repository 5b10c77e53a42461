"""Hosts beside the hub's own, as a cluster without wildcards has them, before real sessions."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.attendee import Attendee
from tests.origins import enter, host_of, origin_of, status_of
from tests.ports import free_port
from tests.product import Product, running_product
from tests.test_e2e_origins import routes, started, stopped, visit
from tests.waiting import holds, until

pytestmark = pytest.mark.slow


#: Ways as a cluster has them: it refuses one host, takes its time for another, and writes down
#: what it was asked.
CLUSTER = """
import asyncio, os
from hub.no_session import NoSession
from hub.spawner import SessionSpawner

class Ways:
    async def open(self, label):
        self.note(f"open {label}")
        if label == "p20666":
            words = "The cluster gives this program no address: it is taken."
            raise NoSession(words, reason="address", status_code=424)
        while label == "p20777" and not os.path.exists(FILE + ".admitted"):
            await asyncio.sleep(0.05)

    async def close(self, label):
        self.note(f"close {label}")

    def note(self, words):
        with open(FILE, "a") as log:
            log.write(words + chr(10))

SessionSpawner.ways = Ways()
"""


@dataclass
class Beside(Product):
    """A product whose sessions' hosts are at the level of its own."""

    def host(self, name: str) -> str:
        """The origin under which the session of `name` is served."""
        return f"http://{name}--workshop.localhost:{self.port}"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the hub asked of the cluster, a line for each."""
    return tmp_path_factory.mktemp("cluster") / "asked"


@pytest.fixture(scope="module")
def product(asked: Path) -> Iterator[Product]:
    extra = asked.with_name("extra.py")
    extra.write_text(f"FILE = {str(asked)!r}\n{CLUSTER}")
    api = str(free_port())
    more = {"HOSTS_BESIDE": "1", "EXTRA_CONFIG": str(extra), "PROXY_API_PORT": api}
    with running_product(**more) as running:
        yield Beside(**vars(running))


async def test_a_program_has_a_host_beside_the_sessions(product: Product) -> None:
    """It is served there at /, to whom the dashboard sent there, and to nobody else."""
    async with Attendee(product, "ada") as ada:
        await ada.sit_down()
        port = await started(ada)
        origin = await enter(ada, port)
        assert origin == f"http://p{port}--ada--workshop.localhost:{product.port}"
        status, text = await status_of(ada, f"{origin}/x")
        assert status == 200
        assert '"/x"' in text
    async with Attendee(product, "quin") as quin:
        await quin.sit_down()
        assert (await status_of(quin, f"{origin}/x"))[0] == 401


async def test_a_bookmark_leads_over_the_dashboard(product: Product) -> None:
    """A host that the proxy does not know leads on to where the session has it; the host of a
    session that does not run is not taken for a program's."""
    async with Attendee(product, "ada") as ada:
        await ada.sit_down()
        status, url, page = await visit(ada, f"{origin_of(ada, 'p20101')}/a?b=%20&c=d")
        assert (status, url) == (200, f"{product.home('ada')}port/20101/a?b=%20&c=d")
        assert 'name="ticket"' in page
        _, url, _ = await visit(ada, f"{product.host('p8080')}/a")
        assert url == f"{product.url}/hub/a"


async def test_the_cluster_is_asked_for_each_host(product: Product, asked: Path) -> None:
    """Once for each, which it is told of when it gives way; a refusal is told in its words, and
    then the proxy knows of no such host."""
    async with Attendee(product, "rosa") as rosa:
        await rosa.sit_down()
        asked.write_text("")
        labels = [f"p{20000 + number}" for number in range(9)]
        for label in [*labels[:8], labels[0], labels[8]]:
            await enter(rosa, int(label[1:]))
        # The first was opened anew, so that the second gave way.
        opened = [f"open {label}" for label in labels]
        assert asked.read_text().splitlines() == [*opened, "close p20001"]

        status, _, page = await visit(rosa, f"{product.home('rosa')}port/20666/")
        assert status == 502
        assert "gives this program no address: it is taken." in page
        known = await routes(product)
        mine = {host_of(origin_of(rosa, label)) for label in labels if label != "p20001"}
        assert {host for host, one in known.items() if one["workshop"] == "rosa"} == mine


async def test_a_host_that_comes_after_the_session_goes_again(
    product: Product, asked: Path
) -> None:
    """The session that asked for it has ended while a router took its time: nothing is left."""
    async with Attendee(product, "tom") as tom:
        await tom.sit_down()
        asked.write_text("")
        late = asyncio.ensure_future(visit(tom, f"{product.home('tom')}port/20777/"))
        try:
            await asyncio.to_thread(until, lambda: "open p20777" in asked.read_text(), what="it")
            await tom.stop()
            await holds(lambda: stopped(tom))
            asked.with_name("asked.admitted").touch()
            await asyncio.to_thread(until, lambda: "close p20777" in asked.read_text(), what="it")
        finally:
            late.cancel()
        known = await routes(product)
        assert not [host for host, one in known.items() if one["workshop"] == "tom"]
