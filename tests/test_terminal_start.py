"""What the terminal's image does before the shells, and kubectl in them, without the image."""

import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.openshift.authority import Authority
from tests.product import ROOT
from tests.terminal_fixtures import serving


@pytest.fixture
def start(tmp_path):
    """Runs a copy of `start` with a Python that prints its arguments; gives them."""
    program = tmp_path / "terminal" / "start"
    program.parent.mkdir()
    for name in ("start", "authorities"):
        shutil.copy(ROOT / "terminal-image" / name, program.parent / name)
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    (tmp_path / "kubeconfig").write_text("first")

    def run(home: Path, *options: str, **variables: str) -> list[str]:
        environment = {
            "PATH": f"{python.parent}:/usr/bin:/bin",
            "HOME": str(home),
            "WORKSHOP_TERMINAL_SOCKET": "/run/s",
            "WORKSHOP_KUBECONFIG": str(tmp_path / "kubeconfig"),
            **variables,
        }
        return subprocess.run(
            [program, *options], env=environment, capture_output=True, text=True, check=True
        ).stdout.splitlines()

    return run


def test_shells_get_the_variables_that_are_named(start, tmp_path):
    """Values pass as they are; names that are not set, or are no names, are passed over."""
    wanted = {"WORKSHOP_SHELL_ENV": "A NONE $(id) B", "A": "x  $y 'z\"", "B": ""}

    given = start(tmp_path / "ada", "--linger", "5", **wanted)

    assert given[1:5] == ["--socket", "/run/s", "--home", str(tmp_path / "ada")]
    assert given[5:7] == ["--kubeconfig", str(tmp_path / "kubeconfig")]
    assert given[7:] == ["--env", "B=", "--env", "A=x  $y 'z\"", "--linger", "5"]


def test_the_server_is_told_of_the_projects(start, tmp_path):
    """Each by name, and who asks for what is in them."""
    given = start(tmp_path / "ada", WORKSHOP_PROJECTS="class-ada class-ada--more")

    who = ["--kubeconfig", str(tmp_path / "kubeconfig")]
    assert given[5:] == [*who, "--project", "class-ada--more", "--project", "class-ada"]


def test_shells_trust_the_operator_s_authorities_too(start, tmp_path):
    """One file has the system's and the operator's, and the shells' programs are told of it."""
    (tmp_path / "own.crt").write_text("the operator's own")

    given = start(
        tmp_path / "ada", WORKSHOP_AUTHORITIES=str(tmp_path / "own.crt"), TMPDIR=str(tmp_path)
    )

    trusted = tmp_path / "authorities.crt"
    assert given[7:] == [
        *("--env", f"SSL_CERT_FILE={trusted}"),
        *("--env", f"GIT_SSL_CAINFO={trusted}"),
    ]
    system = Path("/etc/ssl/certs/ca-certificates.crt").read_text()
    assert trusted.read_text() == system + "the operator's own"


def test_a_home_is_furnished_once(start, tmp_path):
    """What the image brings is there at the first start; nothing is replaced or brought back."""
    for name, text in {
        "home/notes/one": "ours",
        "home/.bashrc": "ours",
        "ada/.bashrc": "mine",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    start(tmp_path / "ada")
    assert (tmp_path / "ada/notes/one").read_text() == "ours"
    assert (tmp_path / "ada/.bashrc").read_text() == "mine"

    (tmp_path / "ada/notes/one").unlink()
    start(tmp_path / "ada")
    assert not (tmp_path / "ada/notes/one").exists()


def test_only_our_own_kubeconfig_is_replaced(start, tmp_path):
    """A kept home gets the new project's; what the attendee wrote stays."""
    home = tmp_path / "ada"
    config = home / ".kube" / "config"
    start(home)
    assert config.read_text() == "first"
    assert config.stat().st_mode & 0o777 == 0o600

    (tmp_path / "kubeconfig").write_text("second")
    start(home)
    assert config.read_text() == "second"

    config.write_text("mine")
    start(home)
    assert config.read_text() == "mine"


def test_a_home_that_takes_nothing_is_no_reason_to_stop(start):
    """The terminal server runs all the same."""
    assert start(Path("/proc/self/none"))[0].endswith("terminal.py")


@pytest.mark.slow
@pytest.mark.parametrize("word", ["kubectl", "k"])
async def test_kubectl_completes(tmp_path, word):
    """The first TAB after kubectl, or k for short, loads what kubectl says about itself."""
    (tmp_path / "kubectl").write_text(
        "#!/bin/sh\necho '__start_kubectl() { COMPREPLY=(api-resources); }'\n"
        "echo 'complete -F __start_kubectl kubectl'\n"
    )
    (tmp_path / "kubectl").chmod(0o755)
    async with serving("--env", f"PATH={tmp_path}:/usr/bin:/bin") as server:
        view = await server.attach()
        await view.prompt()
        view.type(f"{word} api\t")
        await view.expect(f"{word} api-resources ")


@pytest.fixture
def private_host(tmp_path):
    """A server by TLS whose authority nobody knows, and which has no repository."""
    authority = Authority.made(tmp_path / "authority")
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = authority.serving().wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}/notes.git", authority.ca
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow  # git is asked three times
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "stranger"])
def test_notes_are_fetched_from_whom_the_operator_trusts(tmp_path, private_host, trusted):
    """With the authority the host is asked for the repository; without it, it is not believed."""
    url, authority = private_host
    variables = {"WORKSHOP_AUTHORITIES": str(authority)} if trusted else {}

    done = subprocess.run(
        [ROOT / "terminal-image" / "fetch-workshop", url, tmp_path],
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert ("certificate" in done.stderr) is not trusted
