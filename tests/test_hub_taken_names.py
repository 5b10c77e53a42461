"""A name belongs to who took it first, with a real hub: codes, browsers, release, hammering."""

import pytest

from tests.hub_fixtures import Visitor

pytestmark = pytest.mark.slow


@pytest.fixture
async def visit(product):
    """Opens browsers, by name of the person; the same name twice is two browsers."""
    opened = []

    def open_browser(name):
        opened.append(Visitor.opened(product, name))
        return opened[-1]

    yield open_browser
    for person in opened:
        await person.http.close()


async def _leave(person):
    await person.post("/hub/session/restart", "/hub/logout")
    assert (await person.get("/hub/home")).status == 302


async def test_another_browser_needs_the_code(visit):
    """The same name from another browser is asked for its code, and let in with it."""
    await (first := visit("ada")).enter()
    code = await first.code()
    second = visit("Ada")

    asked = await second.enter()
    wrong = await second.enter(code="aaaaaa")
    right = await second.enter(code=f" {code.upper()[:3]} {code[3:]}")

    assert asked.status == wrong.status == 403
    assert 'name="code"' in asked.text
    assert "is taken" in asked.text
    assert "not the code" in wrong.text
    assert right.status == 302


async def test_the_first_browser_needs_no_code(visit):
    """Who logs out comes back in the same browser with the class password alone."""
    bob = visit("bob")
    await bob.enter()
    await _leave(bob)

    assert (await bob.enter()).status == 302


async def test_forged_claims_are_worth_nothing(visit):
    """A cookie that we did not sign lets nobody in as somebody else."""
    await visit("carol").enter()
    thief = visit("carol")
    thief.http.cookie_jar.update_cookies({"workshop-browser": '{"carol": "00"}'})

    assert (await thief.enter()).status == 403


async def test_codes_reach_the_session(visit, product):
    """The dashboard learns the code from its environment, to show it in its menu."""
    dana = visit("dana")
    await dana.enter()
    code = await dana.code()

    page = (await dana.get("/hub/home")).text

    assert code in page
    assert code not in (product.state / "names.json").read_text()
    assert code not in product.hub_log()


async def test_release(visit):
    """After a release the old browser is out at once, its cookie and code count no more."""
    await (old := visit("erin")).enter()
    code = await old.code()
    boss = visit("instructor")
    assert (await boss.enter()).location == "/hub/home"
    assert 'value="erin"' in (await boss.get("/hub/names")).text

    released = await boss.post("/hub/names", name="erin")

    assert (released.status, released.location) == (302, "names?released=erin")
    assert (await old.get("/hub/home")).status == 302
    assert "released the name <strong>erin</strong>" in (await old.get("/hub/login")).text
    new = visit("erin")
    assert "released" not in (await new.get("/hub/login")).text
    assert (await new.enter()).status == 302
    assert await new.code() != code
    assert (await old.enter()).status == 403
    assert (await old.enter(code=code)).status == 403


async def test_who_lost_a_name_goes_on_under_another(visit):
    """The page that was open leads to a login that says why, and from there to a session; after
    that nothing is said of it any more."""
    await (old := visit("ivan")).enter()
    boss = visit("instructor")
    await boss.enter()
    await boss.post("/hub/names", name="ivan")
    asked = await old.get("/hub/spawn/ivan")
    assert "released the name <strong>ivan</strong>" in (await old.get(asked.location)).text

    old.name = "ivan-2"
    entered = await old.enter(next_="%2Fhub%2Fspawn%2Fivan")

    assert (entered.status, entered.location) == (302, "/hub/spawn-pending/ivan-2")
    await _leave(old)
    assert "released" not in (await old.get("/hub/login")).text


async def test_only_claimed_names_can_be_released(visit):
    """A release of a name that nobody has, or of the instructor's, is refused."""
    boss = visit("instructor")
    await boss.enter()
    await visit("frank").enter()

    for name in ("nobody", "instructor", ""):
        assert (await boss.post("/hub/names", name=name)).status == 404


async def test_guessing_is_slowed_down_but_the_owner_gets_in(visit):
    """A classmate who hammers a name has to wait, with 429 and Retry-After; its owner does not."""
    owner = visit("grace")
    await owner.enter()
    await _leave(owner)
    classmate = visit("grace")

    statuses = [(await classmate.enter(code=f"guess{n}")).status for n in range(8)]
    last = await classmate.enter(code="again1")

    assert statuses[:5] == [403] * 5
    assert statuses[-1] == last.status == 429
    assert 1 <= int(last.headers["Retry-After"]) <= 30
    assert "Please wait" in last.text
    assert (await owner.enter()).status == 302
    assert (await visit("heidi").enter()).status == 302


@pytest.mark.parametrize("header", ["X-Real-Ip", "X-Forwarded-For"])
async def test_addresses_cannot_be_made_up(visit, header):
    """Guessing the password under ever other names is slowed down, wherever it says it is from."""
    guesser = visit("mallory")
    statuses = []
    for number in range(40):
        guesser.http.headers[header] = f"10.9.8.{number}"
        guesser.name = f"mallory-{number}"
        statuses.append((await guesser.enter(password="guessed-password")).status)

    assert statuses[-1] == 429
