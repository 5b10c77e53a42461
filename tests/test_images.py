"""The container images: what their files promise, and that the built ones keep it."""

import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.product import ROOT
from tests.waiting import until

SPEC = importlib.util.spec_from_file_location("images", ROOT / "deploy" / "images.py")
images = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(images)

NAMES = sorted(images.CONTAINERFILES)
#: `prefix:tag` of the built images, as `make images IMAGE_PREFIX=prefix TAG=tag` calls them.
BUILT = os.environ.get("WORKSHOP_IMAGES", "workshop-:dev")


def instructions(name: str) -> list[str]:
    """The lines of a Containerfile, each with its continuations and without comments."""
    text = re.sub(r"(?m)^#.*\n", "", (ROOT / images.CONTAINERFILES[name]).read_text())
    return [" ".join(one.split()) for one in re.sub(r"\\\n", " ", text).splitlines() if one.strip()]


@pytest.mark.parametrize("name", NAMES)
def test_a_containerfile_keeps_the_rules(name):
    """One named base, nothing fetched unseen, lists of packages gone, and never root at the end."""
    lines = instructions(name)
    stages = [at for at, line in enumerate(lines) if line.startswith("FROM ")]
    last = lines[stages[-1] :]

    bases = {lines[at].split()[1] for at in stages}
    assert bases == {"docker.io/library/debian:bookworm-slim"}
    assert not [line for line in lines if line.startswith("ADD ") or "://" in line]
    assert all("--require-hashes" in x for x in lines if re.search(r"\bpip\b.* install ", x))
    assert "rm -rf /var/lib/apt/lists/*" in " ".join(last)
    assert [line for line in last if line.startswith("USER ")] == ["USER 1001:0"]
    assert 'ENTRYPOINT ["tini", "--"' in "\n".join(last)
    for label in ("title", "description", "licenses", "version"):
        assert f"org.opencontainers.image.{label}=" in last[-1]


#: What has the known weaknesses mended (security.md row 134).
LEAST = {"jupyterhub": "6.1.1", "tornado": "6.5.7", "oauthenticator": "17.4.0"}


@pytest.mark.parametrize("name", sorted(images.INSTALLED))
def test_pinned_versions_are_mended_ones(name):
    """No image gets a version with a weakness that we know of (row 134)."""
    text = (ROOT / f"deploy/requirements/{name}.txt").read_text()
    pins = dict(re.findall(r"(?m)^([\w-]+)==([\w.]+)", text))

    old = {one: pins[one] for one in LEAST if Version(pins.get(one, "999")) < Version(LEAST[one])}
    assert old == {}
    assert name != "hub" or LEAST.keys() <= pins.keys()


def test_what_is_installed_agrees():
    """`pip check` finds nothing that wants another version of anything (row 134)."""
    command = [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_the_proxy_is_a_mended_one():
    """Nor does the proxy, which comes by npm (row 134)."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    found = packages["node_modules/configurable-http-proxy"]["version"]
    assert Version(found) >= Version("5.2")


def test_containerfiles_are_clean():
    """hadolint finds nothing to say."""
    command = [Path(sys.executable).parent / "hadolint", *images.CONTAINERFILES.values()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout == ""


def pinned(name: str) -> dict[str, Requirement]:
    """What an image installs, by name; every one with a version and a hash."""
    text = (ROOT / "deploy" / "requirements" / f"{name}.txt").read_text()
    blocks = [one for one in re.split(r"(?m)^(?=\S)", text) if one]
    assert all(re.match(r"[\w-]+==\S+ .*\\\n +--hash=sha256:", one) for one in blocks)
    found = [Requirement(one.split("\\")[0]) for one in blocks]
    return {one.name: one for one in found}


@pytest.mark.parametrize("name", images.INSTALLED)
def test_what_is_installed_is_pinned(name):
    """Every package has a version, which the project's requirements allow, and its hashes."""
    found = pinned(name)
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    wanted = [Requirement(one.split("#")[0]) for one in lines if one.split("#")[0]]
    wanted += [Requirement(one) for one in images.INSTALLED[name].split()]

    assert {Requirement(one).name for one in images.INSTALLED[name].split()} <= set(found)
    for one in (each for each in wanted if each.name in found):
        (version,) = [exact.version for exact in found[one.name].specifier]
        assert one.specifier.contains(version), one


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.parametrize("name", [*images.INSTALLED])
def test_what_is_installed_is_there_for_arm64(name, tmp_path):
    """Every package that is pinned has a wheel for the other kind of machine, or for any."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"--dest={tmp_path}"]
    machine = [f"--platform=manylinux_2_{minor}_aarch64" for minor in (17, 28, 34)]
    ours = f"--python-version={platform.python_version()}"  # the file's conditions are for it too
    kind = ["--only-binary=:all:", ours, "--implementation=cp", *machine]
    file = ROOT / "deploy" / "requirements" / f"{name}.txt"
    done = subprocess.run([*pip, *kind, f"--requirement={file}"], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_programs_are_the_versions_listed():
    """tools.txt says which kubectl and which Helm the terminal's image builds."""
    tools = (ROOT / "terminal-image" / "tools.txt").read_text()
    versions = dict(
        re.findall(r"ARG (KUBECTL|HELM)_VERSION=(\S+)", "\n".join(instructions("terminal")))
    )

    for name, version in versions.items():
        assert re.search(rf"(?m)^{name.lower()} +{re.escape(version)} ", tools)


@pytest.mark.parametrize(
    ("builder", "words"),
    [("docker", ["build"]), ("podman", ["build"]), ("/opt/buildah", ["bud", "--layers"])],
)
def test_each_builder_is_told_its_own_way(builder, words):
    """Docker, Podman and buildah get the same file, name, arguments and folder."""
    settings = {"IMAGE_PREFIX": "r/", "TAG": "1", "BUILDER": builder, "BUILD_ARGS": "--pull 'a b'"}

    (command, _), (size, _) = images.builds(["hub"], settings)

    assert command[: len(words) + 1] == [builder, *words]
    assert command[-7:] == ["--pull", "a b", "--tag", "r/hub:1", "--file", "hub/Containerfile", "."]
    assert size == [builder, "images", "--format", "r/hub:1: {{.Size}}", "r/hub:1"]


@pytest.mark.parametrize(
    ("arguments", "builder", "words"),
    [
        pytest.param(["hubb"], "true", "hubb is no image: expected hub, dashboard", id="name"),
        pytest.param([], "/none/docker", "/none/docker cannot be run: No such file", id="builder"),
        pytest.param(["hub"], "false", "This failed: false build", id="failed"),
    ],
)
def test_a_failure_is_one_sentence(arguments, builder, words, capfd):
    """What went wrong is said in a line, and make sees it."""
    assert images.main(arguments, {"BUILDER": builder}) == 1
    assert capfd.readouterr().err.startswith(words)


#: How a tool tells its version, where it is not by `--version`.
VERSION = {
    "bash-completion": "dpkg-query -W bash-completion",
    "helm": "helm version",
    "kubectl": "kubectl version --client",
    "tmux": "tmux -V",
}


@pytest.fixture(scope="module")
def engine():
    """A program that runs the built images."""
    for program in filter(shutil.which, ("podman", "docker")):
        inspect = [program, "image", "inspect", *map(image, NAMES)]
        if subprocess.run(inspect, capture_output=True, check=False).returncode == 0:
            return program
    pytest.skip(f"no podman or docker has all images of WORKSHOP_IMAGES={BUILT}: make images")


def image(name: str) -> str:
    """The built image's whole name."""
    prefix, _, tag = BUILT.rpartition(":")
    return f"{prefix}{name}:{tag}"


@contextmanager
def container(engine: str, *command: str, **variables: str) -> Iterator[Callable[..., str]]:
    """A container as a strict cluster runs it, while it runs; gives what says more words in it."""
    safe = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=none"]
    # Kubernetes makes volumes writable to the pod's user; these are so to everybody.
    volumes = [f"--tmpfs={path}:mode=1777" for path in ("/run/workshop", "/home/workshop", "/tmp")]
    environment = [f"--env={key}={value}" for key, value in variables.items()]
    run = [engine, "run", "--rm", "--detach", "--user=1000680000:0", *safe, *volumes, *environment]
    made = subprocess.run([*run, *command], stdout=subprocess.PIPE, text=True, check=True)
    name = made.stdout.strip()

    def said(*words: str) -> str:
        """What the words say when they run; nothing when they fail."""
        done = subprocess.run([engine, "exec", name, *words], stdout=subprocess.PIPE, text=True)
        return "" if done.returncode else done.stdout

    try:
        yield said
    finally:
        subprocess.run([engine, "kill", name], stdout=subprocess.PIPE, check=True)


IMPORTS = {
    "hub": "jupyterhub, kubespawner, oauthenticator, jupyterhub_idle_culler, psycopg, hub.pods",
    "dashboard": "dashboard.gateway.server, dashboard.pages",
    "terminal": "butterfly, tornado.web",
}


@pytest.mark.slow
@pytest.mark.containers
@pytest.mark.parametrize("name", NAMES)
def test_any_user_runs_it(engine, name):
    """An unknown user id imports all; nothing lifts privileges, compiles, or is unaccounted for."""
    with container(engine, "--entrypoint=sleep", image(name), "60") as said:
        assert said("python3", "-W", "ignore", "-c", f"import {IMPORTS[name]}; print('all')")
        parts = json.loads(said("cat", "/opt/workshop/sbom/python.json"))
        assert {one["name"] for one in parts["components"]} >= {"tornado"}
        assert "\ntini\t" in said("cat", "/opt/workshop/sbom/debian.tsv")
        compilers = "for name in cc gcc g++ make go pip npm; do command -v $name; done; echo ."
        assert said("sh", "-c", compilers) == ".\n"
        assert said("sh", "-c", "find / -xdev -perm /6000 -type f 2> /dev/null; echo .") == ".\n"


@pytest.mark.slow
@pytest.mark.containers
def test_the_dashboard_starts(engine):
    """With a session's variables and a root that takes no files it serves, the guide in it."""
    session = {
        "JUPYTERHUB_API_TOKEN": "secret",
        "JUPYTERHUB_API_URL": "http://127.0.0.1:1/hub/api",
        "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-ada",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": '["access:servers"]',
        "JUPYTERHUB_SERVICE_PREFIX": "/user/ada/",
        "JUPYTERHUB_SERVICE_URL": "http://0.0.0.0:8888/",
        "JUPYTERHUB_USER": "ada",
        "WORKSHOP_DIR": "/opt/workshop/app/content/guide",
        "WORKSHOP_PUBLIC_URL": "http://127.0.0.1:8000",
        "WORKSHOP_TERMINAL_SOCKET": "/run/workshop/terminal.sock",
    }
    live = "http://127.0.0.1:8888/user/ada/health/live"
    ask = f"import urllib.request as r; print(r.urlopen('{live}'))"
    with container(engine, image("dashboard"), **session) as said:
        until(lambda: said("python3", "-c", ask), what="the dashboard", every=0.3)


@pytest.mark.slow
@pytest.mark.containers
def test_the_proxy_starts(engine):
    """The hub's image has a proxy that runs on Debian's Node, with our limits."""
    app = "/opt/workshop/app"
    program = f"{app}/node_modules/configurable-http-proxy/bin/configurable-http-proxy"
    command = ["node", "--require", f"{app}/hub/slow_requests.cjs", program, "--port=8000"]
    ask = "fetch('http://127.0.0.1:8000/_chp_healthz').then(a => a.text()).then(console.log)"
    with container(engine, image("hub"), *command) as said:
        until(lambda: "OK" in said("node", "-e", ask), what="the proxy", every=0.3)


@pytest.mark.slow
@pytest.mark.containers
def test_an_authors_own_terminal(engine, tmp_path):
    """The example of terminal-image/README.md, built: its tool, notes and home are there."""
    readme = (ROOT / "terminal-image" / "README.md").read_text()
    (example,) = re.findall(r"```Dockerfile\n(.+?)```", readme, re.DOTALL)
    lines = example.replace("registry.example/workshop-terminal:1.0", image("terminal"))
    (tmp_path / "Containerfile").write_text(lines)
    for file in ("my-workshop/workshop.yaml", "home/hello.txt"):
        (tmp_path / file).parent.mkdir()
        (tmp_path / file).write_text("title: Mine\n")
    made, socket = f"{image('terminal')}-of-an-author", "/run/workshop/terminal/socket"
    build = [engine, "build", "--tag", made, "--file", tmp_path / "Containerfile", tmp_path]
    subprocess.run(build, check=True, stdout=subprocess.PIPE)

    with container(engine, made, WORKSHOP_TERMINAL_SOCKET=socket) as said:
        until(lambda: said("cat", "/home/workshop/hello.txt"), what="the home", every=0.3)
        assert "psql" in said("psql", "--version")
        assert said("cat", "/opt/workshop/workshop/workshop.yaml") == "title: Mine\n"
        assert said("id", "-u").strip() == "1000680000"
    subprocess.run([engine, "rmi", "--force", made], check=True, stdout=subprocess.PIPE)


@pytest.mark.slow
@pytest.mark.containers
def test_the_terminal_starts(engine):
    """The server answers where it is asked for, and every tool listed is there."""
    socket = "/run/workshop/terminal/socket"
    alive = ["curl", "-sf", "--unix-socket", socket, "http://terminal/health"]
    tools = (ROOT / "terminal-image" / "tools.txt").read_text()
    with container(engine, image("terminal"), WORKSHOP_TERMINAL_SOCKET=socket) as said:
        until(lambda: "ok" in said(*alive), what="the terminal server", every=0.3)
        for name, version in re.findall(r"(?m)^(\w[\w-]*) +(\S+) ", tools):
            assert version in said("sh", "-c", VERSION.get(name, f"{name} --version")), name
