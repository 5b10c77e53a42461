"""All terminals of this server: as many as allowed, reaped without waiting."""

import asyncio
import os
from dataclasses import replace
from typing import Any

from client import Client
from killed import Running
from launch import Launch
from session import Session
from shell import ioloop


class Sessions:
    """Named sessions; none is ended while somebody may miss it."""

    def __init__(self, launch: Launch, most: int, linger: float, running: Running) -> None:
        """`linger`: seconds an ended session's output is kept with nobody attached."""
        self._running = running
        self._launch = launch
        self._most = most
        self._linger = linger
        self._named: dict[str, Session] = {}
        self._ending: dict[int, tuple[Session, asyncio.Event]] = {}
        self._timers: dict[str, Any] = {}

    @property
    def home(self) -> str:
        """The folder the shells start in."""
        return self._launch.home

    def __len__(self) -> int:
        return len(self._named)

    @property
    def running(self) -> int:
        """How many shells have not been reaped."""
        return sum(s.exited is None for s in self._named.values()) + len(self._ending)

    async def open(self, name: str, size: tuple[int, int], **begin: Any) -> Session | None:
        """The session of that name, begun so if need be; None when there are too many."""
        while name not in self._named:
            if len(self._named) + len(self._ending) < self._most:
                launch = replace(self._launch, **begin)
                self._named[name] = Session(name, launch, size, self._running)
                self._running.note(self._named)
            elif not self._forget_ended() and not await self._end_idle():
                return None
        timer = self._timers.pop(name, None)
        if timer is not None:
            ioloop.remove_timeout(timer)
        return self._named[name]

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def left(self, session: Session, client: Client) -> None:
        """A view has gone; an ended session that nobody looks at is soon forgotten."""
        session.detach(client)
        self._expire(session)

    def reap(self) -> None:
        """Collect every child that has ended; none is waited for."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._reaped(pid, os.waitstatus_to_exitcode(status))

    def end(self) -> None:
        """Hang every shell up."""
        self._running.over()
        for session in self._named.values():
            session.end()

    def kill(self) -> None:
        """Kill the shells that are left."""
        ending = [session for session, _ in self._ending.values()]
        for session in [*self._named.values(), *ending]:
            if session.exited is None:
                session.kill()

    def _reaped(self, pid: int, code: int) -> None:
        if pid in self._ending:
            session, gone = self._ending.pop(pid)
            session.reaped(code)
            gone.set()
            return
        for session in self._named.values():
            if session.pid == pid and session.exited is None:
                session.reaped(code)
                self._expire(session)
                return

    def _forget_ended(self) -> bool:
        for session in self._named.values():
            if not session.clients and session.exited is not None:
                self._forget(session.name)
                return True
        return False

    async def _end_idle(self) -> bool:
        for session in self._named.values():
            if session.idle:
                gone = asyncio.Event()
                # Still a process until it is reaped, and counted as one.
                del self._named[session.name]
                self._ending[session.pid] = (session, gone)
                session.end()
                await gone.wait()
                return True
        return False

    def _expire(self, session: Session) -> None:
        if session.exited is None or session.clients or session.name in self._timers:
            return
        self._timers[session.name] = ioloop.call_later(self._linger, self._forget, session.name)

    def _forget(self, name: str) -> None:
        self._timers.pop(name, None)
        session = self._named.get(name)
        if session is not None and session.exited is not None and not session.clients:
            del self._named[name]
