"""Sessions as pods: KubeSpawner with a terminal beside the dashboard."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from jupyterhub.spawner import SpawnException
from kubernetes_asyncio.client import V1Pod
from kubernetes_asyncio.client.exceptions import ApiException
from kubespawner import KubeSpawner
from traitlets import Instance

from hub.pods import manifest
from hub.pods.account import annotations
from hub.pods.failures import FULL, LEFT, hopeless, refused, unfinished
from hub.pods.pool import FullError
from hub.pods.project import RELEASE, SESSION, USER, session_variables
from hub.pods.projects import Projects
from hub.pods.seat import Seat
from hub.pods.settings import PodSettings
from hub.pods.steps import step
from hub.pods.volumes import volumes

#: Answers of a cluster that has too much to do: asked again within KubeSpawner's own limit.
BUSY = frozenset({429, 500, 502, 503, 504})
#: Seconds that we say why before JupyterHub would only say that it took too long.
EARLIER = 5


class PodSpawner(KubeSpawner):  # type: ignore[misc] # untyped
    """Starts a pod with dashboard and terminal for a name."""

    pods = Instance(PodSettings, config=True, help="what the pods of sessions have in common")

    #: The project that the session was given; of a pool it is not known before.
    project = ""
    #: The pod that was made last; one of the same name may still be on its way out.
    made = ""

    def get_env(self) -> dict[str, str]:
        """The dashboard's environment: the token once, and what the session is about."""
        env: dict[str, str] = super().get_env()
        for name in ("JPY_API_TOKEN", "JUPYTER_IMAGE", "JUPYTER_IMAGE_SPEC"):
            env.pop(name, None)
        claims = getattr(self.authenticator, "claims", None)
        code = claims.code(self.user.name) if claims and not self.user.admin else ""
        kind = self.pods.workshop.kind
        variables = json.loads(env["WORKSHOP_VARS"]) | session_variables(self.pods, self.seat())
        return {
            **env,
            "WORKSHOP_VARS": json.dumps(variables),
            "HOME": manifest.HOME,
            "WORKSHOP_TERMINAL_SOCKET": manifest.SOCKET,
            "WORKSHOP_PERSONAL_CODE": code,
            **({} if kind == "guide" else {"WORKSHOP_DIR": manifest.NOTES}),
        }

    def seat(self) -> Seat:
        """What this session has of its own."""
        s = self.pods
        acts = s.project.policy != "none"
        return Seat(
            prefix=self.server.base_url if self.server else "",
            user=str(self.user.name),
            home_claim=self.pvc_name if s.home.persistent else "",
            account=self.pod_name if acts else "",
            project=self._project_name() if acts else "",
        )

    def _project_name(self) -> str:
        if self.pods.project.policy == "pool":
            return self.project
        return str(self._expand_user_properties(self.pods.project.prefix + "-{user_server}"))

    async def get_pod_manifest(self) -> Any:
        """KubeSpawner's pod, with our containers, volumes and restrictions."""
        s, seat = self.pods, self.seat()
        pod = await super().get_pod_manifest()
        dashboard, spec = pod.spec.containers[0], pod.spec
        dashboard.name = "dashboard"
        dashboard.resources = manifest.resources(s.dashboard)
        dashboard.security_context = manifest.restricted()
        dashboard.volume_mounts = manifest.dashboard_mounts(s)
        dashboard.liveness_probe = manifest.dashboard_probe(seat, self.port)
        spec.containers = [dashboard, manifest.terminal_container(s, seat)]
        notes = manifest.notes_container(s)
        spec.init_containers = [notes] if notes else None
        spec.volumes = volumes(s, seat)
        spec.security_context = manifest.pod_security(s.user)
        spec.enable_service_links = False
        spec.restart_policy = "Always"
        spec.service_account_name = seat.account or None
        pod.metadata.labels |= {SESSION: self.pod_name, RELEASE: s.release}
        pod.metadata.annotations = {
            **(pod.metadata.annotations or {}),
            **annotations(seat),
            USER: seat.user,
        }
        return pod

    async def _start(self) -> str:
        """The session's address; SpawnException with a sentence when it cannot be had."""
        self.made = ""
        making = asyncio.ensure_future(self._make())
        try:
            async with asyncio.timeout(max(1, self.start_timeout - EARLIER)):
                return await self._up(making)
        except TimeoutError:
            words = unfinished(self._pod(), self.start_timeout)
            raise SpawnException(words, reason="timeout", status_code=503) from None
        except ApiException as error:
            words = refused(error.status, error.body)
            raise SpawnException(words, reason="refused", status_code=503) from None
        finally:
            making.cancel()

    async def _make(self) -> str:
        """The project first: without its account there is no pod."""
        if self.seat().account:
            try:
                self.project = await self._projects().give(self.seat())
            except FullError:
                raise SpawnException(FULL, reason="full", status_code=503) from None
        address: str = await super()._start()
        return address

    def _projects(self) -> Projects:
        return Projects(self.api.api_client, self.pods)

    async def run_post_stop_hook(self) -> None:
        """However the session ended, its project goes with it."""
        if self.seat().account:
            try:
                await self._projects().take(self.seat())
            except ApiException as error:
                # The sweeper takes it later.
                self.log.error("%s: its project stays: %s", self.pod_name, error.reason)
        await super().run_post_stop_hook()

    async def _up(self, making: "asyncio.Future[str]") -> str:
        """Watch closely: KubeSpawner's own look at the pod would come seconds late."""
        while not making.done():
            pod = self._pod()
            if words := hopeless(pod):
                raise SpawnException(words, reason="pod", status_code=503)
            if pod is not None and self.is_pod_running(pod):
                self.pod_id = pod["metadata"]["uid"]
                return str(self._get_pod_url(pod))
            await asyncio.sleep(0.02)
        return making.result()

    def _pod(self) -> dict[str, Any] | None:
        """The pod that was made last, as the cluster showed it last."""
        if not self.made:
            return None
        found = self.pod_reflector.pods.get(f"{self.namespace}/{self.pod_name}")
        return found if found and found["metadata"]["uid"] == self.made else None

    async def _make_create_pod_request(self, pod: V1Pod, request_timeout: float) -> bool:
        """Ask for the pod; False to ask again. Unlike KubeSpawner's, never logs the token in it."""
        request = self.api.create_namespaced_pod(self.namespace, pod)
        try:
            made = await asyncio.wait_for(request, request_timeout)
        except TimeoutError:
            return False
        except ApiException as error:
            if error.status == 409:
                self._check_going()
            elif error.status not in BUSY:
                raise
            return False
        self.made = made.metadata.uid
        return True

    def _check_going(self) -> None:
        """A pod of this name that is not on its way out may hold work: it is nobody's to kill."""
        there = self.pod_reflector.pods.get(f"{self.namespace}/{self.pod_name}")
        if there is not None and "deletionTimestamp" not in there["metadata"]:
            raise SpawnException(LEFT, reason="left", status_code=503)

    async def poll(self) -> int | None:
        """None while there is a pod: its containers are started again by the cluster, singly."""
        await self._start_watching_pods()
        pod = self.pod_reflector.pods.get(f"{self.namespace}/{self.pod_name}")
        if pod is None or pod["status"].get("phase") in {"Failed", "Succeeded"}:
            return 1
        status: int | None = await super().poll()
        return status if not pod["status"].get("containerStatuses") else None

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What the start page shows, as soon as it is reached."""
        shown = None
        while True:
            reached = step(self._pod())
            if reached != shown:
                shown = reached
                yield {"progress": reached.percent, "message": reached.words}
            await asyncio.sleep(0.1)
