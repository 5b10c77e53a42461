"""The base of every handler: nothing is served before the visitor stands where they may."""

import logging
from types import TracebackType
from typing import Any

from tornado.template import Loader
from tornado.web import HTTPError, RequestHandler

from dashboard.gateway import framing, paths, problems, xsrf
from dashboard.gateway.fetches import Fetch
from dashboard.gateway.gate import Gate
from dashboard.gateway.login.visitor import (
    BusyError,
    HubAwayError,
    NotAllowedError,
    NotLoggedInError,
    Visit,
)
from dashboard.gateway.login.way import Step
from dashboard.gateway.policies import SECURITY_HEADERS, page_policy
from dashboard.gateway.problems import Problem
from dashboard.gateway.refusals import LoginFirst, Refusal

log = logging.getLogger("workshop.gateway")


class Door(RequestHandler):
    """Checks host, path, sender, login and XSRF, in this order, before anything else happens."""

    #: Who may come: anybody where False, and then `visit` is not there.
    needs_login = True
    #: Health checks come by addresses that are nobody's public one.
    any_host = False
    #: Whether asking for the same address again can end better.
    again_helps = True
    #: Whether a tab may show it, whose frame takes nothing away that is around it.
    in_tab = False

    gate: Gate
    visit: Visit
    fetch: Fetch

    def initialize(self, gate: Gate) -> None:
        """Called by Tornado with what the routes hand over."""
        self.gate = gate

    def set_default_headers(self) -> None:
        """No page of ours may be framed elsewhere, cached or sniffed."""
        self.clear_header("Server")
        for name, value in SECURITY_HEADERS.items():
            self.set_header(name, value)

    async def prepare(self) -> None:
        """Turn away whoever may not go on, by raising."""
        self.fetch = Fetch.of(self.request.method or "", self.request.headers)
        if not self.any_host and not self.gate.address.is_host(self.request.host):
            raise Refusal(problems.WRONG_HOST)
        if not framing.is_clear(self.request.method or "", self.request.headers):
            raise Refusal(problems.BAD_REQUEST)
        if framing.is_oversized(self.request.headers):
            raise Refusal(problems.HEADERS)
        if not paths.is_plain(self.request.path):
            raise Refusal(problems.NOT_FOUND)
        if not self.needs_login:
            return
        if self.fetch.is_foreign(self.gate.address):
            raise Refusal(problems.FOREIGN)
        try:
            self.visit = await self.gate.login.identify(self.request.headers)
        except NotLoggedInError:
            await self._send_to_login()
        except NotAllowedError as error:
            raise Refusal(problems.NOT_ALLOWED) from error
        except HubAwayError as error:
            raise Refusal(problems.HUB_AWAY) from error
        except BusyError as error:
            raise Refusal(problems.BUSY) from error
        self._check_sender()

    def declared_length(self) -> int:
        """How long the body says it is."""
        return int(self.request.headers.get("Content-Length", "0"))

    def has_body(self) -> bool:
        """Whether more than headers were sent."""
        return self.is_chunked() or self.request.headers.get("Content-Length", "0") != "0"

    def is_chunked(self) -> bool:
        """Whether the body's length is not known before its end."""
        return "Transfer-Encoding" in self.request.headers

    def xsrf_of_visit(self) -> str:
        """The token that state changes under this login must carry."""
        return xsrf.token(self.gate.xsrf_key, self.visit.login)

    def check_xsrf(self, given: str) -> None:
        """Refuse a state change whose token is not this login's."""
        if self.visit.by_cookie and not xsrf.is_valid(given, self.xsrf_of_visit()):
            raise Refusal(problems.NO_XSRF)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A friendly page, or JSON for scripts; never a traceback."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, LoginFirst):
            self.go(error.step)
            return
        known = error.problem if isinstance(error, Refusal) else None
        self.answer(known or problems.of_status(status_code))

    def go(self, step: Step) -> None:
        """Finish by sending the browser on, with the cookies of its login."""
        for cookie in step.cookies:
            self.add_header("Set-Cookie", cookie)
        self.redirect(step.url)

    def answer(self, problem: Problem) -> None:
        """Finish with a problem."""
        self.set_status(problem.status)
        if self.has_body():
            # It may not have been read to its end, and then the connection is of no more use.
            self.set_header("Connection", "close")
        if problem.status in {429, 503}:
            self.set_header("Retry-After", "5")
        fetch = Fetch.of(self.request.method or "", self.request.headers)
        if not fetch.shows_page:
            self.finish({"error": problem.name, "message": f"{problem.title}. {problem.text}"})
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", page_policy(self.gate.ancestors))
        prefix = self.gate.own_prefix
        page = self.application.settings["pages"].load("page.html")
        ways = self._ways(problem, "_blank" if self.in_tab and fetch.is_framed else "_top")
        self.finish(page.generate(problem=problem, prefix=prefix, ways=ways))

    def compute_etag(self) -> str | None:
        """None: what the gateway says is never kept, and others tag their own."""
        return None

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what is ours to mend; a query may hold a code and is never logged."""
        if not isinstance(value, HTTPError):
            where = f"{self.request.method} {self.request.path}"
            log.error("%s failed", where, exc_info=value)

    async def _send_to_login(self) -> None:
        if not self.fetch.is_navigation:
            raise Refusal(self.gate.login.problem)
        try:
            step = await self.gate.login.begin(self.request.headers, self.request.uri or "/")
        except HubAwayError as error:
            raise Refusal(problems.HUB_AWAY) from error
        except NotLoggedInError as error:
            raise Refusal(self.gate.login.problem) from error
        raise LoginFirst(step)

    def _check_sender(self) -> None:
        """What came with a cookie must be proven to come from our own page."""
        matters = self.fetch.upgrade or self.fetch.changes_state
        if not matters or not self.visit.by_cookie:
            return
        if not self.fetch.proves_origin(self.gate.address):
            raise Refusal(problems.FOREIGN)

    def _ways(self, problem: Problem, away: str) -> list[tuple[str, str, str]]:
        """Words, address and window of each link; `away` is where what leads elsewhere opens."""
        home = self.gate.home.origin + self.gate.home.prefix
        hub = self.gate.settings.hub_url
        safe = self.again_helps and self.request.method == "GET"
        safe = safe and paths.is_plain(self.request.path)
        again = (self.request.uri, "_self") if safe else (home, away)
        ways = {
            "again": ("Try again", *again),
            "home": ("Go to the dashboard", home, away),
            "login": ("Log in", home, away),
            "hub": ("Go to your own session", hub or home, away),
        }
        return [ways[name] for name in problem.ways]


class Open(Door):
    """Answers checks: by any address, without a login, with nothing worth knowing."""

    needs_login = False
    any_host = True


def loader(folder: str) -> Loader:
    """The templates of the gateway's own pages, escaped by default."""
    return Loader(folder, autoescape="xhtml_escape")
