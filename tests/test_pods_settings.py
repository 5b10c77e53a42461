"""The file that says how pods are made: what is taken, and how mistakes are told."""

import json

import pytest

from hub.pods.settings import PodSettings
from hub.settings import SettingsError

USUAL = {"namespace": "seats", "dashboard_image": "d:1", "terminal_image": "t:1"}


@pytest.fixture
def read(tmp_path):
    def of(text):
        path = tmp_path / "pods.json"
        path.write_text(text if isinstance(text, str) else json.dumps(text))
        return PodSettings.from_file(path)

    return of


def test_all_mistakes_are_told_at_once(read):
    """Each mistake names its key and what was found there."""
    wrong = {"namespace": "Seats!", "terminal_image": "t:1", "home": {"sise": "1Gi"}, "user": 0}

    with pytest.raises(SettingsError) as caught:
        read(wrong)

    told = "\n".join(caught.value.mistakes)
    assert len(caught.value.mistakes) == 4
    for words in ("namespace is 'Seats!'", "dashboard_image", "home.sise", "user is '0'"):
        assert words in told


@pytest.mark.parametrize(
    "path", ["/a/../b", "relative", "/", "/a b", "/$(id)", "/a;b", "/./a", "", "/a//b", "/a\n"]
)
def test_a_path_leads_nowhere_else(read, path):
    """Paths that go up, or that a shell would read as more, are mistakes (row 136)."""
    with pytest.raises(SettingsError, match=r"workshop\.path"):
        read(USUAL | {"workshop": {"image": "w:1", "path": path}})


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_what_is_no_object_is_one_sentence(read, text):
    """A broken file is told in a sentence, without a traceback."""
    with pytest.raises(SettingsError):
        read(text)


def test_a_missing_file_is_one_sentence(tmp_path):
    """So is one that is not there."""
    with pytest.raises(SettingsError, match="No such file"):
        PodSettings.from_file(tmp_path / "none.json")
