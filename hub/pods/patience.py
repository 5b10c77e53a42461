"""A cluster's API that has too much to do, or does not answer, is asked again for a while."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
from kubernetes_asyncio.client import ApiClient
from kubernetes_asyncio.client.exceptions import ApiException

from hub.pods.failures import BUSY

#: What can go wrong with the API: it refuses, or it does not answer.
TROUBLES = (ApiException, aiohttp.ClientError, TimeoutError)
#: Seconds that a request may take that says nothing of it, and that it is made again for.
ANSWER, PATIENCE = 10.0, 20.0
#: Seconds between two, where the cluster does not say, and at the most.
PAUSE, LONGEST_PAUSE = 0.5, 5.0


def patient(client: ApiClient) -> ApiClient:
    """The client, whose requests are made again where that may help; the last answer counts.

    Asked twice it does no harm.
    """
    rest = client.rest_client
    if "request" in vars(rest):
        return client
    ask = rest.request

    async def request(*words: Any, **more: Any) -> Any:
        more["_request_timeout"] = more.get("_request_timeout") or ANSWER
        end = asyncio.get_running_loop().time() + PATIENCE
        while True:
            over = asyncio.get_running_loop().time() > end
            try:
                answer = await ask(*words, **more)
                if over or answer.status not in BUSY:
                    return answer
                told = answer.headers
                answer.release()
            except TROUBLES as error:
                refused = isinstance(error, ApiException) and error.status not in BUSY
                if over or refused:
                    raise
                told = getattr(error, "headers", None) or {}
            await asyncio.sleep(pause(told))

    rest.request = request  # type: ignore[method-assign] # of this one client alone
    return client


def pause(told: Mapping[str, str]) -> float:
    """Seconds to wait before the next request, by the headers of the last answer."""
    text = told.get("Retry-After", "")
    return min(float(text), LONGEST_PAUSE) if text.isdecimal() else PAUSE


def reason(trouble: BaseException) -> str:
    """What the operator is told of it, without what was asked."""
    return str(getattr(trouble, "reason", None) or type(trouble).__name__)
