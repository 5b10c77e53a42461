"""JupyterHub's settings for sessions that are pods."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.pods.account import OWN_TOKEN
from hub.pods.project import RELEASE
from hub.pods.settings import PodSettings
from hub.pods.spawner import PodSpawner
from hub.services import add_sweeper, local_api
from hub.settings import HubSettings

#: Where a pod's programs find the cluster's API.
CLUSTER_API = ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")


def configure_pods(c: Any, s: HubSettings, environ: Mapping[str, str]) -> None:
    """Sessions are pods that survive a restart of the hub."""
    pods = PodSettings.from_file(Path(s.pods_file))
    c.JupyterHub.spawner_class = PodSpawner
    c.JupyterHub.cleanup_servers = False
    add_sweeper(c, "hub.pods.sweeper", _sweeper_environment(s, environ))
    spawner = c.PodSpawner
    spawner.pods = pods
    spawner.own_tokens = s.login.acts_as_user
    spawner.namespace = pods.namespace
    spawner.image = pods.dashboard_image
    spawner.image_pull_policy = pods.pull_policy
    spawner.image_pull_secrets = list(pods.pull_secrets)
    spawner.cmd = ["python3", "-m", "dashboard"]
    spawner.port = 8888
    spawner.environment = _escaped(
        {
            "WORKSHOP_DIR": "content/guide",
            "WORKSHOP_PUBLIC_URL": "" if s.subdomains else s.origin,
            "WORKSHOP_OWN_HOSTS": "1" if s.subdomains else "",
            "WORKSHOP_VARS": s.variables,
            "WORKSHOP_TABS": s.tabs,
            "TERMINAL_VIEW": s.terminal_view,
            "WORKSHOP_TOKEN_FILE": OWN_TOKEN if s.login.acts_as_user else "",
        }
    )
    spawner.pod_name_template = "session-{user_server}"
    _configure_homes(spawner, pods)
    spawner.automount_service_account_token = False
    spawner.extra_labels = pods.labels
    spawner.extra_annotations = _escaped(pods.annotations)
    spawner.node_selector = pods.node_selector
    spawner.tolerations = list(pods.tolerations)
    spawner.priority_class_name = pods.priority_class
    spawner.events_enabled = False  # the pod's own status says all that is told
    spawner.delete_grace_period = 10  # dashboards let their connections go before they end
    spawner.k8s_api_request_timeout = 5
    spawner.k8s_api_request_retry_timeout = 30
    spawner.start_timeout = pods.start_timeout
    # A node that starts a class at once may take minutes from a running pod to its first answer.
    spawner.http_timeout = pods.start_timeout
    spawner.poll_interval = 5  # a look at what the watch has told, no request


def _sweeper_environment(s: HubSettings, environ: Mapping[str, str]) -> dict[str, str]:
    """All it needs: JupyterHub gives a service nothing of the hub's own environment."""
    return {
        **{name: environ[name] for name in CLUSTER_API if name in environ},
        "PODS_FILE": s.pods_file,
        "MAX_HOURS": str(s.max_hours),
        "HUB_API_URL": local_api(s),
        # Its library asks for a home, which an id without an account has by this name alone.
        "HOME": str(s.state),
    }


def _configure_homes(spawner: Any, pods: PodSettings) -> None:
    """Homes that are kept are a volume of their owner's."""
    spawner.pvc_name_template = "home-{user_server}"
    spawner.delete_pvc = False  # a home is somebody's work, and an installation's to remove
    spawner.storage_capacity = pods.home.size
    spawner.storage_class = pods.home.storage_class
    spawner.storage_extra_labels = {RELEASE: pods.release}
    spawner.storage_access_modes = ["ReadWriteOnce"]


def _escaped(environment: dict[str, str]) -> dict[str, str]:
    """KubeSpawner fills in braces; what an operator wrote has none to fill in."""
    return {
        name: value.replace("{", "{{").replace("}", "}}") for name, value in environment.items()
    }
