"""Login with accounts of the machine, as the README says: a real account, real PAM."""

import os
import secrets
import shutil
import subprocess

import pytest

from tests.examples import settings_in_readme
from tests.hub_fixtures import Visitor
from tests.product import running_product

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0 or not shutil.which("useradd") or not os.path.exists("/etc/pam.d/login"),
        reason="only root makes accounts, where PAM is set up",
    ),
]


def run(*command, told=""):
    subprocess.run(command, input=told, text=True, check=True, capture_output=True)


@pytest.fixture(scope="module")
def people():
    """Accounts of this machine, by what they are for; they and their group go with the test."""
    mark = secrets.token_hex(3)
    group, names = f"class{mark}", {who: f"{who}{mark}" for who in ("ada", "grace", "mallory")}
    run("groupadd", group)
    try:
        for name in names.values():
            run("useradd", "--no-create-home", name)
            run("chpasswd", told=f"{name}:{name}-password\n")
        run("usermod", "--append", "--groups", group, names["ada"])
        yield names | {"class": group}
    finally:
        for name in names.values():
            subprocess.run(["userdel", name], capture_output=True, check=False)
        subprocess.run(["groupdel", group], capture_output=True, check=False)


@pytest.fixture(scope="module")
def product(people):
    """The README's example, with the names that these accounts have."""
    example = settings_in_readme("LOGIN=pam")
    assert (example["ALLOWED_GROUPS"], example["ADMIN_USERS"]) == ("class", "grace")
    names = {"ALLOWED_GROUPS": people["class"], "ADMIN_USERS": f"{people['grace']},not-yet-there"}
    with running_product(**(example | names), LOGIN_RECHECK="1") as running:
        yield running


@pytest.fixture
async def visit(product):
    opened = []

    def open_browser(name):
        opened.append(Visitor.opened(product, name))
        return opened[-1]

    yield open_browser
    for one in opened:
        await one.http.close()


async def test_who_has_an_account_gets_in(visit, people):
    """A member of the group is an attendee, who is named as instructor is one."""
    ada, grace = visit(people["ada"]), visit(people["grace"])

    entered = await ada.enter(password=f"{ada.name}-password")
    led = await grace.enter(password=f"{grace.name}-password")

    assert entered.location == f"/hub/spawn-pending/{ada.name}"
    assert led.location == "/hub/home"
    assert (await ada.get("/hub/admin")).status == 403
    assert (await grace.get("/hub/admin")).status == 200


@pytest.mark.parametrize(
    ("who", "changed", "password"),
    [
        pytest.param("ada", str, "wrong", id="wrong-password"),
        pytest.param("ada", str, "", id="no-password"),
        pytest.param("ada", str.upper, "", id="upper-case"),
        pytest.param("mallory", str, "{}-password", id="rules"),
        pytest.param("", lambda name: "root", "x", id="root"),
        pytest.param("", lambda name: "nobody-of-that-name", "x", id="unknown"),
    ],
)
async def test_who_does_not_get_in(visit, people, who, changed, password):
    """Wrong passwords, other spellings, root and whom no rule names are refused in words."""
    name = changed(people.get(who, ""))

    answer = await visit(name).enter(password=password.format(name))

    expected = "this workshop is for others" if who == "mallory" else "do not fit"
    assert (answer.status, expected in answer.text) == (403, True)


def test_who_is_named_need_not_be_there(product):
    """A rule may name somebody who has no account yet; the hub starts without a complaint."""
    assert "Traceback" not in product.hub_log()


async def test_an_account_that_expired_is_refused(visit, people):
    """The right password lets nobody in as long as the account may not be used."""
    ada = visit(people["ada"])
    run("usermod", "--expiredate", "2000-01-01", people["ada"])
    try:
        refused = await ada.enter(password=f"{people['ada']}-password")
    finally:
        run("usermod", "--expiredate", "", people["ada"])

    assert refused.status == 403
    assert (await ada.enter(password=f"{people['ada']}-password")).status == 302
