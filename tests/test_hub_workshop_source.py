"""Where a workshop comes from, with real folders and real git."""

import os
import subprocess

import pytest

from hub.workshop_source import SourceError, is_git_url, workshop_folder

ENVIRON = {
    "PATH": os.environ["PATH"],
    **{f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER")
       for what in ("NAME", "EMAIL")},
}  # fmt: skip


def git(*arguments):
    subprocess.run(["git", *map(str, arguments)], env=ENVIRON, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """A repository with one chapter, and a branch that has another title."""
    folder = tmp_path / "upstream.git"
    git("init", "--quiet", "--initial-branch=main", folder)
    commit(folder, "first")
    git("-C", folder, "switch", "--quiet", "-c", "next")
    commit(folder, "next")
    git("-C", folder, "switch", "--quiet", "main")
    return folder


def commit(folder, title):
    (folder / "workshop.yaml").write_text(f"title: {title}\n")
    git("-C", folder, "add", ".")
    git("-C", folder, "commit", "--quiet", "-m", title)


def title(folder):
    return (folder / "workshop.yaml").read_text().split()[1]


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("https://example.com/x", True),
        ("git@example.com:x", True),
        ("/srv/x.git#next", True),
        ("content/guide", False),
        ("/srv/notes#1", False),
    ],
)
def test_what_is_a_url(source, url):
    """Addresses with a scheme, of ssh form or ending in .git are repositories."""
    assert is_git_url(source) is url


def test_a_clone_follows_its_repository(repository, tmp_path):
    """A second start brings the clone up to date, and throws away what was changed in it."""
    state = tmp_path / "state"
    folder = workshop_folder(f"file://{repository}", state, ENVIRON)
    assert title(folder) == "first"
    (folder / "workshop.yaml").write_text("title: changed\n")
    (folder / "stray").touch()
    commit(repository, "second")

    assert workshop_folder(f"file://{repository}", state, ENVIRON) == folder

    assert title(folder) == "second"
    assert not (folder / "stray").exists()


def test_a_branch_can_be_named(repository, tmp_path):
    """What follows the # is the branch."""
    assert title(workshop_folder(f"file://{repository}#next", tmp_path / "s", ENVIRON)) == "next"


def test_an_earlier_clone_serves_while_the_repository_is_away(repository, tmp_path):
    """Without a network the workshop of the last start is used."""
    folder = workshop_folder(f"file://{repository}", tmp_path / "s", ENVIRON)
    repository.rename(tmp_path / "gone")

    assert workshop_folder(f"file://{repository}", tmp_path / "s", ENVIRON) == folder
    assert title(folder) == "first"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param("file:///nowhere.git", "cannot be fetched from file:///nowhere", id="away"),
        pytest.param("--upload-pack=x.git", "is not the address", id="option"),
        pytest.param("/nowhere", "There is no workshop folder /nowhere", id="folder"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, source, words):
    """What cannot be had is told in one line that names it."""
    with pytest.raises(SourceError, match=words) as caught:
        workshop_folder(source, tmp_path, ENVIRON)

    assert "\n" not in str(caught.value)


def test_a_login_in_the_address_is_not_repeated(tmp_path):
    """What cannot be fetched is named without the token in its address (security row 117)."""
    with pytest.raises(SourceError, match="from https://127.0.0.1:1/x.git") as caught:
        workshop_folder("https://ada:s3cret@127.0.0.1:1/x.git", tmp_path, ENVIRON)

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("ext::sh -c 'touch {}' ://x", id="ext"),
        pytest.param("--upload-pack=touch {}://x", id="option"),
        pytest.param("ssh://-oProxyCommand=touch%20{}/x", id="ssh-option"),
        pytest.param("https://127.0.0.1:1/x.git#--upload-pack=touch {}", id="option-as-branch"),
    ],
)
def test_an_address_runs_nothing(tmp_path, source):
    """An address that would have git run a command is refused, and the command does not run."""
    witness = tmp_path / "ran"

    with pytest.raises(SourceError):
        workshop_folder(source.format(witness), tmp_path / "s", ENVIRON)

    assert not witness.exists()


def test_a_missing_branch_is_named(repository, tmp_path):
    """A branch that is not there fails with git's own reason, also when a clone is here."""
    workshop_folder(f"file://{repository}", tmp_path / "s", ENVIRON)

    with pytest.raises(SourceError, match="nonsuch"):
        workshop_folder(f"file://{repository}#nonsuch", tmp_path / "s", ENVIRON)


def test_an_empty_folder_is_refused(tmp_path):
    """A folder without anything in it is most likely a mistake."""
    with pytest.raises(SourceError, match="is empty"):
        workshop_folder(str(tmp_path), tmp_path / "state", ENVIRON)


def test_a_repository_in_a_folder_nearby(repository, tmp_path, monkeypatch):
    """A relative path to a repository is taken from where it was typed."""
    monkeypatch.chdir(tmp_path)

    assert title(workshop_folder("upstream.git#next", tmp_path / "s", ENVIRON)) == "next"


def test_a_folder_with_a_branch_is_told_the_address(tmp_path):
    """A branch after a plain folder is answered with the address that has it."""
    (tmp_path / "notes").mkdir()

    with pytest.raises(SourceError, match=f"WORKSHOP=file://{tmp_path}/notes#next"):
        workshop_folder(f"{tmp_path}/notes#next", tmp_path / "s", ENVIRON)
