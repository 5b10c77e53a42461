"""One answer of a WSGI application, taken in blocks."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import IO, Any
from wsgiref.types import WSGIApplication

_BLOCK, _BLOCKS = 1 << 16, 4


class Answer:
    """Status, headers and blocks; every call may wait, and is made from a thread."""

    def __init__(self) -> None:
        self.status = 500
        self.ended = False
        self.headers: list[tuple[str, str]] = []
        self._whole: Iterable[bytes] = ()
        self._rest: Iterator[bytes] = iter(())

    def begin(self, application: WSGIApplication, environ: dict[str, Any]) -> list[bytes]:
        """Run the application and take the first blocks."""
        self._whole = application(environ, self._start)
        self._rest = iter(self._whole)
        return self.more()

    def more(self) -> list[bytes]:
        """The next few blocks; after the last ones the application has cleaned up."""
        blocks = list(islice(self._rest, _BLOCKS))
        if len(blocks) < _BLOCKS:
            self.close()
        return blocks

    def close(self) -> None:
        """Let the application clean up, once."""
        close: Callable[[], None] | None = getattr(self._whole, "close", None)
        if close is not None and not self.ended:
            close()
        self.ended = True

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        self.status = int(status.partition(" ")[0])
        self.headers = headers
        return _no_write


class FileBlocks:
    """A file in blocks worth a turn of the loop; Flask's own are an eighth of that."""

    def __init__(self, file: IO[bytes], _size: int = 0) -> None:
        self._file = file

    def __iter__(self) -> "FileBlocks":
        return self

    def __next__(self) -> bytes:
        block = self._file.read(_BLOCK)
        if not block:
            raise StopIteration
        return block

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _no_write(_data: bytes) -> object:
    raise RuntimeError("pages answer by what they return")
