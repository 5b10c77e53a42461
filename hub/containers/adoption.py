"""Whether a session that is there already is the person's own, left by a hub that died; pure."""

from hub.containers.seat import USER, Object
from hub.images import CODE, TOKEN


def kept_token(dashboard: Object, user: str, code: str) -> str:
    """The hub's token in a dashboard to go on with; empty when it is somebody else's."""
    config = dashboard["Config"]
    told = dict(line.split("=", 1) for line in config["Env"])
    same = config["Labels"].get(USER) == user and told.get(CODE, "") == code
    return told.get(TOKEN, "") if same else ""
