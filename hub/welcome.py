"""What `make run` says when people can come: where, with what, and what this mode is for."""

from hub.login.hosts import SHARED_ORIGIN
from hub.settings import INSTRUCTOR, HubSettings

PRIVATE = """\
Local mode: all sessions run as one user of this machine, so it is for trying things out, for
authors, and for people who trust each other. Only this machine can open it."""
OPEN_TO_OTHERS = """\
WARNING: local mode listens on {bind}, so others can come in. All sessions run as one user of this
machine: who gets a terminal can read and change what that user can. Use it only among people and
on a network you trust, over http nothing is hidden on the way."""
UNENCRYPTED = """\
WARNING: people come by http, which hides nothing on the way, not even passwords: put a router with
TLS in front, as deploy/compose.yaml does."""
SUBDOMAINS = "Leave SUBDOMAINS=0 out, unless your browser cannot open http://workshop.localhost."


def welcome(s: HubSettings) -> str:
    """Where to go and with what, and what this mode is for."""
    notes = [mode(s)]
    if not s.subdomains:
        notes += [SHARED_ORIGIN, SUBDOMAINS] if s.is_private else [SHARED_ORIGIN]
    note = "\n".join(filter(None, [*notes, s.login.warning]))
    return f"""
Open {s.origin}/

{login_lines(s)}

{note}
Ctrl-C stops everything."""


def mode(s: HubSettings) -> str:
    """How far apart people are, and who can listen to them."""
    if s.sessions.kind != "processes":
        return "" if s.is_private or s.is_encrypted else UNENCRYPTED
    return PRIVATE if s.is_private else OPEN_TO_OTHERS.format(bind=s.bind)


def login_lines(s: HubSettings) -> str:
    """What people log in with."""
    way = s.login.way
    instructor = f"  Instructor      {INSTRUCTOR}, with the password {s.admin_password}"
    if way == "anonymous":
        return f"  Attendees       whoever opens it gets a session\n{instructor}"
    if way == "password":
        return (
            f"  Class password  {s.password or f'the codes of {s.login.events_file}'}\n{instructor}"
        )
    callback = f", which must know {s.origin}/hub/oauth_callback" if s.login.client_id else ""
    return f"  Login           {way}{callback}"
