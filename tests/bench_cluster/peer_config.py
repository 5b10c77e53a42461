# The peer's hub: ours in all but the sessions, which KubeSpawner makes of JupyterLab.
import os
from pathlib import Path

from hub.pods.settings import PodSettings

load_subconfig("/opt/workshop/app/hub/jupyterhub_config.py")  # noqa: F821
c = get_config()  # noqa: F821
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
spawner = c.KubeSpawner
spawner.namespace = PodSettings.from_file(Path(os.environ["PODS_FILE"])).namespace
spawner.image = os.environ["JUPYTERLAB_IMAGE"]
spawner.image_pull_policy = "IfNotPresent"
spawner.cmd = ["jupyterhub-singleuser"]
spawner.port = 8888
spawner.pod_name_template = "session-{user_server}"
spawner.events_enabled = False  # the hub's role has no right to them
# What Pod Security's `restricted` asks of the namespace of sessions.
spawner.uid = 1001
spawner.gid = 0
spawner.pod_security_context = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
spawner.container_security_context = {"capabilities": {"drop": ["ALL"]}}
