"""What the hub writes into its log, and what it must not."""

import logging
import re

#: An address of ours with the token against forged requests.
_TOKEN = re.compile(r"(_xsrf=)[^&\s\"']+")


def without_cookies(record: logging.LogRecord) -> bool:
    """Keep a record, unless it is JupyterHub's note of a cookie it set, with what is in it."""
    return not (record.module == "_xsrf_utils" and record.levelno < logging.WARNING)


def without_tokens(record: logging.LogRecord) -> bool:
    """Keep a record, but not the token of an address that it names."""
    said = record.getMessage()
    if _TOKEN.search(said):
        record.msg, record.args = _TOKEN.sub(r"\1[secret]", said), ()
    return True


def configure_logs() -> None:
    """Logs hold no cookie, token or password."""
    # The note is made on Tornado's logger; a filter on the logger it passes on to is not asked.
    logging.getLogger("tornado.application").addFilter(without_cookies)
    logging.getLogger("JupyterHub").addFilter(without_tokens)
