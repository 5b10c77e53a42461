"""Requests whose answer may get a script of ours, where it is a page to look at."""

from tornado.httputil import HTTPHeaders

from dashboard.gateway.relay.document import Insertion, headers_of_longer, is_document
from dashboard.gateway.relay.pages import PageRelay


class ScriptedPage(PageRelay):
    """A request that is passed on; only of a page are the first bytes looked at."""

    in_tab = True
    _insertion: Insertion | None = None

    def wants_script(self) -> bool:
        """Whether a page that is the answer gets a script."""
        raise NotImplementedError

    def script(self) -> Insertion:
        """The script that it gets."""
        raise NotImplementedError

    def passed_on(self) -> HTTPHeaders:
        """A page that is added to must come plain, and whole: a part of it would be put together
        with parts of the longer one."""
        headers = super().passed_on()
        if self.wants_script():
            for name in ("Accept-Encoding", "Range", "If-Range"):
                headers.pop(name, None)
        return headers

    async def begin(self, status: int, reason: str, headers: HTTPHeaders) -> None:
        """The status and headers, those of a longer page where it becomes one."""
        if self.wants_script() and is_document(status, headers):
            self._insertion = self.script()
            headers = headers_of_longer(headers)  # a copy: by theirs the body is read
        await super().begin(status, reason, headers)

    def altered(self, block: bytes) -> bytes:
        """The block, with our script in its place."""
        return self._insertion.take(block) if self._insertion else block

    async def get(self, *path: str) -> None:
        """The backend's answer."""
        await super().get(*path)
        if self._insertion and not self._finished:
            self.write(self._insertion.rest())

    post = get
