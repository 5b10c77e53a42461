"""The figures of `make bench-cluster`: how losses and memory are read, and what it asks for."""

import os
import subprocess
import sys

import pytest

from tests.bench_cluster.__main__ import NAMES
from tests.bench_cluster.counting import is_whole
from tests.bench_cluster.memory import held
from tests.product import ROOT

ECHO = "$ i=0; until …; do …; echo r1-n$i.; done; echo r1-all-''counted $i.\n"


@pytest.mark.parametrize(
    ("came", "whole"),
    [
        pytest.param("r1-n1.\nr1-n2.\nr1-all-counted 2.\n", True, id="all"),
        pytest.param("r0-n7.\nr1-n1.\nr1-all-counted 1.\n", True, id="an earlier round before"),
        pytest.param("r1-n1.\nr1-n3.\nr1-all-counted 3.\n", False, id="one lost"),
        pytest.param("r1-n1.\nr1-n1.\nr1-n2.\nr1-all-counted 2.\n", False, id="one twice"),
        pytest.param("r1-n1.\nr1-n2.\nr1-all-counted 3.\n", False, id="the last lost"),
        pytest.param("r1-n1.\nqr1-n2.\nr1-all-counted 2.\n", True, id="a key's echo between"),
        pytest.param("r1-n1.\nr1-n2.\n", False, id="no end"),
    ],
)
def test_what_is_lost_shows(came, whole):
    """Every number must have come once, in order, up to the last that was counted."""
    assert is_whole(ECHO + came, "r1") is whole


@pytest.mark.parametrize(
    "stat",
    [
        pytest.param("anon 5000000\nfile 9000000\nshmem 1000000\n", id="cgroup v2"),
        pytest.param("cache 9\nrss 5000000\nshmem 1000000\nmapped_file 7\n", id="cgroup v1"),
    ],
)
def test_memory_is_anonymous_and_shared(stat):
    """Page cache is nobody's; what a process holds is counted in either version."""
    assert held(stat) == 6.0


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"KUBECONFIG": "any"}, "there are no images: set WORKSHOP_IMAGES"),
        ({"WORKSHOP_IMAGES": "a:b"}, "there is no cluster: set KUBECONFIG"),
    ],
)
def test_what_is_missing_is_said(environ, words):
    """Without cluster or images it says so in a line, and fails."""
    kept = {name: os.environ[name] for name in os.environ if name == "PATH"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench_cluster"],
        cwd=ROOT,
        env=kept | environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(words)


def test_names_stand_in_their_order():
    """Figures are written under these names, in this order."""
    assert NAMES == ("spawn", "pod_memory", "twenty_five_pods", "hub_killed", "proxy_killed")
