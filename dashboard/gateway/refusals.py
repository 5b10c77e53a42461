"""Raised to answer a request with something else than it asked for."""

from tornado.web import HTTPError

from dashboard.gateway.login.way import Step
from dashboard.gateway.problems import Problem


class Refusal(HTTPError):
    """Raised to answer with a problem's page instead."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status)
        self.problem = problem


class LoginFirst(HTTPError):
    """Raised to send a browser to its login instead."""

    def __init__(self, step: Step) -> None:
        super().__init__(302)
        self.step = step
