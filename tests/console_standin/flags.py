"""What the console's server is started with: environment variables, each of which is a flag.

As cmd/bridge/main.go of openshift/console reads and checks them (August 2026), for the modes in
which it has no logins of its own; a flag it would not know, or not use in them, is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

#: The account's own token and the cluster's authority, as a pod has them.
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
ONE_OF = {
    "USER_AUTH": {"disabled"},
    "K8S_MODE": {"in-cluster"},
    "USER_SETTINGS_LOCATION": {"configmap", "localstorage"},
}
KNOWN = {
    "LISTEN",
    "BASE_ADDRESS",
    "BASE_PATH",
    "PUBLIC_DIR",
    "K8S_AUTH_BEARER_TOKEN",
    *ONE_OF,
}


@dataclass(frozen=True)
class Flags:
    """The flags of a start that is accepted."""

    host: str
    port: int
    base: str
    secure: bool
    token: str
    authority: Path

    @classmethod
    def of(cls, environ: Mapping[str, str], account: Path = ACCOUNT) -> "Flags":
        """Read them; ValueError for what the real one would not start with."""
        prefix = "BRIDGE_"
        given = {
            name.removeprefix(prefix): value
            for name, value in environ.items()
            if name.startswith(prefix)
        }
        if unknown := given.keys() - KNOWN:
            raise ValueError(f"no flag of the server's: {', '.join(sorted(unknown))}")
        for name, values in ONE_OF.items():
            if given.get(name) not in values:
                raise ValueError(f"{name} is {given.get(name)!r}: expected one of {values}")
        listen = urlsplit(given.get("LISTEN", ""))
        address = urlsplit(given.get("BASE_ADDRESS", ""))
        if listen.scheme != "http" or not listen.hostname or not listen.port:
            raise ValueError(f"LISTEN is {given.get('LISTEN')!r}: expected http://HOST:PORT")
        if address.scheme not in {"http", "https"} or not address.netloc or address.path:
            raise ValueError(f"BASE_ADDRESS is {given.get('BASE_ADDRESS')!r}: expected an origin")
        if not Path(given.get("PUBLIC_DIR", "/no-folder"), "index.html").is_file():
            raise ValueError(f"PUBLIC_DIR is {given.get('PUBLIC_DIR')!r}: there is no index.html")
        for name in ("ca.crt", "token"):
            if not (account / name).is_file():
                raise ValueError(f"in-cluster: there is no {account / name}")
        return cls(
            listen.hostname,
            listen.port,
            given.get("BASE_PATH", "/"),
            address.scheme == "https",
            given.get("K8S_AUTH_BEARER_TOKEN", ""),
            account / "ca.crt",
        )
