"""The hub's accounts: a file in the state folder, or PostgreSQL."""

from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from hub.checks import StartError
from hub.settings import HubSettings

FILE = "jupyterhub.sqlite"


def configure_database(c: Any, s: HubSettings) -> None:
    """Keep accounts where the settings say, brought up to the form of this JupyterHub."""
    c.JupyterHub.upgrade_db = True  # of a file JupyterHub keeps a copy first
    if s.database_url:
        check_database(s.database_url)
        c.JupyterHub.db_url = _with_driver(s.database_url)
        return
    c.JupyterHub.db_url = f"sqlite:///{s.state / FILE}"
    event.listen(Engine, "connect", write_ahead)


def check_database(url: str) -> None:
    """Raise StartError, which has no password in it, unless the database lets us in."""
    engine = create_engine(_with_driver(url))
    try:
        engine.connect().close()
    except OperationalError as error:
        why = str(error.orig).strip().splitlines()[0]
        raise StartError(f"The database of DATABASE_URL cannot be used: {why}") from None
    finally:
        engine.dispose()


def _with_driver(url: str) -> str:
    return "postgresql+psycopg://" + url.partition("://")[2]


def write_ahead(connection: Any, _record: object) -> None:
    """Without waiting for the disk at every step: a login commits a dozen times.

    A power cut may cost the last commits, never the file; see sqlite.org/wal.html.
    """
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()
