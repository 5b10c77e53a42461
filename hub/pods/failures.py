"""Why a session's pod does not come up, in a sentence for the attendee and the admin page."""

import json
from typing import Any

from hub.own_hosts import CONSOLE
from hub.telling import TELL, short

Pod = dict[str, Any]

#: Reasons of a waiting container that waiting longer does not mend.
_HOPELESS = {
    "ImagePullBackOff": "Its image “{image}” cannot be fetched.",
    "ErrImageNeverPull": "Its image “{image}” is not on the cluster.",
    "InvalidImageName": "“{image}” is no name of an image.",
    "CreateContainerConfigError": "It is not set up right: {message}.",
    "CreateContainerError": "It cannot be made: {message}.",
    "CrashLoopBackOff": "Its part “{container}” ends again and again: {message}.",
    "RunContainerError": "Its part “{container}” cannot be run: {message}.",
}
LEFT = (
    "An earlier session under your name, which cannot be gone on with, was still there. It has been"
    " removed; please start again."
)
#: Answers of a cluster that has too much to do, which may be another one in a moment.
BUSY = frozenset({429, 500, 502, 503, 504})
FULL = "Every project of this workshop is in use. Please tell the instructor, or try again later."


def hopeless(pod: Pod | None) -> str:
    """A sentence when this pod will never be ready, as far as its status tells; else nothing."""
    if pod is None:
        return ""
    status = pod["status"]
    if status.get("phase") == "Failed":
        return f"Your session ended while it was starting: {short(_message(status))}. {TELL}"
    for container in status.get("initContainerStatuses") or []:
        if ended := _ended(container):
            return f"The workshop's notes cannot be had: {short(_message(ended))}. {TELL}"
    everything = (status.get("initContainerStatuses") or []) + (
        status.get("containerStatuses") or []
    )
    for container in everything:
        if container["name"] == "console":
            continue  # its tab says what it lacks; the rest can be used
        waiting = (container.get("state") or {}).get("waiting") or {}
        if words := _HOPELESS.get(waiting.get("reason", "")):
            last = (container.get("lastState") or {}).get("terminated") or {}
            told = words.format(
                image=container.get("image", ""),
                container=container["name"],
                message=short(_message(last) if last else _message(waiting)),
            )
            return f"Your session cannot start. {told} {TELL}"
    return ""


def unfinished(pod: Pod | None, seconds: int) -> str:
    """A sentence for a pod that was not ready in time, or was not even made."""
    if pod is None:
        return (
            "The cluster does not answer, or has too much to do. Please try again in a minute, or "
            "tell the instructor."
        )
    for condition in pod["status"].get("conditions") or []:
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return (
                "There is no room for your session on the cluster now: "
                f"{short(_message(condition))}. Try again in a while, or tell the instructor."
            )
    return f"Your session was not ready within {seconds} s. Try again, or tell the instructor."


def refused(status: int, body: str | bytes | None) -> str:
    """A sentence for an answer of the cluster's API other than success."""
    said = _said(body)
    if status == 403 and "exceeded quota" in said:
        return f"The workshop is full: the quota of its namespace is used up ({short(said)})."
    if status == 403:
        return f"The cluster does not allow this session: {short(said)}. {TELL}"
    if status == 404:
        return f"The cluster has no place for sessions: {short(said)}. {TELL}"
    if status in BUSY:
        return "The cluster has too much to do now. Please try again in a minute."
    return f"The cluster refused this session ({status}): {short(said)}. {TELL}"


def taken(namespace: str) -> str:
    """A sentence for a project whose name something else on the cluster has."""
    return (
        f"The namespace “{namespace}” of your session is in use for something else. "
        "Please log in under another name, or tell the instructor."
    )


def no_address(said: dict[str, str]) -> str:
    """A sentence for a router that does not serve the session's host."""
    return f"The cluster gives your session no address: {short(_message(said))}. {TELL}"


def no_host(label: str, said: dict[str, str]) -> str:
    """A sentence for a further host of a session, which the cluster does not give."""
    what = "the console" if label == CONSOLE else "this program"
    return f"The cluster gives {what} no address: {short(_message(said))}. {TELL}"


def said_in(body: str | bytes | None) -> dict[str, str]:
    """What an answer of the cluster's API says, where it says why."""
    return {"message": _said(body)}


def _said(body: str | bytes | None) -> str:
    try:
        return str(json.loads(body or "{}").get("message", ""))
    except ValueError:
        return ""


def _ended(container: dict[str, Any]) -> dict[str, Any] | None:
    """How an init container failed, now or the last time."""
    for state in (container.get("state") or {}, container.get("lastState") or {}):
        terminated = state.get("terminated") or {}
        if terminated.get("exitCode"):
            return dict(terminated)
    return None


def _message(thing: dict[str, Any]) -> str:
    return thing.get("message") or thing.get("reason") or "no reason is given"
