"""A pool on a real cluster when its hubs die at any step, are late, or are those of two classes."""

import asyncio
import copy
import json
import secrets
import time

import pytest
from kubernetes_asyncio import client, config

from hub.pods.claims import CLAIM, RBAC
from hub.pods.objects import Objects
from hub.pods.pool import FullError, Pool
from hub.pods.remains import mend, remains
from hub.pods.seat import Seat
from hub.pods.settings import PodSettings
from tests.cluster import MARKS, Cluster
from tests.waiting import until

pytestmark = MARKS

#: What the operator wants in each project.
GIVEN = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "given"},
    "data": {"who": "%username%"},
}
BOUNDS = (
    ("v1", "ResourceQuota"),
    ("v1", "LimitRange"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
)
THINGS = (("v1", "ConfigMap"), ("v1", "Secret"), ("v1", "ServiceAccount"), *BOUNDS)
KEPT = {"ConfigMap/kept"}
ADA = Seat(prefix="/user/ada/", user="ada", account="session-ada")
BEN = Seat(prefix="/user/ben/", user="ben", account="session-ben")


class KilledError(Exception):
    """The hub is no more."""


class Hub:
    """A hub whose requests are counted; something happens at one of them.

    Those that change something, after which a thing may be half done, and of the others some.
    """

    reads: tuple[str, ...] = ()

    def __init__(self, objects, settings):
        requests = copy.copy(objects._cluster)
        self._request = requests.request
        requests.request = self.request
        self.pool = Pool(Objects(requests), settings)
        self.count = 0

    async def request(self, method, path, *words, **more):
        """Ask the cluster."""
        counts = method != "get" or path.endswith(self.reads)
        self.count += counts
        if counts:
            await self.before(self.count)
        answer = await self._request(method, path, *words, **more)
        if counts:
            await self.after(self.count)
        return answer

    async def before(self, count):
        """Nothing happens."""

    async def after(self, count):
        """Nothing happens."""


class Dying(Hub):
    """It is killed at that request, which it had sent or had not."""

    def __init__(self, objects, settings, number, sent):
        super().__init__(objects, settings)
        self.number, self.sent = number, sent

    async def before(self, count):
        if count == self.number and not self.sent:
            raise KilledError

    async def after(self, count):
        if count == self.number and self.sent:
            raise KilledError


class Late(Hub):
    """It is held up before that request for as long as something else takes."""

    #: What it may know by then: its claim, and some of what is there.
    reads = (f"/{CLAIM}", "/resourcequotas", "/pods", "/secrets", "/networkpolicies")

    def __init__(self, objects, settings, number, meanwhile):
        super().__init__(objects, settings)
        self.number, self.meanwhile = number, meanwhile

    async def before(self, count):
        if count == self.number:
            await self.meanwhile()


@pytest.fixture
async def api():
    configuration = client.Configuration()
    kubeconfig = Cluster.of_environment().kubeconfig
    await config.load_kube_config(kubeconfig, client_configuration=configuration)
    async with client.ApiClient(configuration) as given:
        yield given


@pytest.fixture
async def objects(api):
    return await Objects.on(api)


@pytest.fixture
def projects(cluster):
    """Two namespaces with something of their administrator's in each."""
    names = [f"steps-{secrets.token_hex(3)}-{number}" for number in (1, 2)]
    for name in names:
        cluster.kubectl("create", "namespace", name)
        cluster.kubectl("create", "configmap", "kept", "-n", name)
    # The cluster tells times in seconds: what is older has to be a second older.
    made = time.time()
    until(lambda: time.time() > made + 1, what="the next second")
    yield names
    cluster.kubectl("delete", "namespace", *names, "--wait=false")


def installation(name, pool, **project):
    project = {"policy": "pool", "pool": pool, "objects": [GIVEN]} | project
    # Where it looks for pods there has to be a namespace.
    settings = {"namespace": "default", "release": f"{name}.class", "project": project}
    images = {"dashboard_image": "d:1", "terminal_image": "t:1"}
    return PodSettings.model_validate(settings | images)


async def make(objects, project, *names):
    for kind, name in (one.split("/") for one in names):
        metadata = {"name": name, "namespace": project}
        assert await objects.create({"apiVersion": "v1", "kind": kind, "metadata": metadata})


async def found(objects, project, kinds=THINGS):
    """Names of what is in a project, what the cluster makes left out."""
    return {
        f"{kind}/{one['metadata']['name']}"
        for version, kind in kinds
        for one in await objects.items(version, kind, project)
        if one["metadata"]["name"] not in {"kube-root-ca.crt", "default"}
    }


async def claim_in(objects, project):
    return await objects.get(RBAC, "RoleBinding", CLAIM, project)


async def given_up(pool, who, limit=60):
    """Release again and again, as a stop and the sweeper do, until nothing is left."""
    end = asyncio.get_running_loop().time() + limit
    while left := await pool.release(who):
        assert asyncio.get_running_loop().time() < end, left


async def ran(what):
    """Whether it came to its end without being killed."""
    try:
        await what
    except KilledError:
        return False
    return True


async def test_a_hub_that_dies_while_it_hands_out(objects, projects):
    """Started again, the session has one whole project, nobody has it too, none is lost."""
    one, other = installation("one", projects), installation("two", projects)
    mine, theirs = Pool(objects, one), Pool(objects, other)
    number, whole = 0, False
    while not whole:
        number += 1
        for sent in (True, False):
            whole = await ran(Dying(objects, one, number, sent).pool.claim(ADA))
            name = await mine.claim(ADA)

            assert {name, await theirs.claim(BEN)} == set(projects)
            assert [held for held, _ in await mine.claims.of(ADA)] == [name]
            assert (await claim_in(objects, name))["subjects"][0]["name"] == "session-ada"
            assert len(await found(objects, name, BOUNDS)) == 3
            given = await objects.get("v1", "ConfigMap", "given", name)
            assert given["data"] == {"who": "ada"}
            await given_up(mine, ADA)
            await given_up(theirs, BEN)
    assert number > 6
    for name in projects:
        assert await found(objects, name) == KEPT


async def test_a_hub_that_dies_while_it_cleans(api, objects, projects):
    """Nobody has the project before it is clean; the next hub, or the sweeper, goes on."""
    one, other = installation("one", projects[:1]), installation("two", projects[:1])
    mine, theirs = Pool(objects, one), Pool(objects, other)
    (name,) = projects[:1]
    number, whole = 0, False
    while not whole:
        number += 1
        for sent, sweeps in ((True, False), (False, True)):
            await mine.claim(ADA)
            await make(objects, name, "ConfigMap/mine", "Secret/mine")
            whole = await ran(given_up(Dying(objects, one, number, sent).pool, ADA))
            while claim := await claim_in(objects, name):
                assert claim["metadata"]["labels"]["workshop/release"] == "one.class"
                with pytest.raises(FullError):
                    await theirs.claim(BEN)
                if sweeps and not claim.get("subjects"):
                    await mend(api, one, await remains(api, one))
                else:
                    await mine.release(ADA)
            assert await found(objects, name) == KEPT
    assert number > 8


@pytest.mark.parametrize("what", ["release", "bound", "claim"])
async def test_who_is_late_touches_nothing_of_another_class(objects, projects, what):
    """At whichever request it was held up, meanwhile the project went to another class."""
    (name,) = projects[:1]
    one, other = installation("one", [name]), installation("two", [name], budget="large")
    mine, theirs = Pool(objects, one), Pool(objects, other)

    async def handed_on():
        await given_up(mine, ADA)
        assert await theirs.claim(BEN) == name
        await make(objects, name, "ConfigMap/theirs", "ServiceAccount/theirs")

    async def act(pool):
        if what == "bound":
            await pool.bound(ADA, name)
        elif what == "release":
            await given_up(pool, ADA)
        else:
            await asyncio.gather(pool.claim(ADA), return_exceptions=True)

    number = 0
    while True:
        number += 1
        await mine.claim(ADA)
        await make(objects, name, "ConfigMap/mine")
        late = Late(objects, one, number, handed_on)
        await act(late.pool)
        if late.count < number:
            break
        claim = await claim_in(objects, name)
        assert claim["metadata"]["labels"]["workshop/release"] == "two.class", number
        assert claim["subjects"][0]["name"] == "session-ben", number
        there = await found(objects, name)
        assert there >= {"ConfigMap/theirs", "ConfigMap/given", "ServiceAccount/theirs"}, number
        await theirs.bound(BEN, name)  # as the sweeper of that class does
        for kind in BOUNDS:
            (bound,) = await objects.items(*kind, name)
            assert bound["metadata"]["labels"]["workshop/session"] == "session-ben", number
        await given_up(theirs, BEN)
    await given_up(mine, ADA)
    assert number >= 8


async def test_two_classes_at_once_share_a_pool(objects, projects):
    """Of five people who come at the same moment two get a project, each another one."""
    classes = [Pool(objects, installation(name, projects)) for name in ("one", "two")]
    people = [
        (classes[number % 2], Seat(prefix="", user=f"p{number}", account=f"session-p{number}"))
        for number in range(5)
    ]

    async def come(pool, who):
        try:
            return await pool.claim(who)
        except FullError:
            return None

    got = await asyncio.gather(*(come(*person) for person in people))
    assert sorted(filter(None, got)) == sorted(projects)
    for (pool, who), name in zip(people, got, strict=True):
        assert [held for held, _ in await pool.claims.of(who)] == ([name] if name else [])
        await given_up(pool, who)


async def test_the_sweeper_leaves_who_just_came_back(objects, projects):
    """What it saw before it asked the hub it ends only if it is still the same."""
    mine = Pool(objects, installation("one", projects[:1]))
    await mine.claim(ADA)
    ((_, seen),) = await mine.claims.all()

    await mine.claim(ADA)
    assert await mine.release(ADA, seen["metadata"]["resourceVersion"]) == []
    ((_, claim),) = await mine.claims.all()
    assert claim["subjects"]


async def test_a_project_that_is_gone_is_passed_over(objects, projects):
    """One that somebody deleted keeps nobody from the others; nor does a role that changed."""
    pool = ["none-such", *projects]
    assert await Pool(objects, installation("one", pool)).claim(ADA) == projects[0]

    later = Pool(objects, installation("one", pool, role="view"))
    assert await later.claim(ADA) == projects[0]
    assert (await claim_in(objects, projects[0]))["roleRef"]["name"] == "edit"
    await given_up(later, ADA)
    assert await claim_in(objects, projects[0]) is None


#: What an administrator has running in a project: what it makes anew is theirs, too.
RUNNING = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "theirs"},
    "spec": {
        "selector": {"matchLabels": {"app": "theirs"}},
        "template": {
            "metadata": {"labels": {"app": "theirs"}},
            "spec": {"containers": [{"name": "one", "image": "registry.invalid/none:1"}]},
        },
    },
}
#: What who has the role `edit` may write for whoever comes next.
NOTE = {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "note"}, "reason": "note"}


async def test_what_the_cluster_makes_anew_keeps_no_project(objects, cluster, projects):
    """An administrator's pods that come again, and what an attendee removed of the cluster's."""
    (name,) = projects[:1]
    mine, where = Pool(objects, installation("one", [name], budget="")), ("-n", name)

    def kubectl(*words, given=""):
        return asyncio.to_thread(cluster.kubectl, *words, *where, given=given)

    await kubectl("create", "-f", "-", given=json.dumps(RUNNING))
    await kubectl("wait", "--for=jsonpath={.status.replicas}=1", "deploy/theirs")
    made = time.time()
    await asyncio.to_thread(until, lambda: time.time() > made + 1, what="the next second")
    await mine.claim(ADA)
    await kubectl("delete", "pods", "--all", "--grace-period=0", "--force")
    await kubectl("delete", "configmap", "kube-root-ca.crt")
    await make(objects, name, "ConfigMap/mine")
    note = NOTE | {"involvedObject": {"kind": "Pod", "namespace": name}}
    await kubectl("create", "-f", "-", given=json.dumps(note))

    await given_up(mine, ADA)
    assert await found(objects, name) == KEPT
    assert await found(objects, name, [("apps/v1", "Deployment")]) == {"Deployment/theirs"}
    events = await objects.items("v1", "Event", name)
    assert "note" not in {one.get("reason") for one in events}
