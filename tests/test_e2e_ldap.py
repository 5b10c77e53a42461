"""Login with a directory, as the README says: real hub, real OpenLDAP."""

import asyncio
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.examples import settings_in_readme
from tests.hub_fixtures import Visitor
from tests.openshift_fixtures import heading
from tests.product import running_product
from tests.slapd import SEARCHER_PASSWORD, group, person, running_slapd, settings_of

pytestmark = pytest.mark.slow

LONG = "x" * 200
PEOPLE = [
    person("ada", "Ada"),
    person("grace", "grace"),
    person("mallory", "mallory"),
    person("kube", "kube:admin"),
    person("mail", "Zoë.Müller@example.com"),
    person("long", LONG),
    person("two", "two", "grace-hopper"),
    person("twin1", "twin"),
    person("twin2", "TWIN"),
    person("reserved", "hub"),
    group("class", "ada", "kube", "mail", "long", "two", "twin1", "twin2", "reserved"),
    group("teachers", "grace"),
]


@pytest.fixture(scope="module")
def slapd(tmp_path_factory):
    with running_slapd(tmp_path_factory.mktemp("slapd"), "".join(PEOPLE)) as running:
        yield running


def settings(slapd, folder):
    """The README's example, for this server."""
    secret = folder / "secret"
    secret.write_text(SEARCHER_PASSWORD)
    here = {"LDAP_SEARCH_PASSWORD_FILE": str(secret), "LOGIN_RECHECK": "1"}
    return settings_in_readme("LOGIN=ldap") | settings_of(slapd) | here


@pytest.fixture(scope="module")
def product(slapd, tmp_path_factory):
    with running_product(**settings(slapd, tmp_path_factory.mktemp("secret"))) as running:
        yield running


@pytest.fixture
async def visit(product):
    """Opens browsers, by name of the person."""
    opened = []

    def open_browser(name, of=product):
        opened.append(Visitor.opened(of, name))
        return opened[-1]

    yield open_browser
    for one in opened:
        await one.http.close()


async def name_of(person):
    """Who the hub takes somebody for."""
    headers = {"Sec-Fetch-Mode": "navigate"}
    shown = await person.ask("GET", "/hub/api/user", headers=headers)
    return shown.text.split('"name": "')[1].split('"')[0] if shown.status == 200 else ""


async def test_an_attendee_and_an_instructor(visit):
    """Members of the class are attendees, teachers instructors; no name is there to claim."""
    ada, grace = visit("ada"), visit("grace")

    form = await ada.get("/hub/login")
    entered = await ada.enter(password="ada-password")
    led = await grace.enter(password="grace-password")

    assert "Log in with your account" in form.text
    assert "lass password" not in form.text
    assert entered.location == "/hub/spawn-pending/ada"
    assert led.location == "/hub/home"
    assert (await grace.get("/hub/admin")).status == 200
    assert (await ada.get("/hub/admin")).status == 403
    assert (await grace.get("/hub/names")).status == 404


@pytest.mark.parametrize(
    ("typed", "place", "name"),
    [
        pytest.param("ADA", "ada", "ada", id="case"),
        pytest.param(" ada ", "ada", "ada", id="spaces"),
        pytest.param("ａda", "ada", "ada", id="wide-letters"),
        pytest.param("kube:admin", "kube", "kube:admin", id="colon"),
        pytest.param(
            "zoë.müller@EXAMPLE.com", "mail", "zo\\u00eb.m\\u00fcller@example.com", id="mail"
        ),
        pytest.param(LONG, "long", LONG, id="200-letters"),
        pytest.param("hub", "reserved", "hub", id="reserved"),
    ],
)
async def test_one_name_for_each_person(visit, typed, place, name):
    """However a name was typed, the directory's own is whom they are, and their session starts."""
    someone = visit(typed)

    answer = await someone.enter(password=f"{place}-password")

    assert (answer.status, await name_of(someone)) == (302, name)
    assert answer.location.startswith("/hub/spawn")


@pytest.mark.parametrize(
    ("typed", "password", "status", "words"),
    [
        pytest.param("ada", "wrong", 403, "do not fit", id="wrong-password"),
        pytest.param("ada", "", 403, "do not fit", id="no-password"),
        pytest.param("nobody", "wrong", 403, "do not fit", id="unknown"),
        pytest.param("*", "ada-password", 403, "do not fit", id="star"),
        pytest.param("ada)(uid=*", "ada-password", 403, "do not fit", id="filter"),
        pytest.param("mallory", "mallory-password", 403, "this workshop is for others", id="rules"),
        pytest.param("", "x", 400, "name of your account", id="no-name"),
        pytest.param("a\u202eda", "ada-password", 400, "name of your account", id="invisible"),
        pytest.param("x" * 300, "x", 400, "name of your account", id="300-letters"),
    ],
)
async def test_who_does_not_get_in(visit, typed, password, status, words):
    """A wrong password and an unknown name read the same, and whom no rule names is told so."""
    answer = await visit(typed).enter(password=password)

    assert (answer.status, words in answer.text) == (status, True)


@pytest.mark.parametrize("typed", ["two", "grace-hopper", "twin"])
async def test_names_that_are_not_ones_own(visit, product, typed):
    """Who has two names, or shares one, gets in under neither: it could be somebody else's."""
    place = "twin1" if typed == "twin" else "two"

    answer = await visit(typed).enter(password=f"{place}-password")

    assert answer.status == 502
    assert "LDAP_NAME_ATTRIBUTE must be something that each has once" in product.hub_log()


async def test_guessing_is_slowed_down_but_the_owner_gets_in(visit):
    """Who hammers a name, however spelt, has to wait; the browser of its owner has not."""
    owner = visit("kube:admin")
    await owner.enter(password="kube-password")
    await owner.post("/hub/session/restart", "/hub/logout")

    many = []
    for number in range(30):
        guesser = visit(("kube:admin", "KUBE:Admin", "ｋube:admin")[number % 3])
        many.append(guesser.enter(password=f"guess-{number}"))
    statuses = [answer.status for answer in await asyncio.gather(*many)]

    assert statuses.count(403) <= 13  # five, and as many as are judged at once
    assert 429 in statuses
    assert (await owner.enter(password="kube-password")).status == 302


async def test_who_leaves_the_group_is_out(visit, slapd, product):
    """Out of the group means out of the hub, without another login."""
    someone = visit("Zoë.Müller@example.com")
    await someone.enter(password="mail-password")
    slapd.leave("class", "mail")

    end = time.monotonic() + 20
    while (shown := await someone.get("/hub/home")).status == 200 and time.monotonic() < end:
        await asyncio.sleep(0.2)

    assert shown.status == 302
    assert "is allowed no more and was logged out" in product.hub_log()


@pytest.mark.parametrize(
    ("wrong", "status", "logged"),
    [
        pytest.param({"LDAP_CA": ""}, 502, "set LDAP_CA to a file", id="authority"),
        pytest.param({"LDAP_URL": "ldaps://127.0.0.1:9"}, 503, "check LDAP_URL", id="unreachable"),
        pytest.param(
            {"LDAP_SEARCH_PASSWORD_FILE": "", "LDAP_SEARCH_PASSWORD": "not-the-password"},
            502,
            "LDAP_SEARCH_DN (invalidCredentials)",
            id="search-password",
        ),
        pytest.param({"LDAP_PEOPLE": "ou=x,dc=example,dc=com"}, 502, "LDAP_PEOPLE", id="people"),
    ],
)
async def test_what_the_operator_got_wrong(visit, slapd, tmp_path, wrong, status, logged):
    """One line in the log names the setting; the attendee gets a friendly page and a way on."""
    with running_product(**(settings(slapd, tmp_path) | wrong)) as product:
        answer = await visit("ada", product).enter(password="ada-password")
        lines = [line for line in product.hub_log().splitlines() if "Login: " in line]

        assert (answer.status, heading(answer)) == (
            status,
            "Logging in does not work at the moment",
        )
        assert 'href="/hub/login"' in answer.text
        assert len(lines) == 1
        assert logged in lines[0]
        assert not any(text in product.hub_log() for text in ("Traceback", "not-the-password"))


async def test_a_directory_that_is_away_takes_nothing(visit, tmp_path):
    """While a directory is silent, who is in stays in and waits once; StartTLS is as good."""
    with running_slapd(tmp_path, "".join(PEOPLE)) as own:
        plain = settings(own, tmp_path) | {"LDAP_URL": own.url_plain}
        with running_product(**plain) as product:
            ada = visit("ada", product)
            await ada.enter(password="ada-password")
            own.stop()
            with socket.create_server(("127.0.0.1", urlsplit(own.url_plain).port)):  # never answers
                end = time.monotonic() + 40
                while "stays unchecked" not in product.hub_log() and time.monotonic() < end:
                    assert (await ada.get("/hub/home")).status == 200
                asked = time.monotonic()
                assert (await ada.get("/hub/home")).status == 200
                assert time.monotonic() - asked < 5

            assert "The login of ada stays unchecked: localhost:" in product.hub_log()
