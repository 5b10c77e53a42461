"""What many tests begin with: for each module a Chromium and a product that runs throughout it."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.attendee import Attendee
from tests.browser import launch
from tests.cluster import Cluster, Release, installed
from tests.openshift.caller import Caller
from tests.openshift.server import OpenShift
from tests.openshift_cluster import openshift_on
from tests.product import Product, running_product
from tests.spread import Groups, turn


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first."""
    items.sort(key=lambda item: turn(item.nodeid.partition("::")[0]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups | None:
    """Workers of `make test-cluster` take whole groups: modules whose classes would be in each
    other's way name one, and whatever shares `release` is one."""
    return Groups(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """Hub, proxy and sessions, as `make run` starts them."""
    with running_product() as running:
        yield running


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The cluster that KUBECONFIG names."""
    return Cluster.of_environment()


@pytest.fixture(scope="session")
def release(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """The chart on the cluster, with a project for each session."""
    folder = tmp_path_factory.mktemp("release")
    with installed(cluster, folder, project={"policy": "create"}, prePull=True) as found:
        yield found


@pytest.fixture(scope="session")
def openshift(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShift]:
    """The cluster as an OpenShift; one worker's alone, as the API server asks one address."""
    with openshift_on(cluster, tmp_path_factory.mktemp("openshift")) as running:
        yield running


@pytest.fixture
async def call() -> AsyncIterator[Callable[[Any], Awaitable[Caller]]]:
    """Opens browsers that trust the provider of logins which is given."""
    async with contextlib.AsyncExitStack() as stack:

        async def open_browser(provider: Any) -> Caller:
            return await stack.enter_async_context(Caller(provider.authority.trusting()))

        yield open_browser


@pytest.fixture
async def ada(product: Product) -> AsyncIterator[Attendee]:
    """An attendee in her running session."""
    async with Attendee(product, "ada") as person:
        await person.sit_down()
        yield person


@pytest.fixture
async def pat(release: Release) -> AsyncIterator[Attendee]:
    """An attendee in a running pod."""
    async with Attendee(release, "pat") as person:
        await person.sit_down(limit=120)
        yield person
