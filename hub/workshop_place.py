"""Where sessions find the workshop's notes, by what sessions are."""

from collections.abc import Mapping

from hub.accounts import place
from hub.keys import Keys
from hub.settings import HubSettings
from hub.workshop_source import workshop_folder


def place_of_notes(s: HubSettings, environ: Mapping[str, str]) -> str:
    """A folder, or a volume for containers; all that such sessions need is there then."""
    if s.sessions.kind == "containers":
        from hub.containers.prepare import prepare  # its library takes its time to import

        return prepare(s, Keys.load(s.state).release)
    if s.sessions.kind == "users":
        return place.prepare(s, environ)
    return str(workshop_folder(s.workshop, s.state, environ))
