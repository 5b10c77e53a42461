"""Sessions as pods: KubeSpawner with a terminal beside the dashboard."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from jupyterhub.utils import maybe_future
from kubernetes_asyncio.client import V1Pod
from kubernetes_asyncio.client.exceptions import ApiException
from traitlets import Bool, Instance

from hub import images
from hub.login.claims import code_of
from hub.no_session import NoSession
from hub.pods import console
from hub.pods.adoption import kept_token
from hub.pods.failures import BUSY, FULL, LEFT, hopeless, refused, unfinished
from hub.pods.patience import TROUBLES, reason
from hub.pods.pod import completed, serves
from hub.pods.pool import FullError
from hub.pods.project import session_variables
from hub.pods.projects import Projects
from hub.pods.seat import Seat
from hub.pods.seating import seat_of
from hub.pods.settings import PodSettings
from hub.pods.steps import step
from hub.pods.watching import ENDED, WatchingSpawner
from hub.pods.ways import OpensWays
from hub.ready import answers
from hub.session_token import KnownToken

#: Seconds that we say why before JupyterHub would only say that it took too long.
EARLIER = 5
#: Seconds between questions to a session whether it is ready; a whole class may start at once.
ASK = 0.15


class PodSpawner(KnownToken, OpensWays, WatchingSpawner):
    """Starts a pod with dashboard and terminal for a name."""

    pods = Instance(PodSettings, config=True, help="what the pods of sessions have in common")
    own_tokens = Bool(config=True, help="whether shells act by their owners' own tokens")

    #: The project that the session was given; of a pool it is not known before.
    project = ""
    #: The pod that was made last; one of the same name may still be on its way out.
    made = ""

    def get_env(self) -> dict[str, str]:
        """The dashboard's environment: the token once, and what the session is about."""
        env: dict[str, str] = super().get_env()
        for name in ("JPY_API_TOKEN", "JUPYTER_IMAGE", "JUPYTER_IMAGE_SPEC"):
            env.pop(name, None)
        kind = self.pods.workshop.kind
        variables = json.loads(env["WORKSHOP_VARS"]) | session_variables(self.pods, self.seat())
        return {
            **env,
            "WORKSHOP_VARS": json.dumps(variables),
            "HOME": images.HOME,
            "WORKSHOP_TERMINAL_SOCKET": images.SOCKET,
            images.CODE: code_of(self.authenticator, self.user),
            "WORKSHOP_CONSOLE": console.told(self.pods, self.seat()),
            **({} if kind == "guide" else {"WORKSHOP_DIR": images.NOTES}),
        }

    @property
    def keeps_files(self) -> bool:
        """Whether homes outlive their sessions, which people are told."""
        return self.pods.home.persistent and not self.pods.home.with_session

    def seat(self) -> Seat:
        """What this session has of its own."""
        return seat_of(self, self.pods)

    def is_pod_running(self, pod: Any) -> bool:
        """Whether the session can be used."""
        return serves(pod)

    def console_state(self) -> str:
        """How its web console is."""
        return console.state(self.seen)

    async def get_pod_manifest(self) -> Any:
        """KubeSpawner's pod, with our containers, volumes and restrictions."""
        pod = await super().get_pod_manifest()
        return completed(pod, self.pods, self.seat(), self.pod_name)

    async def _start(self) -> str:
        """The session's address; NoSession with a sentence when it cannot be had."""
        self.made = ""
        making = asyncio.ensure_future(self._make())
        try:
            async with asyncio.timeout(max(1, self.start_timeout - EARLIER)):
                url = await self._up(making)
                await self._projects().served(self.seat())
                return url
        except ApiException as error:
            words = refused(error.status, error.body)
            raise NoSession(words, reason="refused") from None
        except TROUBLES:
            words = unfinished(self._pod(), self.start_timeout)
            raise NoSession(words, reason="timeout") from None
        finally:
            making.cancel()

    async def _make(self) -> str:
        """The project first: without its account there is no pod."""
        if self.seat().owns:
            try:
                self.project = await self._projects().give(self.seat())
            except FullError:
                raise NoSession(FULL, reason="full") from None
        self.storage_pvc_ensure = bool(self.seat().home_claim)
        return str(await super()._start())

    def _projects(self) -> Projects:
        return Projects(self.api.api_client, self.pods)

    async def run_post_stop_hook(self) -> None:
        """However the session ended, its project and its address go with it."""
        if self.seat().owns:
            try:
                await self._projects().take(self.seat())
            except TROUBLES as error:
                # The sweeper takes it later.
                self.log.error("%s: what it had stays: %s", self.pod_name, reason(error))
        await maybe_future(super().run_post_stop_hook())

    async def _up(self, making: "asyncio.Future[str]") -> str:
        """Watch closely: KubeSpawner's own look at the pod would come seconds late.

        Nor does it ask the session, which is there once its parts are, and the hub to log in at.
        """
        while True:
            if making.done():
                making.result()  # or why there is none
            pod = self._pod()
            if words := hopeless(pod):
                raise NoSession(words, reason="pod")
            if pod is not None and self.is_pod_running(pod):
                self.pod_id = pod["metadata"]["uid"]
                url = str(self._get_pod_url(pod))
                # A shell that ends at once was there for a moment, too.
                if await answers(f"{url}{self.seat().prefix}health/ready"):
                    return url
                await asyncio.sleep(ASK)
            await asyncio.sleep(0.02)

    def _pod(self) -> dict[str, Any] | None:
        """The pod that was made last, as the cluster showed it last."""
        if not self.made:
            return None
        found = self.seen
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
                return await self._is_there(pod)
            if error.status not in BUSY:
                raise
            return False
        self.made = made.metadata.uid
        return True

    async def _is_there(self, wanted: V1Pod) -> bool:
        """Go on with the session's own pod that an earlier hub left; False to ask for one again.

        One that goes is waited for, one that has ended is removed. Of another one JupyterHub clears
        the way after this NoSession, and whoever waits is told.
        """
        there = self.seen
        if there is None or "deletionTimestamp" in there["metadata"]:
            return False
        if there["status"].get("phase") in ENDED:
            await self.stop(now=True)
            return False
        token = kept_token(there, wanted)
        if not token:
            raise NoSession(LEFT, reason="left")
        self.log.warning("%s: goes on with the pod that is there", self.pod_name)
        self.api_token, self.made = token, there["metadata"]["uid"]
        return True

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What the start page shows, as soon as it is reached."""
        shown = None
        while True:
            reached = step(self._pod())
            if reached != shown:
                shown = reached
                yield {"progress": reached.percent, "message": reached.words}
            await asyncio.sleep(0.1)
