"""The two hubs of a pair: ours, and the same one with JupyterLab for its sessions."""

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.cluster import Cluster, Release, image, installed

#: Twenty-five sessions are to fit on a small node; what they may use stays.
SMALL = {"requests": {"cpu": "10m", "memory": "32Mi"}}
VALUES = {"seats": 40, "prePull": False, "sessions": {"dashboard": SMALL, "terminal": SMALL}}
FOLDER = "/etc/peer"


@contextlib.contextmanager
def our_hub(cluster: Cluster) -> Iterator[Release]:
    """The chart, with room for a class."""
    with tempfile.TemporaryDirectory() as folder, installed(cluster, Path(folder), **VALUES) as hub:
        yield hub


@contextlib.contextmanager
def their_hub(cluster: Cluster) -> Iterator[Release]:
    """The same, its hub started again with the peer's configuration."""
    with our_hub(cluster) as hub:
        here = ("-n", hub.namespace)
        config = Path(__file__).with_name("peer_config.py")
        cluster.kubectl("create", "configmap", "peer", f"--from-file={config}", *here)
        deployment = f"deployment/{hub.name}-hub"
        cluster.kubectl("patch", deployment, *here, "-p", json.dumps(_patch()))
        cluster.kubectl("rollout", "status", deployment, *here, "--timeout=3m")
        yield hub


def _patch() -> dict[str, object]:
    container = {
        "name": "hub",
        "args": ["python3", "-m", "jupyterhub", "-f", f"{FOLDER}/peer_config.py"],
        "env": [{"name": "JUPYTERLAB_IMAGE", "value": image("jupyterlab")}],
        "volumeMounts": [{"name": "peer", "mountPath": FOLDER}],
    }
    volume = {"name": "peer", "configMap": {"name": "peer"}}
    return {"spec": {"template": {"spec": {"containers": [container], "volumes": [volume]}}}}
