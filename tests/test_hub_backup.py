"""Copies of accounts and names: made while the hub runs, put back, refused when they are none."""

import io
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing

import pytest

from hub.database import FILE
from tests.hub_fixtures import Visitor
from tests.product import ROOT, running_product


def backup(state, *words, given=b""):
    return subprocess.run(
        [sys.executable, "-m", "hub.backup", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "STATE": str(state)},
        input=given,
        capture_output=True,
        check=False,
    )


def test_what_is_not_yet_in_the_file_is_in_the_copy(tmp_path):
    """Commits of a hub that has the database open are copied, those to come are not."""
    with closing(sqlite3.connect(tmp_path / FILE)) as hub:
        hub.execute("pragma journal_mode=wal")
        hub.execute("create table users (name)")
        hub.execute("insert into users values ('ada')")
        hub.commit()
        hub.execute("insert into users values ('uncommitted')")
        copy = backup(tmp_path).stdout
    (tmp_path / "again").mkdir()

    assert backup(tmp_path / "again", "restore", given=copy).returncode == 0

    with closing(sqlite3.connect(tmp_path / "again" / FILE)) as there:
        assert there.execute("select name from users").fetchall() == [("ada",)]


@pytest.mark.parametrize("given", [b"", b"no tar at all" * 99], ids=["nothing", "something-else"])
def test_what_is_no_copy_is_refused(tmp_path, given):
    """One sentence, status 1, and nothing changed."""
    done = backup(tmp_path, "restore", given=given)

    assert (done.returncode, list(tmp_path.iterdir())) == (1, [])
    assert done.stderr.decode().startswith("This is no copy that can be put back: ")
    assert done.stderr.count(b"\n") == 1


def test_a_broken_database_is_refused(tmp_path):
    """What is there is kept when the copy of the accounts cannot be read."""
    (tmp_path / "names.json").write_text("{}")
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, data in ((FILE, b"no database" * 999), ("names.json", b'{"a": 1}')):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))

    assert backup(tmp_path, "restore", given=made.getvalue()).returncode == 1
    assert (tmp_path / "names.json").read_text() == "{}"


@pytest.mark.slow
async def test_a_class_is_put_back(tmp_path):
    """After a restore and a restart a name is its holder's still, with the same code."""
    with running_product() as product:
        ada = Visitor.opened(product, "ada")
        assert (await ada.enter()).status == 302
        code = await ada.code()
        copy = backup(product.state).stdout
        await ada.http.close()
        shutil.copy(product.state / "keys.json", tmp_path)  # the chart keeps these in its Secret
    backup(tmp_path, "restore", given=copy)

    with running_product(STATE=str(tmp_path)) as product:
        other = Visitor.opened(product, "ada")
        refused = await other.enter()
        allowed = await other.enter(code=code)
        await other.http.close()

    assert (refused.status, allowed.status) == (403, 302)
