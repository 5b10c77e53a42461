"""What the settings of pods are made of: names, paths, and groups whose every key is known."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

#: A name of a namespace, a volume or a label's value (RFC 1123).
Label = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]


def _inner(path: str) -> str:
    parts = path.split("/")
    if parts[0] or len(parts) < 2 or not all(re.fullmatch(r"[\w.-]+", part) for part in parts[1:]):
        raise ValueError("expected an absolute path of letters, digits, dots and hyphens")
    if {".", ".."} & set(parts):
        raise ValueError("expected a path that leads nowhere else")
    return path


#: An absolute path that needs no quotes in a shell and leads out of no folder.
InnerPath = Annotated[str, AfterValidator(_inner)]


class Part(BaseModel):
    """Base of the parts: unknown keys are mistakes, and nothing changes later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Resources(Part):
    """Requests and limits of one container, as Kubernetes writes them."""

    requests: dict[str, str] = {}
    limits: dict[str, str] = {}
