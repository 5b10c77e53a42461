"""What the hub's log must not hold."""

import logging

import pytest

from hub.logs import configure_logs


@pytest.fixture
def hub_log():
    log = logging.getLogger("JupyterHub")
    before = list(log.filters)
    configure_logs()
    yield log
    log.filters[:] = before


def test_an_address_without_its_token(hub_log, caplog):
    """JupyterHub notes the address of a page that went away while its progress was told."""
    address = "/hub/api/users/ada/server/progress?_xsrf=2|abc|def&x=1"

    hub_log.warning("Stream closed while handling %s", address)

    assert caplog.messages == [
        "Stream closed while handling /hub/api/users/ada/server/progress?_xsrf=[secret]&x=1"
    ]
