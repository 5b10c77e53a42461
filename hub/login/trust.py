"""Which certificates of a login's provider are trusted."""

import ssl
from pathlib import Path

#: A cluster's own authority, where a pod finds it.
POD_CA = "/run/secrets/kubernetes.io/serviceaccount/ca.crt"


def trust(ca_file: str) -> ssl.SSLContext:
    """The system's authorities, the cluster's where there is one, and those of the file."""
    context = ssl.create_default_context()
    for path in filter(None, (POD_CA, ca_file)):
        if path == ca_file or Path(path).exists():
            context.load_verify_locations(path)
    return context
