"""The workshop on Kubernetes: its commands and manifests hold on any cluster that is strict."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboard.notes import Action, Workshop, load
from tests.notes_fixtures import SESSION, load_here

KUBERNETES = Path(__file__).parents[1] / "content" / "kubernetes"
PROJECT, IMAGE = "ada-project", "registry.test/sample:1"
GIVEN = {**SESSION, "project_namespace": PROJECT, "sample_image": IMAGE}
#: Commands that the role `edit` in a namespace is enough for, and those that concern none.
EDIT = {"apply", "auth", "delete", "describe", "exec", "get", "logs", "rollout", "scale"}
EDIT |= {"port-forward"}
ANYWHERE = {"version", "explain"}
#: What the workshop looks at or changes by name, all of it inside a namespace.
NAMESPACED = {"deployment", "deployments", "replicasets", "pods", "service", "services"}
NAMESPACED |= {"quota", "events"}
#: Notes down what it was asked, and keeps every manifest that is handed in.
STUB = r"""#!/bin/bash
echo "${*//$'\n'/ }" >> "$RECORD/asked"
case "$*" in
  "apply -f "*) cp "$3" "$RECORD/$(ls "$RECORD" | wc -l)-$3" ;;
  *" -o name"*) echo pod/web-1 ;;
esac
"""


@pytest.fixture(name="workshop", scope="module")
def _workshop() -> Workshop:
    return load_here(KUBERNETES, GIVEN)


@pytest.fixture(name="record", scope="module")
def _record(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Click on everything, in bash, with a kubectl that only takes notes."""
    tools, home, record = (tmp_path_factory.mktemp(name) for name in ("bin", "home", "record"))
    for name, text in (("kubectl", STUB), ("curl", "#!/bin/sh\n"), ("sleep", "#!/bin/sh\n")):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    environ = {"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(home), "RECORD": str(record)}
    script = "\n".join(action.text for action in clicks(workshop) if action.kind == "execute")
    command = ["bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", script]
    done = subprocess.run(command, env=environ, cwd=home, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert list(home.iterdir()) == [], "the last chapter takes away what the others made"
    return record


def clicks(workshop: Workshop) -> Iterator[Action]:
    """Every action, in reading order."""
    for chapter in workshop.chapters:
        yield from chapter.actions


def handed_in(record: Path) -> list[dict[str, Any]]:
    """Every object that was applied, in order."""
    files = sorted(record.glob("*.yaml"), key=lambda file: int(file.name.split("-")[0]))
    return [one for file in files for one in yaml.safe_load_all(file.read_text())]


def pods(record: Path) -> list[dict[str, Any]]:
    """The pod of every Deployment that was applied, in order."""
    found = [one for one in handed_in(record) if one["kind"] == "Deployment"]
    return [one["spec"]["template"]["spec"] for one in found]


def unrestricted(pod: dict[str, Any]) -> list[str]:
    """What Pod Security's `restricted` refuses in this pod."""
    found = [key for key in ("hostNetwork", "hostPID", "hostIPC") if pod.get(key)]
    shared = pod.get("securityContext", {})
    allowed = ("configMap", "emptyDir", "projected", "secret", "downwardAPI")
    found += [str(one) for one in pod.get("volumes", []) if not any(key in one for key in allowed)]
    for container in pod["containers"] + pod.get("initContainers", []):
        own = {**shared, **container.get("securityContext", {})}
        rules = {
            "privileged": not own.get("privileged"),
            "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is False,
            "capabilities": own.get("capabilities") == {"drop": ["ALL"]},
            "runAsNonRoot": own.get("runAsNonRoot") is True,
            # Any number is refused on OpenShift, which gives one itself.
            "runAsUser": "runAsUser" not in own,
            "seccompProfile": own.get("seccompProfile") == {"type": "RuntimeDefault"},
            "hostPort": not any("hostPort" in port for port in container.get("ports", [])),
        }
        found += [name for name, passes in rules.items() if not passes]
    return found


def test_workshop_is_sound(workshop: Workshop) -> None:
    """Six chapters of 30 to 40 minutes without a warning; each ends in what was learnt."""
    assert workshop.warnings == ()
    assert len(workshop.chapters) == 6
    assert 30 <= sum(chapter.minutes or 0 for chapter in workshop.chapters) <= 40
    for chapter in workshop.chapters:
        last = chapter.html.strip().splitlines()[-1]
        assert last.startswith("<p><strong>You have learnt</strong>"), chapter.slug


@pytest.mark.parametrize("session", [{}, GIVEN], ids=["author", "session"])
def test_variables_are_known(session: dict[str, str]) -> None:
    """No block keeps a %name%, for an author without a session either."""
    left = [one.text for one in clicks(load(KUBERNETES, session)) if re.search(r"%\w+%", one.text)]

    assert left == []


def test_terminal_2_is_given_back(workshop: Workshop) -> None:
    """What runs until it is stopped is in terminal 2, and stopped in the same chapter."""
    for chapter in workshop.chapters:
        other = [action.kind for action in chapter.actions if action.terminal == "2"]
        assert other in ([], ["execute", "interrupt"]), chapter.slug
        for action in chapter.actions:
            endless = re.search(r"port-forward|--watch", action.text)
            assert bool(endless) == (action.terminal == "2" and action.kind == "execute")


def test_commands_stay_in_the_project(record: Path) -> None:
    """Each command is one that the role `edit` is enough for, and names its project."""
    asked = [line.split() for line in (record / "asked").read_text().splitlines()]

    assert len(asked) > 25
    for verb, *words in asked:
        assert verb in EDIT | ANYWHERE
        assert verb in ANYWHERE or f"-n {PROJECT}" in " ".join(words), [verb, *words]
        if verb in ("get", "describe", "scale") and not words[0].startswith("pod/"):
            assert set(words[0].split(",")) <= NAMESPACED


def test_manifests_are_restricted(record: Path) -> None:
    """Pod Security's `restricted` takes every pod, and the image's ENTRYPOINT is never used."""
    assert len(pods(record)) == 4
    for pod in pods(record):
        assert unrestricted(pod) == []
        for container in pod["containers"]:
            assert container["image"] == IMAGE
            assert container["imagePullPolicy"] == "IfNotPresent"
            assert container["command"]


def test_restricted_check_refuses() -> None:
    """The check above is worth something: it names what a careless pod leaves out."""
    careless = {"containers": [{"name": "web", "securityContext": {"runAsUser": 0}}]}

    assert set(unrestricted(careless)) == {
        "allowPrivilegeEscalation",
        "capabilities",
        "runAsNonRoot",
        "runAsUser",
        "seccompProfile",
    }


def test_quota_is_enough(record: Path) -> None:
    """Four pods, three and one that takes over, fit in 1 CPU and 1 GiB with room to spare."""
    for pod in pods(record):
        limits = [container["resources"]["limits"] for container in pod["containers"]]
        assert 4 * sum(int(limit["cpu"].removesuffix("m")) for limit in limits) <= 800
        assert 4 * sum(int(limit["memory"].removesuffix("Mi")) for limit in limits) <= 512


def test_story_of_the_manifests(record: Path) -> None:
    """One copy, then two; a probe on a wrong port, and the right one again; one Service for all."""
    deployments = [one for one in handed_in(record) if one["kind"] == "Deployment"]
    (service,) = (one for one in handed_in(record) if one["kind"] == "Service")
    probes = [pod["containers"][0]["readinessProbe"]["httpGet"]["port"] for pod in pods(record)]

    assert [one["spec"]["replicas"] for one in deployments] == [1, 2, 2, 2]
    assert probes == [8080, 8080, 9090, 8080]
    assert pods(record)[1] == pods(record)[3]
    assert all(
        service["spec"]["selector"] == one["spec"]["template"]["metadata"]["labels"]
        for one in deployments
    )
