"""The processes of one attendee's session, found as an operator would find them."""

import contextlib
from dataclasses import dataclass

from tests.processes import children, parent, with_command
from tests.product import Product
from tests.waiting import until


@dataclass(frozen=True)
class SessionProcesses:
    """Process ids of a running session."""

    supervisor: int
    dashboard: int
    terminal: int

    @property
    def everything(self) -> list[int]:
        """All processes of the session, shells included."""
        return children(self.supervisor)

    @property
    def shells(self) -> list[int]:
        """The attendee's processes: whatever runs below the terminal server."""
        return children(self.terminal)[1:]


def session_of(product: Product, name: str) -> SessionProcesses:
    """The session of `name`, once both of its parts run."""

    def found() -> SessionProcesses | None:
        with contextlib.suppress(OSError, ValueError):  # one of them ends, or more begin, meanwhile
            (terminal,) = with_command("terminal.py", f"{product.state}/homes/{name} ")
            supervisor = parent(terminal)
            beside = [pid for pid in with_command("-m dashboard") if parent(pid) == supervisor]
            (dashboard,) = beside
            return SessionProcesses(supervisor, dashboard, terminal)
        return None

    session: SessionProcesses = until(found, what=f"the session of {name}")
    return session
