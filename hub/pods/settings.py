"""How sessions are made as pods: the file that the chart writes, every mistake told at once."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from hub.pods.parts import InnerPath, Label, Part, Resources
from hub.pods.sidecars import Sidecar
from hub.settings import SettingsError


class Home(Part):
    """The attendee's home: a volume that is kept, or one that goes with the session."""

    size: str = "1Gi"
    persistent: bool = False
    with_session: bool = False
    keep: bool = True  #: whether homes outlive the installation
    storage_class: str | None = None


class Workshop(Part):
    """Where the notes come from; exactly one is given, or the guide is shown."""

    git: str = ""
    git_secret: str = ""
    config_map: str = ""
    artefact: str = ""
    image: str = ""
    path: InnerPath = "/opt/workshop/workshop"
    in_terminal_image: bool = False

    @property
    def kind(self) -> Literal["git", "config_map", "artefact", "image", "terminal", "guide"]:
        """What is used."""
        if self.git:
            return "git"
        if self.config_map:
            return "config_map"
        if self.artefact:
            return "artefact"
        if self.image:
            return "image"
        return "terminal" if self.in_terminal_image else "guide"


#: What 63 letters leave for prefix and extra, beside the longest name and three hyphens.
MOST_BESIDE_A_NAME = 14


class Project(Part):
    """The namespaces of each session, and what may be done in them."""

    policy: Literal["none", "pool", "create"] = "none"
    pool: tuple[Label, ...] = ()
    #: Short, because the attendee's name follows and both make a label of 63 characters.
    prefix: Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,11}[a-z0-9])?$")] = "class"
    role: Literal["view", "edit", "admin"] = "edit"
    subject: Literal["session", "user"] = "session"
    budget: Literal["", "small", "medium", "large", "x-large"] = "small"
    quota: dict[str, str] = {}
    pod_security: Literal["restricted", "baseline", "privileged"] = "restricted"
    extra_namespaces: tuple[Annotated[str, Field(pattern=r"^[a-z0-9]{1,12}$")], ...] = ()
    objects: tuple[dict[str, Any], ...] = ()

    @model_validator(mode="after")
    def _short(self) -> "Project":
        for name in self.extra_namespaces:
            # PREFIX-NAME--EXTRA is a label, and KubeSpawner leaves names of 46 letters as they are.
            if len(self.prefix) + len(name) > MOST_BESIDE_A_NAME:
                raise ValueError(
                    f"prefix {self.prefix!r} with the extra namespace {name!r}:"
                    f" expected at most {MOST_BESIDE_A_NAME} letters together"
                )
        return self


class Address(Part):
    """How the address of each session is made, where no wildcard leads to all of them."""

    kind: Literal["Route", "Ingress"]
    #: Where the proxy is, and what its Service is called.
    namespace: Label
    service: str
    class_name: str = ""
    tls_secret: str = ""
    annotations: dict[str, str] = {}


class Console(Part):
    """The web console beside the terminals; `%base_path%` and the like are filled in."""

    kind: Literal["none", "openshift", "image", "link"] = "none"
    image: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    port: Annotated[int, Field(ge=1024, le=65535)] = 9000
    #: Whether it serves at / and not at the path that browsers have for it.
    strip_path: bool = False
    #: Whether it refuses every Host but localhost, as servers on loopback do against rebinding.
    as_localhost: bool = False
    #: Paths below its own: the page it opens at, and one that answers when all is well.
    page: Annotated[str, Field(pattern=r"^([^/].*)?$")] = ""
    health: Annotated[str, Field(pattern=r"^([^/].*)?$")] = ""
    #: What it reads its token from, if it reads that once; else it has a kubeconfig.
    token_variable: Annotated[str, Field(pattern=r"^([A-Za-z_]\w*)?$")] = ""
    url: Annotated[str, Field(pattern=r"^(https?://.+)?$")] = ""
    resources: Resources = Resources()

    @property
    def runs(self) -> bool:
        """Whether it is a container of the session's pod."""
        return self.kind in {"openshift", "image"}

    @model_validator(mode="after")
    def _whole(self) -> "Console":
        if self.runs and not self.image:
            raise ValueError(f"kind is {self.kind!r}: expected an image")
        if self.kind == "link" and not self.url:
            raise ValueError("kind is 'link': expected a url")
        if self.token_variable and not self.command:
            raise ValueError("token_variable needs the command that reads it")
        return self


class PodSettings(Part):
    """Everything that pods of sessions have in common."""

    namespace: Label
    #: What no other installation of the cluster is called, which all objects of its sessions carry.
    release: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$")] = "workshop"
    dashboard_image: str
    terminal_image: str
    pull_policy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"
    pull_secrets: tuple[str, ...] = ()
    #: The user id of all containers; None where the cluster gives one, as OpenShift does.
    user: Annotated[int, Field(gt=0)] | None = 1001
    dashboard: Resources = Resources()
    terminal: Resources = Resources()
    home: Home = Home()
    workshop: Workshop = Workshop()
    project: Project = Project()
    address: Address | None = None
    console: Console = Console()
    #: Addresses of the cluster's API as IP/32:port, and whether the internet may be reached.
    api_server: tuple[Annotated[str, Field(pattern=r"^[0-9a-fA-F.:]+/\d+:\d+$")], ...] = ()
    internet: bool = True
    #: The ConfigMap of certificates that shells and the fetching of notes trust as well.
    authorities: str = ""
    #: HTTP proxies, for the shells and the fetching of notes.
    environment: dict[str, str] = {}
    node_selector: dict[str, str] = {}
    tolerations: tuple[dict[str, Any], ...] = ()
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    extra_containers: tuple[Sidecar, ...] = ()
    extra_volumes: tuple[dict[str, Any], ...] = ()
    priority_class: str = ""
    #: Seconds from the request to a session that answers.
    start_timeout: Annotated[int, Field(ge=10)] = 300

    @model_validator(mode="after")
    def _project_fits(self) -> "PodSettings":
        if self.console.runs and self.project.policy == "none":
            raise ValueError("a console acts in a project: expected project.policy pool or create")
        if self.project.policy == "pool" and self.project.role == "admin":
            raise ValueError("an admin could give a project of the pool on: expected edit or view")
        return self

    @classmethod
    def from_file(cls, path: Path) -> "PodSettings":
        """Read the JSON file; SettingsError with a sentence for each mistake."""
        try:
            return cls.model_validate(json.loads(path.read_text()))
        except OSError as error:
            raise SettingsError([f"PODS_FILE is {str(path)!r}: {error.strerror}"]) from None
        except ValidationError as error:
            raise SettingsError([_sentence(path, mistake) for mistake in error.errors()]) from None
        except ValueError as error:
            raise SettingsError([f"{path}: expected JSON, {error}"]) from None


def _sentence(path: Path, mistake: Any) -> str:
    where = ".".join(map(str, mistake["loc"]))
    return f"{path}: {where} is {str(mistake['input'])[:80]!r}: {mistake['msg']}"
