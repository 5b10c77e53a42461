"""The volumes of a session's pod; pure rules."""

from hub.pods import console
from hub.pods.account import account_volume
from hub.pods.seat import Object, Seat
from hub.pods.settings import Home, PodSettings


def volumes(s: PodSettings, seat: Seat) -> list[Object]:
    """The volumes of a session's pod."""
    found = [
        {"name": "sockets", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
        {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}},
        {"name": "home", **_home(s.home, seat)},
    ]
    if s.workshop.kind != "guide":
        found.append({"name": "notes", "emptyDir": {"sizeLimit": "1Gi"}})
    if s.workshop.kind == "config_map":
        # Where it is missing, whoever copies from it says so; the pod itself would wait for ever.
        found.append(
            {"name": "map", "configMap": {"name": s.workshop.config_map, "optional": True}}
        )
    if s.workshop.git_secret:
        secret = {"secretName": s.workshop.git_secret, "optional": True}
        found.append({"name": "git", "secret": secret})
    if s.authorities:
        found.append({"name": "authorities", "configMap": {"name": s.authorities}})
    if seat.acts:
        found.append(account_volume(seat))
    if seat.own_token:
        found.append({"name": "login", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}})
    return [*found, *console.volumes(s, seat), *s.extra_volumes]


def _home(home: Home, seat: Seat) -> Object:
    if seat.home_claim:
        return {"persistentVolumeClaim": {"claimName": seat.home_claim}}
    if not home.persistent:
        return {"emptyDir": {"sizeLimit": home.size}}
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": home.size}}}
    if home.storage_class is not None:
        claim["storageClassName"] = home.storage_class
    # The cluster removes it with the pod, whatever becomes of the hub.
    return {"ephemeral": {"volumeClaimTemplate": {"spec": claim}}}
