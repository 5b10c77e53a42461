"""KubeSpawner with patience: neither its requests nor its watch of pods give up on a cluster."""

from typing import Any

from kubespawner import KubeSpawner

from hub.pods.patience import TROUBLES, patient, reason

#: Phases of a pod that will not run again, such as one that was evicted.
ENDED = frozenset({"Failed", "Succeeded"})


class WatchingSpawner(KubeSpawner):  # type: ignore[misc] # untyped
    """Knows of its pod what the cluster said last."""

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        patient(self.api.api_client)

    @property
    def seen(self) -> dict[str, Any] | None:
        """The pod of the session's name, whoever made it."""
        found: dict[str, Any] | None = self.pod_reflector.pods.get(
            f"{self.namespace}/{self.pod_name}"
        )
        return found

    async def _start_watching_pods(self, replace: bool = False) -> Any:
        """KubeSpawner's watch ends for ever after some minutes without an answer (7.1)."""
        there = self.pod_reflector
        loaded = there is not None and there.first_load_future.done()
        ended = loaded and (there.watch_task is None or there.watch_task.done())
        try:
            return await super()._start_watching_pods(replace=replace or ended)
        except Exception:
            first = self.pod_reflector.first_load_future
            if first.done() and not first.cancelled():
                first.exception()  # the same one, which nobody else asks for
            raise

    async def poll(self) -> int | None:
        """None while there is a pod: its containers are started again by the cluster, singly."""
        try:
            await self._start_watching_pods()
        except TROUBLES as error:
            # The cluster's trouble is not the session's end.
            self.log.warning("%s cannot be looked at: %s", self.pod_name, reason(error))
            return None
        pod = self.seen
        if pod is None or pod["status"].get("phase") in ENDED:
            return 1
        status: int | None = await super().poll()
        return None if pod["status"].get("containerStatuses") else status
