"""A cluster's API that throttles, breaks or is silent for a while, in front of the real one."""

import re

import pytest

from tests.attendee import NAVIGATION, Attendee
from tests.cluster import MARKS, Cluster, installed
from tests.test_cluster_failures import listed, told_why
from tests.troubled_api import behind_troubles

pytestmark = MARKS


@pytest.fixture(scope="module")
def troubled(tmp_path_factory):
    """A class with projects whose hub asks a cluster that may have troubles."""
    folder = tmp_path_factory.mktemp("troubled")
    project = {"policy": "create", "prefix": "busy"}
    with (
        installed(Cluster.of_environment(), folder, project=project) as release,
        behind_troubles(release, folder) as api,
    ):
        yield release, api


def unharmed(release):
    """The hub was not started again, and no token is in its log."""
    log = release.hub_log()
    assert release.restarts() == 0
    assert "JUPYTERHUB_API_TOKEN" not in log
    assert not re.search(r"\b[0-9a-f]{32}\b", log)


@pytest.mark.parametrize(
    ("name", "status", "times"),
    [
        pytest.param("throttled", 429, 6, id="throttled"),
        pytest.param("broken", 500, 6, id="broken"),
        pytest.param("silent", 0, 2, id="silent"),
    ],
)
async def test_a_start_goes_on(troubled, name, status, times):
    """What passes within seconds the attendee does not hear of: the start is only slower."""
    release, api = troubled
    api.trouble(status, r"^(POST|PATCH) ", times)
    async with Attendee(release, name) as person:
        await person.sit_down(limit=120)
        assert "ended 0 and over" in await person.said("kubectl get pods")
        await person.stop()

    assert len(api.met) == times
    unharmed(release)


@pytest.mark.parametrize(
    ("name", "status", "hits", "words"),
    [
        pytest.param("no-project", 429, "^POST .*namespaces$", "too much to do", id="throttled"),
        pytest.param("no-rights", 500, "^PATCH .*rolebindings", "too much to do", id="broken"),
        pytest.param("no-answer", 0, "^POST .*namespaces$", "does not answer", id="silent"),
        pytest.param("no-pod", 500, "^POST .*pods$", "too much to do", id="no-pod"),
    ],
)
async def test_what_does_not_pass_is_told(troubled, name, status, hits, words):
    """In a sentence to the attendee and the instructor, in time; then the next start works."""
    release, api = troubled
    api.trouble(status, hits)
    async with Attendee(release, name) as person:
        assert (await person.log_in()).status == 302
        await told_why(person, words)
        page = await listed(release)
        assert f'<th scope="row">{name}</th>' in page
        assert words in page
        assert api.met
        api.trouble(status, hits, 0)
        async with person.http.get(f"{release.url}/hub/spawn/{name}", headers=NAVIGATION):
            pass
        await person.arrive(limit=120)
        await person.stop()
    unharmed(release)
