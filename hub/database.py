"""The hub's accounts: sqlite in the state folder, without waiting for the disk at every step."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from hub.settings import HubSettings


def configure_database(c: Any, s: HubSettings) -> None:
    """Keep accounts in one file; a login commits a dozen times, so commits must be quick."""
    c.JupyterHub.db_url = f"sqlite:///{s.state / 'jupyterhub.sqlite'}"
    event.listen(Engine, "connect", write_ahead)


def write_ahead(connection: Any, _record: object) -> None:
    """A power cut may cost the last commits, never the file; see sqlite.org/wal.html."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()
