"""What a session has of its own, as its spawner knows it."""

from typing import Any
from urllib.parse import urlsplit

from hub.pods.seat import Seat
from hub.pods.settings import PodSettings


def seat_of(spawner: Any, s: PodSettings) -> Seat:
    """The seat of a spawner's session."""
    acts = s.project.policy != "none"
    told = spawner.public_url or spawner.environment.get("WORKSHOP_PUBLIC_URL", "")
    public = urlsplit(told)
    comes_back = not (s.home.with_session or getattr(spawner.authenticator, "temporary", False))
    return Seat(
        prefix=spawner.server.base_url if spawner.server else "",
        user=str(spawner.user.name),
        home_claim=spawner.pvc_name if s.home.persistent and comes_back else "",
        account=spawner.pod_name if acts else "",
        project=_project(spawner, s) if acts else "",
        own_token=spawner.own_tokens,
        name=spawner.pod_name,
        host=str(spawner.user.domain) if s.address else "",
        origin=f"{public.scheme}://{public.netloc}",
        own_hosts=spawner.environment.get("WORKSHOP_OWN_HOSTS") == "1",
    )


def _project(spawner: Any, s: PodSettings) -> str:
    if s.project.policy == "pool":
        return str(spawner.project)
    return str(spawner._expand_user_properties(s.project.prefix + "-{user_server}"))
