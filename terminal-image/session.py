"""A named terminal: one shell, its numbered output, and the views attached to it."""

import codecs
import os
from typing import Any

from client import Client, Sender
from killed import Running
from launch import Launch
from line import Line
from marks import Commands
from numbering import Numbering
from protocol import GOING_AWAY, Input, Open
from ring import Ring
from shell import Shell
from stream_filter import AnswerFilter, Mark, Query, Title
from window import Window

#: Views lag when this much is unseen; they have caught up when less than this is.
_LAGGING = 1024 * 1024
_CAUGHT_UP = 512 * 1024
#: Queued input beyond this is not read from its connection.
INPUT_LIMIT = 4 * 1024 * 1024
#: What a program that was killed may have left set in the view.
_RESET = "\x1b[!p\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?1047l\r\n"


class Session:
    """Output is read no faster than some view sees it; input is applied once."""

    def __init__(self, name: str, launch: Launch, size: tuple[int, int], running: Running) -> None:
        self.name = name
        self.epoch = os.urandom(8).hex()
        self.clients: list[Client] = []
        #: Whether anybody has ever typed here.
        self.used = False
        self._launch = launch
        self._window = Window(size)
        self._running = running
        self._ring = Ring(first=running.notice(name).encode())
        self._numbering = Numbering()
        self._title = ""
        self._start()

    def _start(self) -> None:
        self.exited: dict[str, Any] | None = None
        mark = os.urandom(8).hex()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._commands, self._line = Commands(), Line()
        self._shell = Shell(self.name, self._launch, self._window.size, mark, self._output)
        self._filter = AnswerFilter(lambda: self._shell.asks, mark)

    @property
    def pid(self) -> int:
        """The shell's process id."""
        return int(self._shell.pid)

    @property
    def idle(self) -> bool:
        """Whether nobody looks and nobody ever typed, so that ending it loses nothing."""
        return not self.clients and not self.used

    @property
    def queued(self) -> int:
        """Bytes of input that the PTY has not taken yet."""
        return self._shell.queued

    def attach(self, connection: Sender, opened: Open) -> Client:
        """A new view: it goes on where it was, or gets a clean replay."""
        resumed = opened.epoch == self.epoch and self._ring.holds(opened.after)
        start = opened.after if resumed else self._ring.start
        client = Client(connection, opened, self._ring, start, self._title)
        self.clients.append(client)
        self._fit(client)
        client.tell(
            {"cmd": "opened", "epoch": self.epoch, "from": start, "resumed": resumed}
            | {"lost": not resumed and start > 0, "acked": self._numbering.last(client.id)}
            | {**self._window.fields, "title": self._title, "taken": self._line.taken}
            | {"command": self._commands.last, "exited": self.exited}
        )
        client.replay(b"" if resumed else self._ring.preamble())
        client.pump()
        self.regulate()
        return client

    def detach(self, client: Client) -> None:
        """The view is gone; what runs runs on."""
        if client in self.clients:
            self.clients.remove(client)
        for left in self.clients[-1:]:
            if self._fit(left):  # unasked: it still shows the size that the other had
                left.tell({"cmd": "size", **self._window.fields})
        self.regulate()

    def type(self, client: Client, typed: Input) -> None:
        """Apply input once, also when it is sent again after a reconnect."""
        if self._numbering.fresh(client.id, typed.n):
            self.used = True
            if self._window.typist != client.id:
                self._window.typist = client.id
                self._fit(client)
            self._line.typed(typed.data.decode())
            self._shell.write(typed.data)
            self._tell(self._line.event)
        client.tell({"cmd": "ack", "n": self._numbering.last(client.id)})

    async def room(self, client: Client) -> None:
        """Return when the PTY has taken the queued input."""
        client.stalled = True
        self.regulate()
        await self._shell.drained()
        client.stalled = False
        self.regulate()

    def resize(self, client: Client, size: tuple[int, int]) -> None:
        """The view has a new size; it counts when this view's person typed last."""
        client.size = size
        self._fit(client)

    def restart(self) -> None:
        """A new shell after an exit; the output goes on in the same ring."""
        if self.exited is None:
            return
        self._show(_RESET)
        self._start()
        self._tell({"cmd": "restarted"})

    def reaped(self, code: int) -> None:
        """The shell has ended (a negative code is a signal's number)."""
        self._shell.ended()
        self._show(self._running.out_of_memory() if code < 0 else "")
        self.exited = {"status": max(code, 0) or 128 - min(code, 0) if code else 0}
        self._tell({"cmd": "exit", **self.exited, "signal": -code if code < 0 else None})

    def end(self) -> None:
        """Hang the shell up."""
        self._shell.close()

    def kill(self) -> None:
        """End a shell that would not be hung up."""
        self._shell.kill(9)

    def regulate(self) -> None:
        """Let go who fell behind; pause the PTY when everyone lags, else read on."""
        for client in [c for c in self.clients if c.left_behind]:
            client.close(GOING_AWAY, "resync")
        if not self.clients:
            self._shell.read(True)
        elif all(client.lag > _LAGGING for client in self.clients):
            self._shell.read(False)
        elif any(client.lag < _CAUGHT_UP for client in self.clients):
            self._shell.read(True)

    def _fit(self, client: Client) -> bool:
        if changed := self._window.takes(client, self.clients):
            self._shell.ctl(self._window.fields)
            for other in (c for c in self.clients if c is not client):
                other.tell({"cmd": "size", **self._window.fields})
        return changed

    def _output(self, data: bytes) -> None:
        shown: list[str] = []
        for piece in self._filter.feed(self._decoder.decode(data)):
            if isinstance(piece, str):
                shown.append(piece)
            elif isinstance(piece, Title):
                self._title = piece.text
            else:
                # It is about the output so far, so that goes first.
                self._show("".join(shown))
                shown.clear()
                self._note(piece)
        for client in self.clients:
            client.retitle(self._title)
        self._show("".join(shown))

    def _note(self, piece: Query | Mark) -> None:
        if isinstance(piece, Query):
            for client in self._window.answering(self.clients):
                client.ask(piece.text)
            return
        self._line.mark(piece.kind)
        event = self._commands.take(piece)
        self._tell(event, self._line.event)
        if event and event["status"]:
            self._show(self._running.out_of_memory())

    def _show(self, text: str) -> None:
        if text:
            self._ring.append(text.encode())
            self._line.shown(text)
            self._tell(self._line.event)
        for client in self.clients:
            client.pump()
        self.regulate()

    def _tell(self, *events: dict[str, Any] | None) -> None:
        for event in filter(None, events):
            for client in self.clients:
                client.tell(event)
