"""What is logged: a line an event, no query, no secret, no control character."""

import logging
import re

from tornado.web import RequestHandler

access = logging.getLogger("workshop.access")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
#: Checks of health come every few seconds and tell nothing.
_QUIET = ("/health/live", "/health/ready")


def plain(text: str) -> str:
    """The text with control characters written out, so that nobody can forge a line."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


class PlainFormatter(logging.Formatter):
    """Formats records on one line each; a traceback follows on lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Called by logging."""
        record.message = plain(record.message)
        return super().formatMessage(record)


def log_request(handler: RequestHandler) -> None:
    """One line about an answered request; a query may hold a code and is left out."""
    request = handler.request
    if request.path.endswith(_QUIET) and handler.get_status() == 200:
        return
    level = logging.WARNING if handler.get_status() >= 500 else logging.INFO
    milliseconds = 1000 * request.request_time()
    access.log(
        level, "%d %s %s %.0f ms", handler.get_status(), request.method, request.path, milliseconds
    )


def configure() -> None:
    """Log to standard error, from now on."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
