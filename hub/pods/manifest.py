"""What a session's pod is made of, as plain Kubernetes objects; pure rules.

Two containers: `dashboard` has the hub's token, the home to read, and the only port; `terminal` has
the shells, the home, and a token of the session's own account. Neither sees the other's processes;
they meet on a socket in memory.
"""

from hub.images import HOME, NOTES, SOCKET, SOCKETS
from hub.pods.account import FOLDER, LOGIN
from hub.pods.parts import Resources
from hub.pods.project import namespaces
from hub.pods.seat import Object, Seat
from hub.pods.settings import PodSettings

MAP = "/run/notes"
AUTHORITIES = "/run/authorities"
#: Tells our scripts of them.
TRUSTS = {"WORKSHOP_AUTHORITIES": f"{AUTHORITIES}/authorities.crt"}
#: A ConfigMap has no folders: all but the descriptions are chapters, and pictures beside them.
ARRANGE = f"""\
[ -n "$(ls {MAP})" ] || {{ echo "there is no ConfigMap $0, or nothing is in it" >&2; exit 1; }}
mkdir -p {NOTES}/chapters
cp {MAP}/* {NOTES}/chapters/
for name in workshop.yaml workshop.yml session.yaml; do
    [ ! -e {NOTES}/chapters/$name ] || mv {NOTES}/chapters/$name {NOTES}/
done"""


def restricted() -> Object:
    """What Pod Security's `restricted` and OpenShift's `restricted-v2` ask of a container."""
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }


def pod_security(user: int | None) -> Object:
    """The same for the pod; without a user id where the cluster gives one."""
    ids = {"runAsUser": user, "runAsGroup": 0, "fsGroup": user} if user else {}
    return {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}, **ids}


def dashboard_mounts(s: PodSettings, seat: Seat) -> list[Object]:
    """What the dashboard sees: the socket, the home to read, the notes; where it leaves a token."""
    return [
        {"name": "sockets", "mountPath": SOCKETS},
        {"name": "home", "mountPath": HOME, "readOnly": True},
        *_notes_mount(s),
        *([{"name": "login", "mountPath": LOGIN}] if seat.own_token else []),
    ]


def _notes_mount(s: PodSettings) -> list[Object]:
    if s.workshop.kind == "guide":
        return []
    return [{"name": "notes", "mountPath": NOTES, "readOnly": True}]


def dashboard_probe(s: PodSettings, seat: Seat, port: int) -> Object:
    """A dashboard that does not answer for a minute is started again, once it had time to start."""
    return {
        "httpGet": {"path": f"{seat.prefix}health/live", "port": port},
        # A startup probe would say so at once, and cost each session up to a second.
        "initialDelaySeconds": s.start_timeout,
        "periodSeconds": 15,
        "timeoutSeconds": 5,
        "failureThreshold": 4,
    }


def terminal_container(s: PodSettings, seat: Seat) -> Object:
    """The attendee's shells: no port, nothing of the hub's."""
    account = [{"name": "account", "mountPath": FOLDER, "readOnly": True}] if seat.acts else []
    if seat.own_token:
        account.append({"name": "login", "mountPath": LOGIN, "readOnly": True})
    environment = {
        "HOME": HOME,
        "WORKSHOP_TERMINAL_SOCKET": SOCKET,
        **(_cluster(s, seat) if seat.acts else {}),
        **(TRUSTS if s.authorities else {}),
    }
    alive = ["curl", "-sf", "-m", "5", "--unix-socket", SOCKET, "http://terminal/health"]
    return {
        "name": "terminal",
        "image": s.terminal_image,
        "imagePullPolicy": s.pull_policy,
        "args": [f"--env={name}={plain(value)}" for name, value in s.environment.items()],
        "env": [{"name": name, "value": value} for name, value in environment.items()],
        "resources": resources(s.terminal),
        "securityContext": restricted(),
        "volumeMounts": [
            {"name": "sockets", "mountPath": SOCKETS},
            {"name": "home", "mountPath": HOME},
            {"name": "tmp", "mountPath": "/tmp"},
            *_notes_mount(s),
            *account,
            *_authorities_mount(s),
        ],
        "livenessProbe": {
            "exec": {"command": alive},
            "initialDelaySeconds": s.start_timeout,
            "periodSeconds": 30,
            "timeoutSeconds": 10,
            "failureThreshold": 3,
        },
        # What a container says last is shown to the attendee where it explains why it ended.
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def _cluster(s: PodSettings, seat: Seat) -> dict[str, str]:
    """Who the shells are to the cluster, and which namespaces are theirs."""
    return {
        "WORKSHOP_KUBECONFIG": f"{FOLDER}/kubeconfig",
        "WORKSHOP_PROJECTS": " ".join(namespaces(s.project, seat)),
    }


def sidecars(s: PodSettings) -> list[Object]:
    """The operator's containers, as restricted as ours; only their root may be writable."""
    return [
        {"imagePullPolicy": s.pull_policy}
        | asked
        | {"securityContext": restricted() | (asked.get("securityContext") or {})}
        for asked in s.extra_containers
    ]


def notes_container(s: PodSettings) -> Object | None:
    """The first container, which brings the notes; None where they are there already."""
    source = s.workshop
    scripts = {
        "git": ["/opt/workshop/terminal/fetch-workshop", source.git, NOTES],
        "artefact": ["python3", "/opt/workshop/terminal/fetch_artefact.py", source.artefact, NOTES],
        "image": ["sh", "-c", f"cp -R {source.path}/. {NOTES}/"],
        "terminal": ["sh", "-c", f"cp -R {source.path}/. {NOTES}/"],
        "config_map": ["sh", "-c", ARRANGE, source.config_map],
    }
    if source.kind not in scripts:
        return None
    further = _authorities_mount(s)
    if source.git_secret:
        further.append({"name": "git", "mountPath": "/run/git", "readOnly": True})
    if source.kind == "config_map":
        further.append({"name": "map", "mountPath": MAP, "readOnly": True})
    return {
        "name": "notes",
        "image": source.image or s.terminal_image,
        "imagePullPolicy": s.pull_policy,
        "command": scripts[source.kind],
        "env": [
            {"name": name, "value": plain(value)}
            for name, value in {**s.environment, **(TRUSTS if s.authorities else {})}.items()
        ],
        "resources": resources(s.terminal),
        "securityContext": restricted(),
        "volumeMounts": [
            {"name": "notes", "mountPath": NOTES},
            {"name": "tmp", "mountPath": "/tmp"},
            *further,
        ],
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def _authorities_mount(s: PodSettings) -> list[Object]:
    if not s.authorities:
        return []
    return [{"name": "authorities", "mountPath": AUTHORITIES, "readOnly": True}]


def plain(value: str) -> str:
    """Kubernetes fills in $(NAME); what an operator wrote has none to fill in."""
    return value.replace("$", "$$")


def resources(asked: Resources) -> Object:
    """Requests and limits, without what is not given."""
    return {name: dict(values) for name, values in asked if values}
