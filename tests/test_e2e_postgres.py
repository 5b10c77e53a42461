"""Accounts in PostgreSQL: kept, copied and put back, and lost from sight for a while."""

import tempfile
from pathlib import Path

import pytest

from tests.hub_fixtures import Visitor, start
from tests.ports import free_port
from tests.postgres import PASSWORD, made_postgres
from tests.product import running_product

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres():
    """A server, whose files anybody may reach."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        Path(folder).chmod(0o711)
        yield made_postgres(Path(folder))


async def enter(product, name):
    visitor = Visitor.opened(product, name)
    answer = await visitor.enter()
    await visitor.http.close()
    return answer.status


async def test_accounts_are_in_the_database(postgres):
    """Who logs in is in PostgreSQL and in no file; a restart of PostgreSQL costs nobody a login."""
    with running_product(DATABASE_URL=postgres.url()) as product:
        assert await enter(product, "ada") == 302
        assert ("ada",) in postgres.ask("select name from users")
        assert not list(product.state.glob("*.sqlite*"))
        postgres.ask(
            "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
            " and backend_type = 'client backend'"
        )
        assert await enter(product, "ben") == 302
        logs = [*product.state.glob("log/*"), product.log]
        assert not any(PASSWORD.encode() in log.read_bytes() for log in logs)


@pytest.fixture(autouse=True)
def _serving(postgres):
    with postgres.serving():
        yield


async def test_a_copy_is_put_back(postgres):
    """What `pg_dump` wrote while the hub ran, another database gives to another hub."""
    with running_product(DATABASE_URL=postgres.url()) as product:
        assert await enter(product, "cleo") == 302
        copy = postgres.run("pg_dump", "--no-owner", postgres.url())
    postgres.ask("create database again")
    postgres.run("psql", "-q", "-v", "ON_ERROR_STOP=1", postgres.url("again"), given=copy)
    with running_product(DATABASE_URL=postgres.url("again")) as product:
        assert await enter(product, "dora") == 302
    names = postgres.run("psql", "-At", postgres.url("again"), "-c", "select name from users")
    assert {"cleo", "dora"} <= set(names.split())


def test_a_database_that_lets_nobody_in(postgres, tmp_path):
    """A wrong password is one line with the reason, and status 1; the password is not repeated."""
    status, lines = start(
        DATABASE_URL=postgres.url(password="wrong-pass"), STATE=str(tmp_path), PORT=str(free_port())
    )

    assert status == 1
    assert len(lines) == 1
    assert lines[0].startswith("The database of DATABASE_URL cannot be used: ")
    assert "password authentication failed" in lines[0]
    assert "wrong-pass" not in lines[0]
