"""Which pod a hub without memory goes on with, as a rule without a cluster."""

import copy

import pytest
from kubernetes_asyncio.client import V1Container, V1EnvVar, V1ObjectMeta, V1Pod, V1PodSpec

from hub.pods.adoption import kept_token

WANTED = V1Pod(
    metadata=V1ObjectMeta(
        labels={"workshop/release": "lab"},
        annotations={"workshop/user": "ada", "workshop/project": "class-ada"},
    ),
    spec=V1PodSpec(
        containers=[
            V1Container(
                name="dashboard",
                env=[
                    V1EnvVar("WORKSHOP_PERSONAL_CODE", "abcdef"),
                    V1EnvVar("JUPYTERHUB_API_TOKEN", "new"),
                ],
            )
        ]
    ),
)


def pod(user="ada", project="class-ada", release="lab", code="abcdef"):
    return {
        "metadata": {
            "labels": {"workshop/release": release},
            "annotations": {"workshop/user": user, "workshop/project": project},
        },
        "spec": {
            "containers": [
                {
                    "env": [
                        {"name": "WORKSHOP_PERSONAL_CODE", "value": code},
                        {"name": "JUPYTERHUB_API_TOKEN", "value": "old"},
                    ]
                }
            ]
        },
    }


@pytest.mark.parametrize(
    ("there", "token"),
    [
        pytest.param(pod(), "old", id="own"),
        pytest.param(pod(user="Ada"), "", id="another-person"),
        pytest.param(pod(code="zzzzzz"), "", id="the-name-was-claimed-anew"),
        pytest.param(pod(code=""), "", id="a-pod-without-a-code"),
        pytest.param(pod(project="class-2"), "", id="another-project"),
        pytest.param(pod(release="other"), "", id="another-class"),
    ],
)
def test_only_the_session_s_own_pod_is_gone_on_with(there, token):
    """Person, code, project and class must be the same; then the pod's token counts again."""
    assert kept_token(there, WANTED) == token


def test_who_needs_no_code_goes_on_too():
    """A login by a provider has no code: the name alone is whose the pod is."""
    wanted = copy.deepcopy(WANTED)
    wanted.spec.containers[0].env[0].value = ""

    assert kept_token(pod(code=""), wanted) == "old"
    assert kept_token(pod(code="abcdef"), wanted) == ""
