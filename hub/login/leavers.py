"""People whose session has ended: they are forgotten, with their files."""

import time
from typing import Any

from jupyterhub import orm


class Leavers:
    """Forgets who had no session for `linger` seconds; until then they can start it again."""

    def __init__(self, app: Any, linger: float) -> None:
        self._app = app
        self._linger = linger
        #: Since when somebody was seen without a session; a restart of the hub begins anew.
        self._since: dict[str, float] = {}

    async def forget(self) -> None:
        """Look once."""
        now = time.monotonic()
        found = self._app.db.query(orm.User).filter(orm.User.admin.is_(False)).all()
        without = {one.name for one in found if not self._has_session(one)}
        self._since = {name: self._since.get(name, now) for name in without}
        for name, since in list(self._since.items()):
            if now - since >= self._linger:
                await self._forget(name)

    def _has_session(self, person: orm.User) -> bool:
        return any(spawner.active for spawner in self._app.users[person].spawners.values())

    async def _forget(self, name: str) -> None:
        user = self._app.users.get(name)
        if user is None or self._has_session(user.orm_user):
            return  # they went on while another was forgotten
        self._app.log.info("%s has left and is forgotten", name)
        await user.delete_spawners()
        self._app.users.delete(user)
