"""Hosts that lead to a session besides its own, as the hub keeps them."""

import pytest

from hub.login.hosts import host_of, owner_of
from hub.own_hosts import MOST, Lead, OwnHosts, mended, own_host, place_at


@pytest.mark.parametrize("label", ["p1", "p8080", "s8443", "p65535", "console"])
def test_a_host_is_beside_the_sessions_own(label: str) -> None:
    """The label is all that a session says; the rest the hub knows."""
    assert own_host(label, "ada.example.com") == f"{label}--ada.example.com"


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("p80", "port/80/"),
        ("s8443", "port/https-8443/"),
        ("console", "console/"),
        ("p0", ""),
        ("p80/..", ""),
        ("ada", ""),
        ("", ""),
    ],
)
def test_a_label_says_where_a_session_has_it(label: str, place: str) -> None:
    """What is no label leads nowhere."""
    assert place_at(label) == place


@pytest.mark.parametrize(
    "label",
    [
        "p0",
        "p65536",
        "p8080--quin",
        "p8080.",
        "P80",
        "p٣",
        "p8٣",
        "hub",
        "",
        "p80\n",
        None,
        80,
        ["p80"],
    ],
)
def test_a_label_is_one_of_few(label: object) -> None:
    """Nothing else gets into a host name or a route."""
    with pytest.raises(ValueError, match="expected a label"):
        own_host(label, "ada.example.com")


def test_no_name_makes_the_host_of_another_s_program() -> None:
    """However people are called, and longest labels fit."""
    names = ["ada", "p8080--ada", "p8080-ada", "console--ada", "console", "é" * 200, "x" * 250]
    hosts = [host_of(name, "example.com", "user") for name in names]
    made = [own_host(label, host) for label in ("p8080", "p65535", "console") for host in hosts]

    assert len({*hosts, *made}) == len(hosts) + len(made)
    assert all(len(host.partition(".")[0]) <= 63 for host in made)
    assert host_of("console", "example.com", "service") not in made


def test_a_label_says_whose_it_is() -> None:
    """A plain name itself, whoever has it; another's is found among those who are known."""
    names = ["ada@example.com", "console--ada", "ada"]
    labels = [host_of(name, "example.com", "user").partition(".")[0] for name in names]

    assert [owner_of(label, names) for label in labels] == names
    assert owner_of("quin", names) == "quin"
    assert owner_of(labels[0], []) == ""
    assert owner_of("admin", names) == ""
    assert owner_of("", names) == ""


def test_hosts_are_capped_and_the_first_gives_way() -> None:
    """One that is opened again counts as the last."""
    hosts = OwnHosts()
    for number in range(MOST):
        assert hosts.add("ada", f"h{number}") == []
    assert hosts.add("ada", "h0") == []
    assert hosts.add("quin", "q") == []

    assert hosts.add("ada", "new") == ["h1"]
    assert len(hosts.wanted({"ada": "http://there"})) == MOST
    assert len(hosts.drop("ada")) == MOST
    assert hosts.drop("ada") == []
    assert hosts.wanted({"ada": "a", "quin": "b"}) == {"q": Lead("quin", "b")}
    hosts.keep({"quin"})
    assert hosts.drop("quin") == ["q"]
    hosts.add("ada", "old")
    hosts.keep(set())
    assert hosts.wanted({"ada": "a"}) == {}


def test_the_console_never_gives_way() -> None:
    """However many programs are opened after it; it counts as one of the eight."""
    hosts = OwnHosts()
    console = own_host("console", "ada.example.com")
    programs = [own_host(f"p{8000 + number}", "ada.example.com") for number in range(MOST + 1)]
    assert hosts.add("ada", console) == []
    assert [hosts.add("ada", host) for host in programs[: MOST - 1]] == [[]] * (MOST - 1)

    assert [hosts.add("ada", host) for host in programs[MOST - 1 :]] == [
        [programs[0]],
        [programs[1]],
    ]
    assert hosts.has("ada", console)
    assert not hosts.has("ada", programs[0])
    assert len(hosts.drop("ada")) == MOST


def test_what_the_proxy_lost_or_should_lose() -> None:
    """Missing and moved ones are told, others forgotten, and sessions on the move left alone."""
    there = {"moved": Lead("a", "old"), "good": Lead("a", "new"), "gone": Lead("b", "x")}
    there["moving"] = Lead("c", "y")
    wanted = {name: Lead("a", "new") for name in ("moved", "good", "lost")}

    add, forget = mended(there, wanted, {"c"})

    assert add == {name: Lead("a", "new") for name in ("moved", "lost")}
    assert forget == ["gone"]
