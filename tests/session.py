"""The processes of one attendee's session, found as an operator would find them."""

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
        terminals = with_command("terminal.py", f"{product.state}/homes/{name} ")
        if len(terminals) != 1:
            return None
        supervisor = parent(terminals[0])
        dashboards = [pid for pid in with_command("-m dashboard") if parent(pid) == supervisor]
        return (
            SessionProcesses(supervisor, dashboards[0], terminals[0])
            if len(dashboards) == 1
            else None
        )

    session: SessionProcesses = until(found, what=f"the session of {name}")
    return session
