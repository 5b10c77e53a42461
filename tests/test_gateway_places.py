"""What has an origin of its own, and the tickets by which a login comes there."""

import pytest

from dashboard.gateway.address import Address
from dashboard.gateway.login.visitor import Credential, Visit, Visitor
from dashboard.gateway.origins.place import Place, place_at, place_of
from dashboard.gateway.origins.tickets import Tickets

HOME = Address("http://ada.workshop.test:8000", "/user/ada/")
ADA = Visit(Visitor("ada"), Credential("token"), "login", by_cookie=True)


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("p8080--ada.workshop.test:8000", Place(8080)),
        ("P8080--ADA.workshop.test:8000", Place(8080)),
        ("s8443--ada.workshop.test:8000", Place(8443, tls=True)),
        ("console--ada.workshop.test:8000", Place()),
        ("p65535--ada.workshop.test:8000", Place(65535)),
        ("p65536--ada.workshop.test:8000", None),
        ("p0--ada.workshop.test:8000", None),
        ("p08080--ada.workshop.test:8000", None),
        ("p8080--quin.workshop.test:8000", None),
        ("p8080--ada.workshop.test", None),
        ("p8080--ada.workshop.test:8001", None),
        ("p8080--ada.workshop.test:8000.evil.test", None),
        ("p8080--p8080--ada.workshop.test:8000", None),
        ("ada.workshop.test:8000", None),
        ("p8080-ada.workshop.test:8000", None),
        ("", None),
    ],
)
def test_a_host_leads_to_one_place_of_this_session(host: str, place: Place | None) -> None:
    """The whole host is compared, its port too."""
    assert place_at(host, HOME) == place


@pytest.mark.parametrize("place", [Place(8080), Place(8443, tls=True), Place()])
def test_a_place_is_found_again(place: Place) -> None:
    """By its path below the dashboard, and by its own address."""
    assert place_of(f"{place.path}a/b") == place
    assert place_at(place.address(HOME).host, HOME) == place
    assert place_of(place.path.rstrip("/")) is None


def test_a_host_of_a_hashed_name_is_understood() -> None:
    """A session's own host may have two hyphens itself."""
    home = Address("https://u-ada--0123.workshop.test", "/user/Ada/")

    assert place_at("p80--u-ada--0123.workshop.test", home) == Place(80)
    assert place_at("u-ada--0123.workshop.test", home) is None


def test_a_ticket_is_good_once_and_soon_and_in_one_place() -> None:
    """Used, late, elsewhere, or never given out: it is worth nothing."""
    now = 100.0
    tickets = Tickets(30, lambda: now)
    good, late, elsewhere = (tickets.issue(Place(8080), ADA, "/a?b") for _ in range(3))

    found = tickets.redeem(good, Place(8080))
    assert found is not None
    assert (found.visit, found.path) == (ADA, "/a?b")
    assert tickets.redeem(good, Place(8080)) is None
    assert tickets.redeem(elsewhere, Place(8081)) is None
    assert tickets.redeem(elsewhere, Place(8080)) is None
    assert tickets.redeem("", Place(8080)) is None
    now = 130.0
    assert tickets.redeem(late, Place(8080)) is None


def test_of_very_many_tickets_the_oldest_go() -> None:
    """Whoever asks for them by the thousand fills no memory."""
    tickets = Tickets(30)
    first = tickets.issue(Place(80), ADA, "/")
    issued = [tickets.issue(Place(80), ADA, "/") for _ in range(1000)]

    assert tickets.redeem(first, Place(80)) is None
    assert tickets.redeem(issued[-1], Place(80)) is not None
