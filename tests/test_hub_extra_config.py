"""The operator's own JupyterHub configuration: it has the last word, and mistakes are one line."""

import os
import subprocess
import sys

import pytest

from tests.examples import block_in_readme, settings_in_readme
from tests.hub_fixtures import Visitor, start
from tests.ports import free_port
from tests.product import ROOT, running_product

EXAMPLE = block_in_readme("python", "authenticator_class")


def written(folder, text):
    path = folder / "extra.py"
    path.write_text(text)
    return str(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("x = 1\nc.x.y = nothing\n", "{}:2: NameError: name 'nothing'", id="name"),
        pytest.param("x = 1\n\nif x\n", "{}:3: expected ':'", id="syntax"),
        pytest.param("import nothing_like_it\n", "{}:1: ModuleNotFoundError: No", id="import"),
        pytest.param("def f():\n    1 / 0\n\nf()\n", "{}:2: ZeroDivisionError: ", id="inside"),
        pytest.param(
            "c.JupyterHub.authenticator_class = 'no.such.Class'\n",
            "JupyterHub.authenticator_class is 'no.such.Class': No module named 'no'",
            id="authenticator",
        ),
    ],
)
def test_a_mistake_is_one_line(tmp_path, text, told):
    """It has file and line, and nothing starts."""
    path = written(tmp_path, text)
    given = {"EXTRA_CONFIG": path, "STATE": str(tmp_path / "state"), "PORT": str(free_port())}

    status, lines = start(**given)

    assert (status, len(lines)) == (1, 1), lines
    assert lines[0].startswith(f"EXTRA_CONFIG: {told.format(path)}")


@pytest.mark.slow
def test_the_hub_itself_says_it_in_one_line(tmp_path):
    """Where nothing looks before it starts, as in a pod, the hub ends with the line."""
    path = written(tmp_path, "x = 1\nc.JupyterHub.x = nothing\n")
    done = subprocess.run(
        [sys.executable, "-m", "hub", "-f", str(ROOT / "hub" / "jupyterhub_config.py")],
        env={"PATH": os.defpath, "STATE": str(tmp_path), "EXTRA_CONFIG": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"EXTRA_CONFIG: {path}:2: NameError: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environ", "mistake"),
    [
        pytest.param(
            {"EXTRA_CONFIG": "/nonexistent"}, "EXTRA_CONFIG is '/nonexistent': No such", id="file"
        ),
        pytest.param({"LOGIN": "custom"}, "EXTRA_CONFIG is not set: LOGIN=custom", id="no-file"),
    ],
)
def test_a_file_that_is_not_there(tmp_path, environ, mistake):
    """It is told as every wrong setting is."""
    status, lines = start(**{"STATE": str(tmp_path), "PORT": str(free_port())} | environ)

    assert status == 1
    assert len(lines) == 1
    assert lines[0].startswith(mistake)


@pytest.mark.slow
async def test_the_readmes_example(tmp_path):
    """Another authenticator lets in whom it allows, on our pages, to a session of ours."""
    assert settings_in_readme("LOGIN=custom")["EXTRA_CONFIG"] == "$PWD/extra.py"
    path = written(tmp_path, EXAMPLE)
    password = "only-for-trying-it-out"
    with running_product(LOGIN="custom", EXTRA_CONFIG=path) as product:
        people = {name: Visitor.opened(product, name) for name in ("ada", "grace", "mallory")}
        try:
            form = await people["ada"].get("/hub/login")
            style = form.text.split('rel="stylesheet" href="')[1].split('"')[0]
            answers = {name: await one.enter(password=password) for name, one in people.items()}
            wrong = await people["mallory"].enter(password="wrong")

            assert "Log in with your account" in form.text
            assert (await people["ada"].get(style)).status == 200
            assert [answers[name].status for name in people] == [302, 302, 403]
            assert wrong.status == 403
            assert (await people["grace"].get("/hub/admin")).status == 200
            assert (await people["ada"].get("/hub/admin")).status == 403
            assert "Restart your session?" in (await people["ada"].get("/hub/session/restart")).text
            assert (await people["ada"].get("/hub/spawn")).status == 302
        finally:
            for one in people.values():
                await one.http.close()


@pytest.mark.slow
async def test_nobody_gets_in_until_an_authenticator_is_named(tmp_path):
    """With LOGIN=custom and a file that names none, everything stays closed."""
    path = written(tmp_path, "c.JupyterHub.active_server_limit = 7\n")
    with running_product(LOGIN="custom", EXTRA_CONFIG=path) as product:
        person = Visitor.opened(product, "ada")
        try:
            assert (await person.get("/hub/home")).status == 302
            shown = await person.get("/hub/login")
        finally:
            await person.http.close()

    assert shown.status in {403, 404}
