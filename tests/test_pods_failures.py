"""Why a pod does not come up becomes a sentence, as early as it is certain."""

import json

import pytest

from hub.pods.failures import hopeless, refused, unfinished


def pod(phase="Pending", containers=(), first=(), conditions=()):
    return {
        "metadata": {"uid": "1"},
        "status": {
            "phase": phase,
            "containerStatuses": list(containers),
            "initContainerStatuses": list(first),
            "conditions": list(conditions),
        },
    }


def waiting(reason, message="", last=None, image="t:1"):
    state = {"waiting": {"reason": reason, "message": message}}
    return {"name": "terminal", "image": image, "state": state, "lastState": last or {}}


def ended(code, message):
    return {"terminated": {"exitCode": code, "message": message}}


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(None, id="not-there-yet"),
        pytest.param(pod(), id="new"),
        pytest.param(pod(containers=[waiting("ContainerCreating")]), id="being-made"),
        pytest.param(pod(containers=[waiting("ErrImagePull")]), id="a-first-failed-pull"),
        pytest.param(
            pod(first=[{"name": "notes", "state": ended(0, "")}]), id="notes-were-fetched"
        ),
    ],
)
def test_what_may_still_come_up_is_waited_for(status):
    """Nothing is given up that may end well."""
    assert hopeless(status) == ""


@pytest.mark.parametrize(
    ("status", "words"),
    [
        pytest.param(
            pod(containers=[waiting("ImagePullBackOff")]), "“t:1” cannot be fetched", id="pull"
        ),
        pytest.param(
            pod(containers=[waiting("CrashLoopBackOff", last=ended(1, "boom\nno disk."))]),
            "“terminal” ends again and again: no disk",
            id="crash-loop",
        ),
        pytest.param(
            pod(containers=[waiting("CreateContainerConfigError", 'secret "x" not found')]),
            'not set up right: secret "x" not found',
            id="config",
        ),
        pytest.param(
            pod(first=[{"name": "notes", "state": ended(1, "no such branch: main")}]),
            "notes cannot be had: no such branch: main",
            id="notes",
        ),
        pytest.param(
            pod(first=[waiting("CrashLoopBackOff") | {"lastState": ended(1, "no branch")}]),
            "notes cannot be had: no branch",
            id="notes-again",
        ),
        pytest.param(pod("Failed") | {}, "ended while it was starting", id="evicted"),
    ],
)
def test_what_is_hopeless_is_told(status, words):
    """The sentence holds the reason that the cluster gave."""
    assert words in hopeless(status)


def test_a_full_cluster_is_told():
    """A pod that found no node says so, and with it what the scheduler said."""
    condition = {"type": "PodScheduled", "status": "False", "message": "0/3 nodes: no memory."}

    assert "no room" in unfinished(pod(conditions=[condition]), 300)
    assert "0/3 nodes: no memory" in unfinished(pod(conditions=[condition]), 300)
    assert "does not answer" in unfinished(None, 300)


@pytest.mark.parametrize(
    ("status", "message", "words"),
    [
        pytest.param(403, "pods is forbidden: exceeded quota: seats", "full", id="quota"),
        pytest.param(403, "violates PodSecurity", "violates PodSecurity", id="forbidden"),
        pytest.param(
            404, 'namespaces "x" not found', 'no place for sessions: namespaces "x"', id="namespace"
        ),
        pytest.param(503, "", "try again", id="busy"),
        pytest.param(422, "Invalid value", "Invalid value", id="invalid"),
    ],
)
def test_a_refusal_is_told(status, message, words):
    """What the API answered becomes words for the attendee."""
    assert words in refused(status, json.dumps({"message": message}))


def test_an_answer_that_is_no_json_is_told_too():
    """A gateway in between may answer anything."""
    assert "too much to do" in refused(502, "<html>Bad gateway</html>")
    assert "451" in refused(451, "<html>Unavailable</html>")
