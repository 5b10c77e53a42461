"""Login without names, as the README says: who gets in, and under which name."""

import re

import pytest

from tests.examples import settings_in_readme
from tests.hub_fixtures import Visitor
from tests.product import ADMIN_PASSWORD, running_product
from tests.session import session_of
from tests.waiting import eventually

pytestmark = pytest.mark.slow

NAME = re.compile(r"[a-z]+-[a-z]+-[1-9]\d\d")


@pytest.fixture(scope="module")
def product():
    """The README's example."""
    with running_product(**settings_in_readme("LOGIN=anonymous")) as running:
        yield running


@pytest.fixture
async def visit():
    opened = []

    def open_browser(product):
        opened.append(Visitor.opened(product, ""))
        return opened[-1]

    yield open_browser
    for one in opened:
        await one.http.close()


async def begin(person):
    """Press the button; the name that was made up."""
    answer = await person.post("/hub/login")
    assert answer.status == 302, answer
    return answer.location.rpartition("/")[2]


async def test_everybody_has_a_name_of_their_own(product, visit):
    """Two browsers are two people; the same browser is the same one, without another click."""
    one, other = visit(product), visit(product)

    names = [await begin(one), await begin(other)]
    again = await one.get("/hub/login")

    assert all(NAME.fullmatch(name) for name in names)
    assert names[0] != names[1]
    assert again.location.endswith(f"/{names[0]}")


async def test_nobody_can_ask_for_a_name(product, visit):
    """A name that is sent along is not heeded, neither somebody's nor the instructor's."""
    victim = await begin(visit(product))

    for wanted in (victim, "instructor"):
        answer = await visit(product).post("/hub/login", username=wanted)
        assert answer.location.rpartition("/")[2] not in {victim, "instructor"}


async def test_the_instructor_has_a_password(product, visit):
    """The admin password leads to the list of people; another one does not, and is slowed down."""
    instructor, guesser = visit(product), visit(product)

    entered = await instructor.post("/hub/login", password=ADMIN_PASSWORD)
    guesses = [await guesser.post("/hub/login", password=f"guess-{n}") for n in range(8)]

    assert entered.location == "/hub/home"
    assert (await instructor.get("/hub/admin")).status == 200
    assert [guess.status for guess in guesses][:5] == [403] * 5
    assert guesses[-1].status == 429


async def test_a_form_without_token_starts_nothing(product, visit):
    """Another page cannot make a browser start a session."""
    answer = await visit(product).ask("POST", "/hub/login", data={})

    assert answer.status == 403


async def test_a_full_workshop_says_so(visit):
    """Beyond MAX_SESSIONS nobody is made up; who comes is asked to come back."""
    with running_product(LOGIN="anonymous", MAX_SESSIONS="1") as product:
        first = await begin(visit(product))

        answer = await visit(product).post("/hub/login")

        assert (answer.status, "All places are taken" in answer.text) == (503, True)
        assert answer.headers["Retry-After"] == "60"
        assert [one.name for one in (product.state / "homes").iterdir()] == [first]


async def test_a_flood_from_one_address_is_slowed_down(visit):
    """After a classroom's worth of starts an address has to wait between two."""
    with running_product(LOGIN="anonymous", MAX_SESSIONS="1") as product:
        person = visit(product)
        await begin(person)
        person.http.cookie_jar.clear()
        statuses = [(await person.post("/hub/login")).status for _ in range(62)]

    assert statuses[0] == 503
    assert statuses[-1] == 429


async def test_a_session_that_stopped_can_begin_again_for_a_while(visit):
    """Until it is forgotten, a stopped session starts again with its files."""
    with running_product(LOGIN="anonymous") as product:
        person = visit(product)
        name = await begin(person)
        session_of(product, name)
        kept = product.state / "homes" / name / "kept"
        kept.write_text("mine")

        await eventually(lambda: kept.exists())
        restarted = await person.post("/hub/session/restart")

        assert restarted.location == f"/hub/spawn/{name}"
        assert kept.read_text() == "mine"
