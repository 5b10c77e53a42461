"""`session.yaml`: what a workshop wants in the project of a session, and every mistake in it."""

from pathlib import Path

import pytest

from dashboard.notes import Mistake
from tests.notes_fixtures import SESSION, native

TWO = """\
# What is broken, to be mended
apiVersion: v1
kind: ConfigMap
metadata: {name: hello, namespace: "%project_namespace%--db"}
data:
  who: "%username% of %city%"
  number: "5"
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  paused: false
"""
VARIABLES = "variables: [{name: city, value: Delft}]"


def read(folder: Path, text: str | bytes, **session: str):
    return native(folder, "text", VARIABLES, SESSION | session, {"session.yaml": text})


def test_objects_have_their_variables_values(tmp_path: Path) -> None:
    """Values come in as text, wherever they stand, and everything else keeps its type."""
    hard = 'ada"\n- x: %city%'
    workshop = read(tmp_path, TWO, project_namespace="class-ada", username=hard)
    hello, web = (one.value for one in workshop.objects)

    assert workshop.warnings == ()
    assert hello["metadata"] == {"name": "hello", "namespace": "class-ada--db"}
    assert hello["data"]["number"] == "5"
    assert hello["data"]["who"].startswith('ada"')
    assert web["spec"] == {"replicas": 2, "paused": False}
    assert [one.place for one in workshop.objects] == ["session.yaml:2", "session.yaml:9"]


def test_most_workshops_bring_nothing(tmp_path: Path) -> None:
    """Without the file there are no objects and no mistakes."""
    assert native(tmp_path, "text").objects == ()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        pytest.param("---\na: [\n", 3, "not valid YAML", id="yaml"),
        pytest.param(f"{TWO}---\nkind: Pod\n", 17, "`apiVersion` is missing", id="version"),
        pytest.param(
            "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a}\n", 3, "`name`", id="name"
        ),
        pytest.param("apiVersion: v1\nkind: Pod\nmetadata: a\n", 3, "mapping", id="metadata"),
        pytest.param("- a\n", 1, "expected `name: value`", id="list"),
        pytest.param(TWO.replace("%city%", "%town%"), 6, "%town% is no variable", id="variable"),
        pytest.param(b"a: \xff\n", 1, "UTF-8", id="bytes"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, message: str
) -> None:
    """The notes are shown nevertheless, and nothing of the file is made."""
    workshop = read(tmp_path, text)
    mistakes: tuple[Mistake, ...] = workshop.warnings

    assert workshop.objects == ()
    assert [one.line for one in mistakes if message in one.message] == [line]
    assert {(one.file, one.warning) for one in mistakes} == {("session.yaml", True)}


def test_a_file_elsewhere_is_not_read(tmp_path: Path) -> None:
    """A link that leads out of the workshop's folder is a mistake."""
    outside = tmp_path / "secret.yaml"
    outside.write_text(TWO)
    folder = tmp_path / "workshop"
    folder.mkdir()
    (folder / "session.yaml").symlink_to(outside)
    workshop = native(folder, "text")

    assert workshop.objects == ()
    assert "cannot be read" in workshop.warnings[0].message
