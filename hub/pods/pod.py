"""KubeSpawner's pod made into a session's: our containers, volumes and restrictions."""

from typing import Any

from hub.pods import console, manifest
from hub.pods.account import annotations
from hub.pods.project import RELEASE, SESSION, USER
from hub.pods.seat import Seat
from hub.pods.settings import PodSettings
from hub.pods.volumes import volumes


def completed(pod: Any, s: PodSettings, seat: Seat, name: str) -> Any:
    """The pod with all that a session has; plain objects do as well in it as the client's own."""
    spec = pod.spec
    dashboard = spec.containers[0]
    dashboard.name = "dashboard"
    dashboard.resources = manifest.resources(s.dashboard)
    dashboard.security_context = manifest.restricted()
    dashboard.volume_mounts = manifest.dashboard_mounts(s, seat)
    port = dashboard.ports[0].container_port
    dashboard.liveness_probe = manifest.dashboard_probe(s, seat, port)
    spec.containers = [
        dashboard,
        manifest.terminal_container(s, seat),
        *manifest.sidecars(s),
        # The last one: whoever fetches its image lets the others start first.
        *console.containers(s, seat),
    ]
    notes = manifest.notes_container(s)
    spec.init_containers = [notes] if notes else None
    spec.volumes = volumes(s, seat)
    spec.security_context = manifest.pod_security(s.user)
    spec.enable_service_links = False
    spec.restart_policy = "Always"
    spec.service_account_name = seat.account or None
    metadata = pod.metadata
    metadata.labels = {**(metadata.labels or {}), SESSION: name, RELEASE: s.release}
    ours = {**annotations(seat), **console.annotations(s, seat), USER: seat.user}
    metadata.annotations = {**(metadata.annotations or {}), **ours}
    return pod


def serves(pod: Any) -> bool:
    """Whether the session can be used; a console that is not there yet keeps nobody waiting."""
    if pod is None or "deletionTimestamp" in pod["metadata"] or not pod["status"].get("podIP"):
        return False
    ready = {one["name"]: one["ready"] for one in pod["status"].get("containerStatuses") or []}
    ready.pop(console.NAME, None)
    return bool(ready) and all(ready.values()) and pod["status"]["phase"] in {"Running", "Pending"}
