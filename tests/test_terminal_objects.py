"""Refusals of a workshop's objects: kubectl's words, with the object's own file and line."""

import pytest

from tests.terminal_fixtures import part

objects = part("objects")

WANTED = [
    {"place": f"session.yaml:{line}", "object": {"kind": kind, "metadata": {"name": name}}}
    for line, kind, name in ((2, "ConfigMap", "hello"), (9, "Foo", "foo"), (14, "Goo", "goo"))
]
#: Of kubectl 1.32 and 1.37, which say the same.
FORBIDDEN = """\
Error from server (AlreadyExists): error when creating "00001.json": foos "foo" already exists
Error from server (Forbidden): error when creating "00000.json": configmaps is forbidden: no
"""
INVALID = """\
error: error validating "00000.json": error validating data: [unknown field "date"]; """ + (
    "if you choose to ignore these errors, turn validation off with --validate=false\n"
)
UNKNOWN = """\
resource mapping not found for name: "foo" namespace: "" from "00001.json": """ + (
    'no matches for kind "Foo" in version "x/v1"\nensure CRDs are installed first'
)


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param(
            FORBIDDEN,
            ["session.yaml:2: ConfigMap hello: configmaps is forbidden: no"],
            id="forbidden",
        ),
        pytest.param(
            INVALID,
            ['session.yaml:2: ConfigMap hello: error validating data: [unknown field "date"]'],
            id="invalid",
        ),
        pytest.param(
            f"error: {UNKNOWN}\n",
            ['session.yaml:9: Foo foo: no matches for kind "Foo" in version "x/v1"'],
            id="kind",
        ),
        pytest.param(
            f"[{UNKNOWN}, {UNKNOWN.replace('1.json', '2.json')}]\n",
            [
                'session.yaml:9: Foo foo: no matches for kind "Foo" in version "x/v1"',
                'session.yaml:14: Goo goo: no matches for kind "Foo" in version "x/v1"',
            ],
            id="kinds",
        ),
        pytest.param(
            "Unable to connect to the server: no\n",
            ["Unable to connect to the server: no"],
            id="server",
        ),
        pytest.param('the file "00007.json"\n', ['the file "00007.json"'], id="other-file"),
    ],
)
def test_a_refusal_names_file_line_and_object(said, lines):
    """What is there already is none; what is about no object stays as it is."""
    assert objects.told(said, WANTED) == lines
