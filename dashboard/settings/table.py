"""The variables the dashboard reads, each with its default and a word on what it is for."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Setting:
    """One environment variable: what it is called, what it is when unset, and what it is for."""

    name: str
    default: str | None
    help: str
    secret: bool = False


#: Every variable the dashboard reads; `default` None means that it must be set.
SETTINGS = (
    Setting("WORKSHOP_DIR", None, "folder of the workshop's notes"),
    Setting("WORKSHOP_TERMINAL_SOCKET", None, "unix socket of the terminal server"),
    Setting("WORKSHOP_VARS", "{}", "further variables of the notes, a JSON object of strings"),
    Setting("WORKSHOP_TABS", "[]", "the operator's tabs, a JSON list as `tabs` of workshop.yaml"),
    Setting("WORKSHOP_PERSONAL_CODE", "", "code by which the attendee comes back", secret=True),
    Setting("WORKSHOP_TOKEN_FILE", "", "where shells read their owner's token; empty: nowhere"),
    Setting("WORKSHOP_CONSOLE", "", "web console, a JSON object: port or url, page, health …"),
    Setting("WORKSHOP_PUBLIC_URL", "", "address attendees use, where the hub does not tell"),
    Setting("WORKSHOP_OWN_HOSTS", "", "1: programs have hosts, as p8080--ada.HOST; empty: paths"),
    Setting("WORKSHOP_NODE_MODULES", str(ROOT / "node_modules"), "folder of npm packages"),
    Setting("WORKSHOP_PREVIEW", "", "1: an author's preview on loopback, without a hub"),
    Setting("TERMINAL_VIEW", "xterm", "view a terminal opens in: xterm or butterfly"),
    Setting("JUPYTERHUB_API_TOKEN", None, "this session's token at the hub", secret=True),
    Setting("JUPYTERHUB_CLIENT_ID", None, "this session's OAuth client"),
    Setting("JUPYTERHUB_USER", None, "whose session this is"),
    Setting("JUPYTERHUB_SERVER_NAME", "", "name of the session, empty for the default one"),
    Setting("JUPYTERHUB_SERVICE_PREFIX", None, "path of the session, such as /user/ada/"),
    Setting("JUPYTERHUB_SERVICE_URL", None, "address to listen on"),
    Setting("JUPYTERHUB_API_URL", None, "the hub's API, as seen from here"),
    Setting("JUPYTERHUB_ACTIVITY_URL", "", "where activity is reported; empty: nowhere"),
    Setting("JUPYTERHUB_OAUTH_ACCESS_SCOPES", None, "scopes that admit a visitor, a JSON list"),
    Setting("JUPYTERHUB_OAUTH_CALLBACK_URL", "", "where the hub sends a visitor back to"),
    Setting("JUPYTERHUB_BASE_URL", "/", "path of everything the hub serves"),
    Setting("JUPYTERHUB_HOST", "", "origin of the hub where sessions have origins of their own"),
    Setting("JUPYTERHUB_PUBLIC_URL", "", "this session's public address"),
    Setting("JUPYTERHUB_PUBLIC_HUB_URL", "", "the hub's public address"),
)

#: What a preview does without: there is no hub to log in at.
NOT_IN_PREVIEW = frozenset(
    f"JUPYTERHUB_{name}" for name in ("API_TOKEN", "CLIENT_ID", "API_URL", "OAUTH_ACCESS_SCOPES")
)
#: What a preview takes instead of the hub's values.
PREVIEW_DEFAULTS = {
    "JUPYTERHUB_USER": "author",
    "JUPYTERHUB_SERVICE_PREFIX": "/",
    "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:0/",
}
