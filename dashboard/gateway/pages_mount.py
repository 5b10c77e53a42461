"""The Flask application behind the door, on a few threads of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast
from wsgiref.types import WSGIApplication

from tornado.web import stream_request_body
from tornado.wsgi import WSGIContainer

from dashboard.gateway import problems, xsrf
from dashboard.gateway.gate import Gate
from dashboard.gateway.refusals import Refusal
from dashboard.gateway.relay.headers import is_untrusted
from dashboard.gateway.relay.slots import Slots
from dashboard.gateway.streamed import Streamed
from dashboard.gateway.wsgi_answer import Answer, FileBlocks

THREADS = 4
#: Requests that may be under way or wait for a thread.
_WAITING = 128
T = TypeVar("T")


class Mount:
    """Runs a WSGI application for visitors; its answers are handed on in blocks."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self.slots = Slots(_WAITING)
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="pages")
        self._container = WSGIContainer(cast(Any, application), self._executor)

    def close(self) -> None:
        """Let the threads go when they are done."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def run(self, handler: "Pages", body: bytes) -> None:
        """Answer the handler's request with what the application says."""
        if not self.slots.take():
            raise Refusal(problems.FULL)
        try:
            await self._run(handler, body)
        finally:
            self.slots.give_back()

    async def _run(self, handler: "Pages", body: bytes) -> None:
        answer = Answer()
        environ = self._environ(handler, body)
        blocks = await self._in_thread(answer.begin, self._application, environ)
        try:
            handler.begin(answer.status, answer.headers)
            if first := b"".join(blocks):  # Tornado refuses even an empty body to a 204
                handler.write(first)
            while not answer.ended:
                await handler.flush()
                handler.write(b"".join(await self._in_thread(answer.more)))
        finally:
            if not answer.ended:
                await self._in_thread(answer.close)

    async def _in_thread(self, call: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call, *arguments)

    def _environ(self, handler: "Pages", body: bytes) -> dict[str, Any]:
        request = handler.request
        request.body = body
        environ = self._container.environ(request)
        environ["SCRIPT_NAME"] = ""
        environ["wsgi.url_scheme"] = handler.gate.address.origin.partition(":")[0]
        environ["wsgi.file_wrapper"] = FileBlocks
        environ["CONTENT_LENGTH"] = str(len(body))
        cookies = handler.gate.jar.for_backend(environ.pop("HTTP_COOKIE", ""))
        if cookies:
            environ["HTTP_COOKIE"] = cookies
        for name in [one for one in environ if one.startswith("HTTP_")]:
            if is_untrusted(name.removeprefix("HTTP_").replace("_", "-")):
                del environ[name]
        environ["workshop.visitor"] = handler.visit.visitor
        environ["workshop.xsrf"] = handler.xsrf_of_visit()
        return environ


@stream_request_body
class Pages(Streamed):
    """A request for the pages; nothing of its body is taken before the visitor is known."""

    def initialize(  # type: ignore[override]  # Tornado hands over each route's own keywords
        self, gate: Gate, mount: Mount
    ) -> None:
        """Called by Tornado with what the routes hand over."""
        super().initialize(gate)
        self._mount = mount
        self._body = bytearray()
        self._limit = gate.settings.limits.page_body

    async def admit(self) -> None:
        """Refuse what is too large before it is sent."""
        if self.request.method not in {"GET", "HEAD", "POST"}:
            raise Refusal(problems.METHOD)
        if self.fetch.upgrade:
            raise Refusal(problems.NOT_FOUND)
        if self.declared_length() > self._limit:
            raise Refusal(problems.TOO_LARGE)
        # Above our own limit, so that a longer chunked body gets our answer and not a bare one.
        self.request.connection.set_max_body_size(2 * self._limit)  # type: ignore[union-attr]

    def data_received(self, chunk: bytes) -> None:
        """Gather a body of bounded size."""
        self._body += chunk
        if len(self._body) > self._limit and not self._finished:
            self._body.clear()
            self.answer(problems.TOO_LARGE)

    async def get(self, *_path: str) -> None:
        """A page, a picture, a script."""
        self.check_admitted()
        if self._is_page_turn():
            self.gate.activity.note()
        await self._mount.run(self, bytes(self._body))

    head = get

    async def post(self, *_path: str) -> None:
        """A change, when it carries our token."""
        self.check_admitted()
        body = bytes(self._body)
        content_type = self.request.headers.get("Content-Type", "")
        given = self.request.headers.get(xsrf.HEADER, "")
        self.check_xsrf(given or xsrf.field_of(content_type, body))
        self.gate.activity.note()
        await self._mount.run(self, body)

    def begin(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Take over the pages' status and headers; the gateway's stand where they say nothing."""
        self.set_status(status)
        for name in {name.lower() for name, _ in headers}:
            self.clear_header(name)
        for name, value in headers:
            self.add_header(name, value)

    def _is_page_turn(self) -> bool:
        path = self.request.path.removeprefix(self.gate.address.prefix)
        return path.startswith(("notes/", "chapters/"))
