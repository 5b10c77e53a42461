"""The end of a login that counts no more."""

from datetime import datetime
from typing import Any

from jupyterhub import orm
from jupyterhub.utils import utcnow


def end_logins(user: Any) -> None:
    """Make worthless every cookie and token of a person but their session's own.

    With that one the session reports that it lives; it is stopped when nobody uses it.
    """
    token = user.spawner.api_token
    own = orm.APIToken.find(user.db, token) if token else None
    user.cookie_id = orm.new_token()
    now: datetime = utcnow(with_tz=False)
    for given in user.api_tokens:
        if given is not own:
            given.expires_at = now  # not deleted: this very request may have come with it
    user.db.commit()
