"""What deploy/README.md tells an operator to do, as helm takes it, without a cluster."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.product import ROOT
from tests.test_chart import CHART, CLASS, HELM, PROFILES, pytestmark  # noqa: F401

README = (ROOT / "deploy" / "README.md").read_text().partition("\n# A class on one machine")[0]
FIRST, *FURTHER = re.findall(r"(?ms)^```yaml\n(.*?)^```$", README)
COMMANDS = README.replace("\\\n", " ")
INSTALLS = re.findall(r"(?m)^\$ helm install (.*)$", COMMANDS)
UPGRADES = re.findall(r"(?m)^\$ helm upgrade (.*)$", COMMANDS)


def template(*words):
    """What `helm install` with these words would make."""
    command = [HELM, "template", *words, "--kube-version", "1.34"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def mine(tmp_path):
    """The file of a class that the README begins with."""
    (tmp_path / "my-class.yaml").write_text(FIRST)
    return str(tmp_path / "my-class.yaml")


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_is_installed_as_it_says(profile, mine):
    """The file of a class goes with every profile, and its images are what the cluster gets."""
    (command,) = [words for words in INSTALLS if profile in words]

    made = template(*shlex.split(command.replace("my-class.yaml", mine)))

    for image in yaml.safe_load(FIRST)["images"].values():
        assert image in made
    assert "workshop-hub:dev" not in made


@pytest.mark.parametrize("command", sorted({*INSTALLS, *UPGRADES}))
def test_every_command_is_taken(command, mine):
    """A look without DNS, an installation and an upgrade: each as it is written."""
    assert "kind: Deployment" in template(*shlex.split(command.replace("my-class.yaml", mine)))


def test_images_need_no_name_where_nodes_have_them(mine):
    """Whoever loads what `make images` made into the nodes leaves `images` out."""
    values = yaml.safe_load(FIRST)
    del values["images"]
    Path(mine).write_text(yaml.safe_dump(values))

    made = template("class", str(CHART), "-f", mine)

    for image in re.findall(r"(?m)^\| kind \| `kind load docker-image (.*)` \|$", README)[
        0
    ].split():
        assert image in made


@pytest.mark.parametrize("example", FURTHER)
def test_its_other_examples_go_with_it(example, mine, tmp_path):
    """Each block of values is one that the chart takes beside those of a class."""
    (tmp_path / "more.yaml").write_text(example)
    profile = str(CHART / "values-kubernetes.yaml")

    template(
        "class", str(CHART), "-f", profile, "-f", mine, *CLASS, "-f", str(tmp_path / "more.yaml")
    )


def test_values_of_its_tables_are_values():
    """What stands in a table of values is in values.yaml, by its path or beside the first."""
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    tables = re.findall(r"(?m)^\| value \| .*\n\|[-|]+\n((?:\|.*\n)+)", README)
    cells = [row.split(" | ")[0] for table in tables for row in table.splitlines()]
    assert cells
    for cell in cells:
        if names := re.findall(r"`([\w.]+)`", cell):
            first, *others = names
            assert _has(values, first), first
            beside = first.rpartition(".")[0]
            for name in others:
                places = (name, f"{beside}.{name}", f"{first}.{name}")
                assert any(_has(values, place) for place in places), name


def _has(values, path):
    for key in path.split("."):
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True
