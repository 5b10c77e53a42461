"""Names: what people type, and who may have what."""

import pytest

from hub.login.names import is_foreign_name, mistake_in, tidy


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        pytest.param("Ada", "ada", id="lower-case"),
        pytest.param("  José Díaz ", "jose-diaz", id="accents-and-gap"),
        pytest.param("ada.lovelace_2", "ada-lovelace-2", id="dots-and-underscores"),
        pytest.param("ada -- b", "ada-b", id="hyphens-collapse"),
        pytest.param("-ada-", "ada", id="hyphens-at-the-ends"),
        pytest.param("a" * 10_000_000, "a" * 128, id="ten-million-letters"),
    ],
)
def test_tidy(typed, name):
    """What is typed becomes the plain name that is meant."""
    assert tidy(typed) == name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="empty"),
        pytest.param("a" * 33, id="too-long"),
        pytest.param("2fast", id="begins-with-digit"),
        pytest.param("../x", id="path"),
        pytest.param("xn--9ca", id="punycode"),
        pytest.param("culler--service", id="service-host"),
        pytest.param("ada-", id="hyphen-at-the-end"),
        pytest.param("ada\n", id="newline"),
        pytest.param("小明", id="other-script"),
        pytest.param("hub", id="reserved-hub"),
        pytest.param("www", id="reserved-www"),
        pytest.param("admin", id="reserved-admin"),
    ],
)
def test_names_nobody_can_have(name):
    """A name that is no host name, leads elsewhere or misleads is refused in words (136)."""
    assert mistake_in(name, "instructor").endswith(".")


@pytest.mark.parametrize("name", ["ada", "a", "jose-diaz", "x1", "a" * 32, "instructor"])
def test_names_somebody_can_have(name):
    """Plain names are fine, and so is the instructor's own."""
    assert mistake_in(name, "instructor") == ""


@pytest.mark.parametrize(
    ("name", "can_be"),
    [
        ("kube:admin", True),
        ("zoë.müller@example.com", True),
        ("Ада Лавлейс", True),
        ("x" * 255, True),
        ("x" * 256, False),
        ("", False),
        (" ada", False),
        ("ada\n", False),
        ("a\u202eda", False),
        ("a/b", False),
        (5, False),
        (None, False),
    ],
)
def test_names_from_elsewhere(name, can_be):
    """A name that somebody else gave is one short line without a path in it."""
    assert is_foreign_name(name) is can_be
