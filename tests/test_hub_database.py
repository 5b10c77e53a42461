"""Accounts of an earlier JupyterHub: brought up to date at the start, with a copy kept."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jupyterhub.dbutil import _temp_alembic_ini

from hub.database import FILE
from tests.hub_fixtures import Visitor
from tests.product import running_product

pytestmark = pytest.mark.slow


async def enter(product, name, code=""):
    visitor = Visitor.opened(product, name)
    answer = await visitor.enter(code=code)
    found = await visitor.code() if answer.status == 302 else ""
    await visitor.http.close()
    return answer.status, found


async def test_an_older_form_of_the_database(tmp_path):
    """Nobody has to run a command: the hub starts, knows who was there, and keeps the old file."""
    with running_product() as product:
        _, code = await enter(product, "ada")
        state = product.state
        product.stop()
        shutil.copytree(state, tmp_path / "state", ignore=shutil.ignore_patterns("run", "homes"))
    with _temp_alembic_ini(f"sqlite:///{tmp_path}/state/{FILE}") as ini:
        alembic = Path(sys.executable).with_name("alembic")
        subprocess.run([alembic, "-c", ini, "downgrade", "-1"], check=True)

    with running_product(STATE=str(tmp_path / "state")) as product:
        status, again = await enter(product, "ada", code)

    assert (status, again) == (302, code)
    assert list((tmp_path / "state").glob(f"{FILE}.*-*"))
